/** How long each case runs in a round. Smoke runs are tiny: they show that everything works, not how fast. */
export interface Effort {
  readonly warmMs: number;
  readonly measureMs: number;
  /** Of what is counted, not timed: a factor on how much there is. */
  readonly scale: number;
}

export const realEffort: Effort = { warmMs: 500, measureMs: 1_200, scale: 1 };
export const smokeEffort: Effort = { warmMs: 5, measureMs: 20, scale: 0.02 };

/** One thing that is measured: it gives a value for each of its rows, or throws when the work was not done. */
export interface Case {
  readonly rows: readonly { readonly row: string; readonly unit: string }[];
  /** It runs what is installed apart: `npm ci` in bench/peers. */
  readonly needsPeers?: true;
  run(effort: Effort): Promise<readonly number[]>;
}

/** What a table's figures should come to. Printed, never enforced: a noisy machine is no failure. */
export interface Bar {
  readonly what: string;
  readonly value: (median: (row: string) => number) => number;
  readonly least?: number;
  readonly most?: number;
}

/** Cases that are compared with each other: run in turns, in the same run. */
export interface Table {
  readonly name: string;
  readonly about: string;
  readonly cases: readonly Case[];
  readonly bars: readonly Bar[];
}

/** Asserts what a row's figure rests on. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the work was not done as it should be: ${what}`);
}
