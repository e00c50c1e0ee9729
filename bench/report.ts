import type { Machine } from "./machine.ts";
import type { Result } from "./rounds.ts";
import type { Bar, Table } from "./table.ts";

export interface Report {
  readonly machine: Machine;
  readonly node: string;
  readonly git: string;
  readonly rounds: number;
  /** Processors that others kept busy while a table was measured. */
  readonly others: Readonly<Record<string, number>>;
  readonly results: readonly Result[];
}

export function headText({ machine, node, git }: Pick<Report, "machine" | "node" | "git">): string {
  const { cpu, cores, memoryGb, platform, load } = machine;
  return [
    `machine  ${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}; load ${load.join(" ")}`,
    `node     ${node}`,
    `git      ${git}`,
  ].join("\n");
}

/** A table's figures, and whether they come up to its bars. */
export function tableText(table: Table, results: readonly Result[]): string {
  const width = Math.max(...results.map(({ row }) => row.length));
  const cells = [
    ["", "median", "min", "max", ""],
    ...results.map(({ row, unit, median, min, max }) => [
      row,
      shown(median),
      shown(min),
      shown(max),
      unit,
    ]),
  ];
  const lines = cells.map(([row = "", median = "", min = "", max = "", unit = ""]) =>
    `  ${row.padEnd(width)}${median.padStart(12)}${min.padStart(12)}${max.padStart(12)}  ${unit}`.trimEnd(),
  );
  const medianOf = (row: string): number =>
    results.find((result) => result.row === row)?.median ?? Number.NaN;
  const bars = table.bars.map((bar) => `  ${barText(bar, medianOf)}`);
  return [`${table.name}: ${table.about}`, ...lines, ...bars].join("\n");
}

function barText(
  { what, value, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Bar,
  medianOf: (row: string) => number,
): string {
  const figure = value(medianOf);
  const asked =
    least > Number.NEGATIVE_INFINITY ? `at least ${shown(least)}` : `at most ${shown(most)}`;
  if (Number.isNaN(figure)) return `bar not measured: ${what}, ${asked} is asked`;
  const holds = figure >= least && figure <= most;
  return `${holds ? "bar holds" : "BAR MISSED"}: ${what} is ${shown(figure)}, ${asked} is asked`;
}

/** Three digits, or all that are before the point. */
export function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return `${Number(value.toPrecision(3))}`;
}
