import { type QuestEndedEvent, QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import { BeatKind, type StoryBeatEvent } from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { WeatherSevereEvent } from "../../gen/tellurion/v1/weather_pb.ts";
import {
  type OccurrenceEvent,
  type PlayerActedEvent,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";
import type { Place } from "./region.ts";

/** Lightning that is weaker leaves nothing that could be seen. */
const scorchFrom = 0.7;

/** Something that leaves a trace, and all that is known of it: what a trace says comes from here and nowhere else. */
export interface Happening {
  /** What templates are looked for by, in this order. */
  readonly kinds: readonly string[];
  /** As in TraceLeftEvent. */
  readonly cause: string;
  /** Empty: somewhere in the region. */
  readonly place: string;
  readonly player: string;
  readonly subject: string;
  readonly gameMs: bigint;
}

export const questOutcomes = ["completed", "failed", "expired", "abandoned"] as const;

export const beatKinds = ["encounter", "occurrence", "quest", "weather", "story"] as const;

const outcomeNames: Partial<Record<QuestOutcome, (typeof questOutcomes)[number]>> = {
  [QuestOutcome.COMPLETED]: "completed",
  [QuestOutcome.FAILED]: "failed",
  [QuestOutcome.EXPIRED]: "expired",
  [QuestOutcome.ABANDONED]: "abandoned",
};

const beatNames: Partial<Record<BeatKind, (typeof beatKinds)[number]>> = {
  [BeatKind.ENCOUNTER]: "encounter",
  [BeatKind.OCCURRENCE]: "occurrence",
  [BeatKind.QUEST]: "quest",
  [BeatKind.WEATHER]: "weather",
  [BeatKind.STORY]: "story",
};

export function ofOccurrence(event: Plain<OccurrenceEvent>): Happening {
  const { id, kind, place, started, cause, gameMs } = event;
  const begun = `occurrence:${kind}`;
  return {
    // Where nobody has thought of what comes after it, the end leaves what the beginning does.
    kinds: started ? [begun] : [`${begun}:ended`, `aftermath:${kind}`],
    cause: `occurrence/${id}`,
    player: cause.startsWith("player/") ? (cause.split("/")[1] ?? "") : "",
    subject: kind,
    ...{ place, gameMs },
  };
}

export function ofQuest(event: Plain<QuestEndedEvent>): Happening | undefined {
  const { id, quest, outcome, place, player, gameMs } = event;
  const name = outcomeNames[outcome];
  if (name === undefined) return undefined;
  return {
    kinds: [`quest:${name}:${quest}`],
    cause: `quest/${id}`,
    // A quest of the whole world is nobody's.
    player: player === "world" ? "" : player,
    subject: quest,
    ...{ place, gameMs },
  };
}

/** Fighting, working and delivering leave traces; talking, resting and looking do not. */
export function ofAct(event: Plain<PlayerActedEvent>): Happening | undefined {
  const { player, verb, place, targetKind, item, success, gameMs } = event;
  const what = { place, player, gameMs };
  const rest = (name: string) => (name === "" ? "" : `:${name}`);
  if (verb === Verb.FIGHT) {
    const kinds = [`fight:${success ? "won" : "lost"}${rest(targetKind)}`];
    return { ...what, kinds, cause: `fight/${player}/${gameMs}`, subject: targetKind };
  }
  if (verb === Verb.WORK || verb === Verb.DELIVER) {
    const name = verb === Verb.WORK ? "work" : "deliver";
    const subject = verb === Verb.WORK ? targetKind : item;
    const kinds = [`${name}:${success ? "done" : "failed"}${rest(subject)}`];
    return { ...what, kinds, cause: `${name}/${player}/${gameMs}`, subject };
  }
  return undefined;
}

/**
 * A storm leaves its damage when it is over. What it was is known from its beginning: its end tells of the weather
 * that followed.
 */
export function ofStorm(
  { region, started, gameMs }: Plain<WeatherSevereEvent>,
  condition: string,
): Happening | undefined {
  if (started) return undefined;
  return {
    kinds: [condition === "" ? "storm" : `storm:${condition}`],
    cause: `storm/${region}/${gameMs}`,
    place: "",
    player: "",
    subject: condition,
    gameMs,
  };
}

/** Lightning that is strong enough leaves a scorch at the place that is nearest to where it struck. */
export function ofLightning(event: Strike, places: readonly Place[]): Happening | undefined {
  const { region, strength, gameMs } = event;
  if (!(strength >= scorchFrom)) return undefined;
  return {
    kinds: ["lightning"],
    cause: `lightning/${region}/${gameMs}`,
    place: nearestTo(event, places),
    player: "",
    subject: "",
    gameMs,
  };
}

/** Where and how hard lightning struck. */
export interface Strike {
  readonly region: string;
  readonly x: number;
  readonly y: number;
  readonly strength: number;
  readonly gameMs: bigint;
}

/** Empty when nobody has said where the places are. */
function nearestTo({ x, y }: Strike, places: readonly Place[]): string {
  let nearest = "";
  let least = Number.POSITIVE_INFINITY;
  for (const place of places) {
    if (place.x === 0 && place.y === 0) continue;
    const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
    if (distance >= least) continue;
    least = distance;
    nearest = place.id;
  }
  return nearest;
}

/** What the storyteller does leaves a trace, unless it is nothing. */
export function ofBeat(event: Plain<StoryBeatEvent>): Happening | undefined {
  const { beat, kind, place, player, subject, gameMs } = event;
  const name = beatNames[kind];
  if (name === undefined) return undefined;
  const kinds = [subject === "" ? `beat:${name}` : `beat:${name}:${subject}`];
  return { kinds, cause: `beat/${beat}`, ...{ place, player, subject, gameMs } };
}
