import { DayPhase } from "../../gen/tellurion/v1/clock_pb.ts";
import { PacingPhase } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { isKey } from "../../runtime/index.ts";
import { refuse } from "../common/checks.ts";

/** What a storylet waits for, read from its text. */
export type Precondition =
  | { readonly of: "fact"; readonly fact: string; readonly holds: boolean }
  | { readonly of: "season"; readonly season: string }
  | { readonly of: "phase"; readonly phase: DayPhase }
  | { readonly of: "weather"; readonly condition: string }
  | { readonly of: "severe" }
  | { readonly of: "intensity"; readonly above: boolean; readonly bound: number }
  | { readonly of: "pacing"; readonly pacing: PacingPhase };

/** What preconditions are held against. */
export interface Circumstances {
  readonly season: string;
  readonly dayPhase: DayPhase;
  readonly condition: string;
  readonly severe: boolean;
  readonly intensity: number;
  readonly pacing: PacingPhase;
  holds(fact: string): boolean;
}

export const preconditionsValid =
  "are fact, !fact, season:NAME, phase:night|dawn|day|dusk, weather:NAME, severe, intensity<N, intensity>N " +
  "(N from 0 to 1), pacing:relax|build_up|peak|fade";

const dayPhases: ReadonlyMap<string, DayPhase> = new Map([
  ["night", DayPhase.NIGHT],
  ["dawn", DayPhase.DAWN],
  ["day", DayPhase.DAY],
  ["dusk", DayPhase.DUSK],
]);

export const pacingPhases: ReadonlyMap<string, PacingPhase> = new Map([
  ["relax", PacingPhase.RELAX],
  ["build_up", PacingPhase.BUILD_UP],
  ["peak", PacingPhase.PEAK],
  ["fade", PacingPhase.FADE],
]);

const intensityPattern = /^intensity([<>])(0|1|0?\.\d{1,6}|[01]\.\d{1,6})$/;
const reserved = /^(season|phase|weather|pacing):|^(severe|intensity)$/;

/** Reads a precondition. Throws a Rejection that says what would be valid; `path` is where it stands. */
export function parsePrecondition(text: string, path: string): Precondition {
  const parsed = read(text);
  if (parsed === undefined) refuse(path, text, preconditionsValid);
  return parsed;
}

function read(text: string): Precondition | undefined {
  if (text === "severe") return { of: "severe" };
  const intensity = intensityPattern.exec(text);
  if (intensity !== null) {
    const bound = Number(intensity[2]);
    return bound > 1 ? undefined : { of: "intensity", above: intensity[1] === ">", bound };
  }
  if (!reserved.test(text)) return parsedFact(text);
  const at = text.indexOf(":");
  return at < 0 ? undefined : parsedWord(text.slice(0, at), text.slice(at + 1));
}

function parsedWord(word: string, value: string): Precondition | undefined {
  if (!isKey(value)) return undefined;
  if (word === "season") return { of: "season", season: value };
  if (word === "weather") return { of: "weather", condition: value };
  if (word === "phase") {
    const phase = dayPhases.get(value);
    return phase === undefined ? undefined : { of: "phase", phase };
  }
  const pacing = pacingPhases.get(value);
  return pacing === undefined ? undefined : { of: "pacing", pacing };
}

function parsedFact(text: string): Precondition | undefined {
  const holds = !text.startsWith("!");
  const fact = holds ? text : text.slice(1);
  if (!isKey(fact) || reserved.test(fact)) return undefined;
  return { of: "fact", fact, holds };
}

export function isMet(precondition: Precondition, now: Circumstances): boolean {
  switch (precondition.of) {
    case "fact":
      return now.holds(precondition.fact) === precondition.holds;
    case "season":
      return now.season === precondition.season;
    case "phase":
      return now.dayPhase === precondition.phase;
    case "weather":
      return now.condition === precondition.condition;
    case "severe":
      return now.severe;
    case "intensity":
      return precondition.above
        ? now.intensity > precondition.bound
        : now.intensity < precondition.bound;
    case "pacing":
      return now.pacing === precondition.pacing;
  }
}
