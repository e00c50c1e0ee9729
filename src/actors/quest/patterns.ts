import { QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import type { Objective } from "./book.ts";

export type ObjectiveCase = NonNullable<Objective["what"]["case"]>;

/** The texts of a player's deed, in the order of its patterns. */
export interface DeedTexts {
  readonly verb: number;
  readonly success: boolean;
  readonly targetKind: string;
  readonly item: string;
  readonly region: string;
  readonly place: string;
  readonly placeKind: string;
  readonly target: string;
}

export function deedPattern(who: string, deed: DeedTexts): string[] {
  const { verb, success, targetKind, item, region, place, placeKind, target } = deed;
  return [who, verbNames[verb] ?? "", sign(success)].concat(
    ...[targetKind, item, region, place, placeKind, target],
  );
}

export function occurrencePattern(kind: string, region: string, started: boolean): string[] {
  return [kind, region, sign(started)];
}

export function weatherPattern(condition: string, region: string): string[] {
  return [condition, region];
}

export function discoveryPattern(who: string, kind: string, region: string): string[] {
  return [who, kind, region];
}

export function questPattern(who: string, quest: string, outcome: number): string[] {
  return [who, quest, outcome === 0 ? "" : String(outcome)];
}

export function choicePattern(who: string, dialogue: string, tag: string): string[] {
  return [who, dialogue, tag];
}

/**
 * What an event must be like to count for an objective: a text for each of its properties, empty
 * where any will do. `who` is whose doings count, empty for everybody's. `scopeOf` tells whom
 * another quest belongs to: what the whole world has done counts for everybody.
 */
export function patternOf(
  { what }: Objective,
  who: string,
  scopeOf: (quest: string) => QuestScope,
): string[] {
  switch (what.case) {
    case "player":
      return deedPattern(who, { ...what.value, success: !what.value.unsuccessful });
    case "occurrence":
      return occurrencePattern(what.value.kind, what.value.region, !what.value.ended);
    case "weather":
      return weatherPattern(what.value.condition, what.value.region);
    case "discovery":
      return discoveryPattern(who, what.value.kind, what.value.region);
    case "quest": {
      const { quest, outcome } = what.value;
      return questPattern(scopeOf(quest) === QuestScope.WORLD ? "" : who, quest, outcome);
    }
    case "choice":
      return choicePattern(who, what.value.dialogue, what.value.tag);
    default:
      return [];
  }
}

const verbNames = ["", "1", "2", "3", "4", "5", "6", "7", "8"];

function sign(positive: boolean): string {
  return positive ? "+" : "-";
}
