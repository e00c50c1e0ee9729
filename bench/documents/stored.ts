import type { Report } from "../report.ts";
import type { Result } from "../rounds.ts";

/** What docs/results.json holds of each table: its rows, and the run that they are from. */
export interface StoredTable {
  readonly table: string;
  readonly machine: string;
  readonly node: string;
  readonly git: string;
  readonly rounds: number;
  /** Processors that others kept busy meanwhile. */
  readonly others?: number | undefined;
  readonly rows: readonly StoredRow[];
}

type StoredRow = Omit<Result, "table">;

/** The stored tables after another run, in this order: what it measured takes the place of what was there. */
export function merge(
  stored: readonly StoredTable[],
  report: Report,
  order: readonly string[],
): StoredTable[] {
  const known = new Map(stored.map((one) => [one.table, one]));
  const { cpu, cores, memoryGb, platform } = report.machine;
  for (const table of new Set(report.results.map((result) => result.table))) {
    const rows = report.results.filter((result) => result.table === table);
    known.set(table, {
      ...{ table, machine: `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}` },
      ...{ node: report.node, git: report.git, rounds: report.rounds },
      ...(report.others[table] !== undefined && { others: rounded(report.others[table]) }),
      rows: rows.map(({ row, unit, median, min, max }) => ({
        ...{ row, unit, median: rounded(median), min: rounded(min), max: rounded(max) },
      })),
    });
  }
  return order.flatMap((table) => known.get(table) ?? []);
}

/** More digits than anybody is shown, and fewer than a float has. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

export function medianIn(
  stored: readonly StoredTable[],
  table: string,
  row: string,
): number | undefined {
  const rows = stored.find((one) => one.table === table)?.rows;
  return rows?.find((one) => one.row === row)?.median;
}
