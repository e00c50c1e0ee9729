import { under } from "../decode.ts";
import { areNames } from "../fault.ts";
import type { PackNames } from "../names.ts";
import type { PackCheck } from "./check-pack.ts";

/** What follows the word of a cause, by that word. */
const causes: Readonly<Record<string, (names: PackNames) => ReadonlySet<string> | undefined>> = {
  occurrence: (names) => names.occurrence,
  quest: () => new Set(["completed", "failed", "expired", "abandoned"]),
  fight: () => new Set(["won", "lost"]),
  work: () => undefined,
  storm: (names) => names.condition,
  lightning: () => undefined,
  beat: () => new Set(["encounter", "occurrence", "quest", "weather", "story"]),
};

/** Traces of what never happens. */
export const checkTraces: PackCheck = ({ parts, names }, findings) => {
  for (const { value, file, path } of parts.traces) {
    const [word = "", what = ""] = value.cause.split(":");
    const place = under(path, "cause");
    const known = causes[word]?.(names);
    if (!Object.hasOwn(causes, word)) {
      findings.refuse(file, place, value.cause, areNames(Object.keys(causes), word));
    } else if (what !== "" && known && !known.has(what)) {
      findings.refuse(file, place, value.cause, `after ${word}: ${areNames(known, what)}`);
    }
  }
};
