import { shown } from "../report.ts";
import { medianIn, type StoredTable } from "./stored.ts";

/**
 * Figures in documents stand between marks and are written by a program, so that each is one that was measured:
 *
 *     <!-- results -->…<!-- end of results -->                             all tables
 *     <!-- = TABLE: ROW -->…<!-- / -->                                     a median
 *     <!-- = TABLE: ROW ÷ ROW -->…<!-- / -->                               the ratio of two
 *     <!-- = TABLE: ROW × NUMBER -->…<!-- / -->                            in another unit
 */
const allTables = /(<!-- results -->\n)[\s\S]*?(<!-- end of results -->)/;
const figures = /(<!-- = ([\w-]+): (.+?) -->)[\s\S]*?(<!-- \/ -->)/g;
export const notMeasured = "not measured";

/** A document's text with the figures of these results. */
export function withFigures(text: string, stored: readonly StoredTable[]): string {
  return text
    .replace(allTables, (_, begin: string, end: string) => `${begin}${tablesText(stored)}\n${end}`)
    .replace(figures, (_, begin: string, table: string, rows: string, end: string) => {
      return `${begin}${figureOf(stored, table, rows)}${end}`;
    });
}

function figureOf(stored: readonly StoredTable[], table: string, expression: string): string {
  const [, over = "", sign, right = ""] = /^(.+?)(?: ([÷×]) (.+))?$/.exec(expression) ?? [];
  const value = medianIn(stored, table, over);
  const other = sign === "÷" ? medianIn(stored, table, right) : Number(right);
  if (value === undefined || other === undefined) return notMeasured;
  if (sign === undefined) return shown(value);
  return shown(sign === "÷" ? value / other : value * other);
}

function tablesText(stored: readonly StoredTable[]): string {
  const runs = Map.groupBy(stored, ({ machine, node, git, rounds }) => {
    return `${machine}; Node ${node}; commit ${git}; median of ${rounds} ${rounds === 1 ? "round" : "rounds"}`;
  });
  const heads = [...runs].map(([head, tables]) => `- ${tables.map(nameText).join(", ")}: ${head}.`);
  return [...heads, ...stored.flatMap(tableText)].join("\n");
}

/** With the part of the machine that others had, where that is worth knowing. */
function nameText({ table, others = 0 }: StoredTable): string {
  return others < 0.1 ? table : `${table} (others kept ${shown(others)} processors busy)`;
}

function tableText({ table, rows }: StoredTable): string[] {
  return [
    "",
    `| ${table} | median | least to greatest | |`,
    "|---|--:|--:|---|",
    ...rows.map(
      ({ row, unit, median, min, max }) =>
        `| ${row} | ${shown(median)} | ${shown(min)} to ${shown(max)} | ${unit} |`,
    ),
  ];
}
