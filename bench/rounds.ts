import { runnableCases } from "./peers.ts";
import type { Case, Effort, Table } from "./table.ts";

/** One row's figure over all rounds. */
export interface Result {
  readonly table: string;
  readonly row: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Runs a table's cases in turns, round after round, in reversed order every other round: what a machine does besides
 * hits all of them alike.
 */
export async function runTable(
  table: Table,
  rounds: number,
  effort: Effort,
  progress: (text: string) => void,
): Promise<Result[]> {
  const cases = runnableCases(table);
  const values = new Map<Case, (readonly number[])[]>(cases.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? cases : cases.toReversed();
    for (const [i, one] of order.entries()) {
      const name = one.rows[0]?.row ?? "";
      const place = `round ${round + 1}/${rounds}, ${i + 1}/${order.length}`;
      progress(`${table.name}: ${place}: ${name}`);
      values.get(one)?.push(await runCase(table, one, effort));
    }
  }
  return cases.flatMap((one) =>
    one.rows.map(({ row, unit }, i) => ({
      table: table.name,
      row,
      unit,
      ...spread((values.get(one) ?? []).map((round) => round[i] as number)),
    })),
  );
}

async function runCase(table: Table, one: Case, effort: Effort): Promise<readonly number[]> {
  const name = `${table.name}: ${one.rows.map(({ row }) => row).join(", ")}`;
  let values: readonly number[];
  try {
    values = await one.run(effort);
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (values.length === one.rows.length && values.every(Number.isFinite)) return values;
  throw new Error(`${name}: gave ${values.join(", ")}`);
}

function spread(values: readonly number[]): Pick<Result, "median" | "min" | "max"> {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] as number;
  const high = sorted[Math.ceil(middle)] as number;
  return { median: (low + high) / 2, min: sorted[0] as number, max: sorted.at(-1) as number };
}
