import { QuestOutcome, QuestRunStatus, QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import { minuteMs } from "../common/units.ts";
import { type Definition, isGenerated, worldPlayer } from "./book.ts";
import {
  generatedMax,
  generatedPerPlayerMax,
  offeredPerPlayerMax,
  playersMax,
  reofferMinutes,
  runsMax,
  worldRunsMax,
} from "./limits.ts";
import { hasCompleted, holds, memoryOf } from "./memory.ts";
import { canMeet, countRuns, runsOf, type Turn } from "./turn.ts";

/** Why a quest cannot be offered to a player. */
export interface Hindrance {
  readonly code: "FAILED_PRECONDITION" | "ALREADY_EXISTS" | "RESOURCE_EXHAUSTED";
  readonly text: string;
}

interface Asked {
  readonly player: string;
  /** Somebody asks for it: it may come again at once when it was not taken or given up. */
  readonly asked: boolean;
}

/** What stands against offering a quest to a player. Undefined: nothing does. */
export function hindranceOf(
  turn: Turn,
  definition: Definition,
  { player, asked }: Asked,
): Hindrance | undefined {
  const { live } = turn;
  const { name } = definition;
  for (const run of runsOf(live, player)) {
    if (run.quest !== name) continue;
    const text = `player=${player} has quest=${name} already, as q${run.number}`;
    return { code: "ALREADY_EXISTS", text: `${text}; valid is to wait until it has ended` };
  }
  return (
    againHindrance(turn, definition, player, asked) ??
    missingOf(turn, definition, player) ??
    fullness(turn, definition, player)
  );
}

function againHindrance(
  { book, live }: Turn,
  { name, againAfterMinutes }: Definition,
  player: string,
  asked: boolean,
): Hindrance | undefined {
  const memory = memoryOf(live, player, name);
  if (memory === undefined) return undefined;
  const taken = memory.outcome === QuestOutcome.COMPLETED || memory.outcome === QuestOutcome.FAILED;
  const code = "FAILED_PRECONDITION";
  if (taken && againAfterMinutes === 0) {
    return { code, text: `player=${player} has had quest=${name}, which comes once only` };
  }
  if (!taken && asked) return undefined;
  const minutes = taken ? againAfterMinutes : reofferMinutes;
  const fromMs = memory.endedMs + BigInt(minutes * minuteMs);
  if (book.gameMs >= fromMs) return undefined;
  return { code, text: `quest=${name} comes to player=${player} again from game_ms=${fromMs} on` };
}

function missingOf(
  { live }: Turn,
  { name, offer }: Definition,
  player: string,
): Hindrance | undefined {
  if (offer === undefined) return undefined;
  const quests = offer.after.filter((quest) => !hasCompleted(live, player, quest));
  const facts = offer.facts.filter((fact) => !holds(live, player, fact));
  if (quests.length === 0 && facts.length === 0) return undefined;
  const missing = [...quests.map((quest) => `quest ${quest}`), ...facts.map((f) => `fact ${f}`)];
  const text = `quest=${name} is not for player=${player} yet; missing: ${missing.join(", ")}`;
  return { code: "FAILED_PRECONDITION", text };
}

function fullness(turn: Turn, { name, scope }: Definition, player: string): Hindrance | undefined {
  const { book, live } = turn;
  const full = (what: string, most: number): Hindrance => ({
    code: "RESOURCE_EXHAUSTED",
    text: `there are ${most} ${what}, as many as may be; valid is to wait until one has ended`,
  });
  if (book.runs.length >= runsMax) return full("quests under way", runsMax);
  if (!canMeet(turn, player)) return full("players", playersMax);
  if (scope === QuestScope.WORLD) {
    const count = runsOf(live, worldPlayer).size;
    return count < worldRunsMax ? undefined : full("quests of the world", worldRunsMax);
  }
  if (countRuns(live, player, QuestRunStatus.OFFERED) >= offeredPerPlayerMax) {
    return full(`quests offered to player=${player}`, offeredPerPlayerMax);
  }
  return isGenerated(name) ? generatedFullness(turn, player, full) : undefined;
}

function generatedFullness(
  { book, live }: Turn,
  player: string,
  full: (what: string, most: number) => Hindrance,
): Hindrance | undefined {
  if (book.generated.length >= generatedMax) return full("quests made up", generatedMax);
  let own = 0;
  for (const { quest } of runsOf(live, player)) if (isGenerated(quest)) own += 1;
  if (own < generatedPerPlayerMax) return undefined;
  return full(`quests made up for player=${player}`, generatedPerPlayerMax);
}
