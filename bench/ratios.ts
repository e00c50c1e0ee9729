import { allocation } from "./allocation/index.ts";
import { codec } from "./codec/index.ts";
import { frames } from "./frames/index.ts";
import { growth } from "./growth/index.ts";
import type { Result } from "./rounds.ts";
import type { Table } from "./table.ts";

/**
 * What must not get much worse than docs/performance.md says. The bounds are about a third of what is said there: a
 * machine with other work does not break them, a mistake that costs a factor does. Two workers that are to meet, and
 * anything that waits for a thread to wake, are not here: others' work decides those.
 */
export interface Ratio {
  readonly table: Table;
  /** One row over another; one alone is a figure with a bound of its own. */
  readonly over: string;
  readonly under?: string;
  readonly least?: number;
  readonly most?: number;
}

export const ratios: readonly Ratio[] = [
  { table: codec, over: "protobuf-es-encode", under: "tellurion-encode", least: 3.3 },
  { table: codec, over: "protobuf-es-decode", under: "tellurion-view", least: 3.3 },
  { table: codec, over: "json-stringify-bytes", under: "tellurion-encode", least: 1.3 },
  { table: codec, over: "json-parse-bytes", under: "tellurion-view", least: 3.5 },
  // On a busy machine worlds take half as much, and postMessage twice: a sixth.
  { table: frames, over: "tellurion-1", under: "json-postmessage", least: 3 },
  { table: growth, over: "idle, 10000 actors", under: "idle, 100 actors", most: 3 },
  { table: allocation, over: "tellurion-tell", most: 16 },
];

/** A ratio's value in a run. NaN: a row is not in it. */
export function figureOf({ table, over, under }: Ratio, results: readonly Result[]): number {
  const median = (row: string): number =>
    results.find((result) => result.table === table.name && result.row === row)?.median ??
    Number.NaN;
  return median(over) / (under === undefined ? 1 : median(under));
}

/** What was not measured is not within bounds either. */
export function isWithin({ least, most }: Ratio, value: number): boolean {
  return (
    value >= (least ?? Number.NEGATIVE_INFINITY) && value <= (most ?? Number.POSITIVE_INFINITY)
  );
}

export function nameOf({ table, over, under }: Ratio): string {
  return `${table.name}: ${over}${under === undefined ? "" : ` / ${under}`}`;
}
