/** A knot or stitch of an ink story, and the line on which it begins. */
export interface Knot {
  /** `gate` or `gate.west` */
  readonly name: string;
  readonly line: number;
}

const knotPattern = /^\s*={2,}\s*(function\s+)?([\p{L}\p{N}_]+)/u;
const stitchPattern = /^\s*=\s*([\p{L}\p{N}_]+)/u;

/** The knots and stitches of a story, but for functions: these are called, not come to. */
export function knotsOf(text: string): Knot[] {
  const knots: Knot[] = [];
  let knot = "";
  let isFunction = false;
  for (const [i, line] of withoutComments(text).split("\n").entries()) {
    const [, called, name] = knotPattern.exec(line) ?? [];
    const stitch = stitchPattern.exec(line)?.[1];
    if (name !== undefined) {
      knot = name;
      isFunction = called !== undefined;
      if (!isFunction) knots.push({ name, line: i + 1 });
    } else if (stitch !== undefined && !isFunction) {
      knots.push({ name: knot === "" ? stitch : `${knot}.${stitch}`, line: i + 1 });
    }
  }
  return knots;
}

/** Comments become blanks, so that lines keep their numbers. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/\/\/[^\n]*/g, "");
}
