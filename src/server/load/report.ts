import { cpus } from "node:os";
import type { Durations } from "./measures.ts";
import type { LoadResult } from "./run.ts";
import { invalidReasons, omissions, percent } from "./verdict.ts";

interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const percentiles = [50, 90, 99, 99.9];

/** The verdict in one line. */
export function verdictLine(result: LoadResult): string {
  const reasons = invalidReasons(result);
  if (reasons.length > 0) return `NOT VALID: ${[...reasons, ...omissions(result)].join("; ")}`;
  return ["VALID", ...omissions(result)].join(", but ");
}

/** A run as lines for a terminal. */
export function textReport(result: LoadResult): string {
  const tables = tablesOf(result).map(({ title, head, rows }) => {
    const all = [[title, ...head.slice(1)], ...rows];
    const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
    return all
      .map((row) =>
        row
          .map((cell, i) => pad(cell, widths[i] ?? 0, i))
          .join("  ")
          .trimEnd(),
      )
      .join("\n");
  });
  return [...tables, verdictLine(result)].join("\n\n");
}

/** A run as a page of Markdown. */
export function markdownReport(result: LoadResult): string {
  const tables = tablesOf(result).flatMap(({ title, head, rows }) => [
    `## ${title}`,
    "",
    `| ${head.join(" | ")} |`,
    `|---|${"--:|".repeat(head.length - 1)}`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ]);
  return [`# ${titleOf(result)}`, "", `**${verdictLine(result)}**`, "", ...tables].join("\n");
}

/** A run as a page of HTML, complete in itself. */
export function htmlReport(result: LoadResult): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const tables = tablesOf(result).map(({ title, head, rows }) => {
    const body = rows.map((cells) => row(cells, "td")).join("");
    return `<h2>${escaped(title)}</h2><table>${row(head, "th")}${body}</table>`;
  });
  return [
    "<!doctype html>",
    `<meta charset="utf-8"><title>${escaped(titleOf(result))}</title>`,
    "<style>body{font:15px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}",
    "td,th{padding:.2rem .8rem;text-align:right}td:first-child,th:first-child{text-align:left}</style>",
    `<h1>${escaped(titleOf(result))}</h1><p><strong>${escaped(verdictLine(result))}</strong></p>`,
    ...tables,
    "",
  ].join("\n");
}

function titleOf({ plan }: LoadResult): string {
  return `Load: ${plan.clients} clients, ${plan.profile}, ${plan.seconds} s`;
}

function tablesOf({ plan, measures, threads }: LoadResult): Table[] {
  const { counters } = measures;
  const seconds = Math.max(...threads.map(({ measuredMs }) => measuredMs)) / 1_000;
  const perClient = (value: number) => (value / Math.max(1, counters.joined) / seconds).toFixed(1);
  const durations: [string, Durations][] = [
    ["joining, from when it was to begin", measures.joins],
    ["an event, from the end of its frame", measures.events],
    ["a call, from when it was to be made", measures.calls],
  ];
  return [
    {
      title: "How long, ms",
      head: ["what", "count", ...percentiles.map((p) => `p${p}`), "max"],
      rows: durations.map(([what, measured]) => [
        what,
        `${measured.count}`,
        ...percentiles.map((p) => cell(measured, measured.percentileMs(p))),
        cell(measured, measured.maxMs),
      ]),
    },
    {
      title: "How much",
      head: ["what", "all", "per client and second"],
      rows: [
        ["messages with events", `${counters.frames}`, perClient(counters.frames)],
        ["events", `${counters.events}`, perClient(counters.events)],
        ["updates of areas", `${counters.areaUpdates}`, perClient(counters.areaUpdates)],
        ["bytes received", `${counters.bytesReceived}`, perClient(counters.bytesReceived)],
        ["bytes sent", `${counters.bytesSent}`, perClient(counters.bytesSent)],
        ["calls", `${counters.calls}`, perClient(counters.calls)],
      ],
    },
    {
      title: "What went wrong",
      head: ["what", "count"],
      rows: [
        ["clients that did not join", `${plan.clients - counters.joined}`],
        ["connections that broke", `${counters.cuts}`],
        ["gaps", `${counters.gaps}`],
        ["resyncs", `${counters.resyncs}`],
        ...[...measures.ends].map(([code, count]) => [`ended: ${code}`, `${count}`]),
        ...[...measures.callErrors].map(([code, count]) => [`call failed: ${code}`, `${count}`]),
      ],
    },
    {
      title: "The tool itself",
      head: ["thread", "of a core", "held up, p99"],
      rows: threads.map(({ cpuShare, loopDelayP99Ms }, i) => [
        `${i}`,
        percent(cpuShare),
        `${loopDelayP99Ms.toFixed(1)} ms`,
      ]),
    },
    {
      title: "Conditions",
      head: ["what", "value"],
      rows: [
        ["server", plan.url],
        ["tool's machine", `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}`],
        ["tool's Node", process.version],
        ["clients that join in a second", `${plan.joinsPerSecond}`],
      ],
    },
  ];
}

function cell({ count }: Durations, ms: number): string {
  return count === 0 ? "–" : ms.toFixed(2);
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
