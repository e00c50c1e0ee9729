import type { PlaceName } from "../../gen/tellurion/v1/quest_pb.ts";
import type { EncounterKind, GoodDefinition } from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";

/** What there is in a world, as far as quests have to do with it. */
export interface Known {
  readonly regions: readonly string[];
  readonly places: readonly Plain<PlaceName>[];
  readonly goods: readonly Plain<GoodDefinition>[];
  readonly encounterKinds: readonly Plain<EncounterKind>[];
  /** What is left out is not known, and anything may be. */
  readonly roles?: readonly string[];
  readonly occurrenceKinds?: readonly string[];
  readonly conditions?: readonly string[];
  readonly traceKinds?: readonly string[];
  /** Facts that hold at first or that something makes true, but for the rewards of quests. */
  readonly facts?: readonly string[];
  /** Goods that can be bought somewhere. */
  readonly traded?: readonly string[];
  readonly dialogues?: readonly DialogueTags[];
}

export interface DialogueTags {
  readonly name: string;
  /** Of all of its choices. */
  readonly tags: readonly string[];
}
