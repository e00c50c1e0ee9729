/** What must hold, whatever happens. */
export type Invariant =
  | "acknowledged once"
  | "one key, one outcome"
  | "released after commit"
  | "committed never goes back"
  | "effects after their commit"
  | "one effect, one request"
  | "one effect, one outcome"
  | "the same events"
  | "events in order"
  | "the same state"
  | "a stop loses nothing"
  | "the world runs on"
  | "the world settles";

export interface Finding {
  readonly invariant: Invariant;
  readonly text: string;
}

/** What a simulation found wrong. */
export class Findings {
  readonly all: Finding[] = [];

  add(invariant: Invariant, text: string): void {
    this.all.push({ invariant, text });
  }
}
