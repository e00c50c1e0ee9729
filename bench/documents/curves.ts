import type { StoredTable } from "./stored.ts";

/** A picture of how one figure grows with another, both in powers of ten. */
interface Picture {
  readonly file: string;
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly lines: readonly Line[];
}

interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const width = 640;
const height = 360;
const margin = { left: 76, right: 44, top: 44, bottom: 52 };

/** The pictures that go with these results, by the names of their files in docs/. */
export function curvesOf(stored: readonly StoredTable[]): Map<string, string> {
  const growth = stored.find(({ table }) => table === "growth");
  const pictures = growth ? [actorsPicture(growth), eventsPicture(growth)] : [];
  return new Map(pictures.map((picture) => [picture.file, svgOf(picture)]));
}

function actorsPicture(growth: StoredTable): Picture {
  return {
    file: "growth-actors.svg",
    title: "A frame's time by the number of actors",
    across: "actors",
    up: "ms",
    lines: ["idle", "1% active"].map((name) => lineOf(growth, name)),
  };
}

function eventsPicture(growth: StoredTable): Picture {
  return {
    file: "growth-events.svg",
    title: "A frame's time by the number of events, 1,000 actors",
    across: "events",
    up: "ms",
    lines: [lineOf(growth, "handled")],
  };
}

/** The rows `NAME, COUNT …`. */
function lineOf({ rows }: StoredTable, name: string): Line {
  return {
    name,
    points: rows.flatMap(({ row, median }) => {
      const count = row.startsWith(`${name}, `) ? /\d+/.exec(row.slice(name.length + 2)) : null;
      return count ? [{ x: Number(count[0]), y: median }] : [];
    }),
  };
}

function svgOf({ title, across, up, lines }: Picture): string {
  const points = lines.flatMap((line) => line.points);
  const xs = powersAround(points.map(({ x }) => x));
  const ys = powersAround(points.map(({ y }) => y));
  const at = {
    x: scale(xs, margin.left, width - margin.right),
    y: scale(ys, height - margin.bottom, margin.top),
  };
  const [left, right, bottom, top] = [
    margin.left,
    width - margin.right,
    height - margin.bottom,
    margin.top,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    "<style>",
    "  svg { color: #24292f; font: 13px system-ui, sans-serif } text { fill: currentColor }",
    "  .grid { stroke: currentColor; opacity: 0.2 } .line { fill: none; stroke-width: 2 }",
    "  .s0 { stroke: #0969da; fill: #0969da } .s1 { stroke: #bc4c00; fill: #bc4c00 }",
    "  @media (prefers-color-scheme: dark) {",
    "    svg { color: #e6edf3 } .s0 { stroke: #58a6ff; fill: #58a6ff } .s1 { stroke: #f0883e; fill: #f0883e }",
    "  }",
    "</style>",
    `<text x="${left}" y="24" font-weight="600">${title}</text>`,
    ...xs.map(
      (x) => `<line class="grid" x1="${at.x(x)}" x2="${at.x(x)}" y1="${bottom}" y2="${top}"/>`,
    ),
    ...ys.map(
      (y) => `<line class="grid" y1="${at.y(y)}" y2="${at.y(y)}" x1="${left}" x2="${right}"/>`,
    ),
    ...xs.map(
      (x) => `<text x="${at.x(x)}" y="${bottom + 20}" text-anchor="middle">${count(x)}</text>`,
    ),
    ...ys.map(
      (y) => `<text x="${left - 8}" y="${at.y(y) + 4}" text-anchor="end">${count(y)} ${up}</text>`,
    ),
    `<text x="${right}" y="${height - 10}" text-anchor="end">${across}</text>`,
    ...lines.flatMap((line, i) => lineText(line, i, at)),
    "</svg>",
    "",
  ].join("\n");
}

type Scale = (value: number) => number;

function lineText({ name, points }: Line, i: number, at: { x: Scale; y: Scale }): string[] {
  const places = points.map(({ x, y }) => `${at.x(x)},${at.y(y)}`);
  const last = points.at(-1);
  return [
    `<polyline class="line s${i}" style="fill: none" points="${places.join(" ")}"/>`,
    ...points.map(({ x, y }) => `<circle class="s${i}" cx="${at.x(x)}" cy="${at.y(y)}" r="3.5"/>`),
    ...(last
      ? [`<text x="${at.x(last.x) - 10}" y="${at.y(last.y) - 8}" text-anchor="end">${name}</text>`]
      : []),
  ];
}

/** The powers of ten from below the least to above the greatest. */
function powersAround(values: readonly number[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: to - from + 1 }, (_, i) => Number(`1e${from + i}`));
}

function scale(powers: readonly number[], from: number, to: number): Scale {
  const low = Math.log10(powers[0] as number);
  const high = Math.log10(powers.at(-1) as number);
  return (value) =>
    Math.round(from + ((Math.log10(value) - low) / (high - low || 1)) * (to - from));
}

function count(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 6 });
}
