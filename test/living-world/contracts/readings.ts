import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { read } from "../../../src/actors/story/players.ts";
import {
  type ConfigureLanguage,
  ConfigureLanguageSchema,
  type LanguageState,
} from "../../../src/gen/tellurion/v1/language_pb.ts";
import {
  type Objective,
  QuestRunStatus,
  type QuestState,
  QuestStepStatus,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { StoryState } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import type { Question, Said } from "./contract.ts";

/** As near as a float on its way through an event leaves a number. */
export function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-5;
}

/** What the storyteller's intensities become: a share of the room above, or of what there is below. */
export function moved(intensity: number, amount: number): number {
  return intensity + amount * (amount > 0 ? 1 - intensity : intensity);
}

export function saidOf<Desc extends DescMessage>(
  said: readonly Said[],
  type: Desc,
): MessageInitShape<Desc>[] {
  return said.filter((one) => one.type === type).map(({ message }) => message as never);
}

/** Facts of the whole world or, with a name, of a player. */
export function factsIn(state: StoryState, player: string): string[] {
  if (player === "") return state.facts.map(({ fact }) => fact);
  const stored = state.players.find((one) => one.player === player);
  return stored === undefined ? [] : read(stored).facts.map(({ fact }) => fact);
}

interface OpenStep {
  readonly number: number;
  readonly index: number;
  readonly count: number;
  readonly isHit: boolean;
}

/**
 * Looks at the steps of quests that are open now: those that the event counts for go on, all others stay as they are.
 */
export function stepsThat(
  state: QuestState,
  gameMs: bigint,
  counts: (objective: Objective, player: string) => boolean,
): Question {
  const steps = openSteps(state, gameMs, counts);
  if (!steps.some(({ isHit }) => isHit))
    return () => steps.every((step) => !hasGoneOn(state, step));
  return () => steps.every((step) => hasGoneOn(state, step) === step.isHit);
}

function openSteps(
  state: QuestState,
  gameMs: bigint,
  counts: (objective: Objective, player: string) => boolean,
): OpenStep[] {
  const definitions = [...state.quests, ...state.generated];
  const isOver = (dueMs: bigint) => dueMs !== 0n && gameMs >= dueMs;
  return state.runs
    .filter((run) => run.status === QuestRunStatus.ACTIVE && !isOver(run.dueMs))
    .flatMap((run) => {
      const definition = definitions.find(({ name }) => name === run.quest);
      return run.steps.flatMap((progress, index) => {
        const isOpen = progress.status === QuestStepStatus.OPEN && !isOver(progress.dueMs);
        if (!isOpen || gameMs < progress.openedMs) return [];
        const objectives = definition?.steps[index]?.objectives ?? [];
        const isHit = objectives.some((objective) => counts(objective, run.player));
        return [{ number: run.number, index, count: progress.count, isHit }];
      });
    });
}

/** Of a run that has ended, nobody knows how far its steps were. */
function hasGoneOn(state: QuestState, { number, index, count, isHit }: OpenStep): boolean {
  const progress = state.runs.find((run) => run.number === number)?.steps[index];
  if (progress === undefined) return isHit;
  return progress.count > count || progress.status === QuestStepStatus.DONE;
}

/** A language's configuration. Undefined: it has none yet. */
export function tongueOf(state: LanguageState): ConfigureLanguage | undefined {
  if (state.digest === "") return undefined;
  const known =
    tongues.get(state.digest) ?? codecOf(ConfigureLanguageSchema).decode(state.configuration);
  tongues.set(state.digest, known);
  return known;
}

const tongues = new Map<string, ConfigureLanguage>();
const knownBit = 0x8000;

/** What a player has heard of some concepts, or of all: equal when nothing has come to it. */
export function pointsIn(
  state: LanguageState,
  player: string,
  concepts: readonly string[] = state.concepts,
): string {
  const points = state.listeners.find((one) => one.player === player)?.points;
  return concepts.map((concept) => wordAt(points, state.concepts.indexOf(concept))).join(" ");
}

/** Whether a player knows all of these. */
export function knowsAll(
  state: LanguageState,
  player: string,
  concepts: readonly string[],
): boolean {
  const points = state.listeners.find((one) => one.player === player)?.points;
  return concepts.every((concept) => {
    const index = state.concepts.indexOf(concept);
    return index < 0 || (wordAt(points, index) & knownBit) !== 0;
  });
}

function wordAt(points: Uint8Array | undefined, index: number): number {
  return (points?.[2 * index] ?? 0) | ((points?.[2 * index + 1] ?? 0) << 8);
}
