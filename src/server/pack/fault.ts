const shownMax = 80;
const namesShownMax = 12;

/** Something wrong in a file of a pack. */
export interface Fault {
  /** The file's path. */
  readonly file: string;
  /** From 1. 0: the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** What is wrong: where in the file, which value, what would be valid. */
  readonly text: string;
}

/** More than anybody reads; the rest is counted. */
export const faultsMax = 1_000;

export function faultLine({ file, line, column, text }: Fault): string {
  return line === 0 ? `${file}: ${text}` : `${file}:${line}:${column}: ${text}`;
}

/** What is said of a value: where it stands, what it is, and what would be valid there. */
export function faultText(path: string, value: unknown, valid: string): string {
  return `${path || "the file"}=${shown(value)} is not valid; valid ${valid}`;
}

/** `are a, b, c`: some of the names that would be valid, the one that is most alike first. */
export function areNames(names: Iterable<string>, like: string): string {
  const all = [...names];
  if (all.length === 0) return "is none: there are none";
  const nearest = nearestOf(all, like);
  const listed = nearest === undefined ? all : [nearest, ...all.filter((name) => name !== nearest)];
  const rest = all.length - namesShownMax;
  return `are ${listed.slice(0, namesShownMax).join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`;
}

function shown(value: unknown): string {
  const isNumber = typeof value === "bigint" || typeof value === "number";
  const json = isNumber ? String(value) : JSON.stringify(value);
  const text = json ?? "nothing";
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}

function nearestOf(names: readonly string[], like: string): string | undefined {
  let [nearest, least]: [string | undefined, number] = [undefined, 2 + like.length / 3];
  for (const name of names) {
    const distance = distanceOf(name, like);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** How many letters have to be put in, taken out or changed. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
