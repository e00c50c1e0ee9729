import { QuestOutcome, QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import {
  type Definition,
  isGenerated,
  type Memory,
  type Player,
  type Run,
  worldPlayer,
} from "./book.ts";
import { memoriesMax } from "./limits.ts";
import type { Live } from "./live.ts";
import { meet, type Turn } from "./turn.ts";

/** Notes for all who took part how a run has ended. What was made up comes once only: nobody needs to know. */
export function remember(turn: Turn, run: Run, { scope }: Definition): void {
  if (isGenerated(run.quest)) return;
  const party = scope === QuestScope.PARTY ? run.participants.map(({ player }) => player) : [];
  for (const player of party.length > 0 ? party : [run.player]) note(turn, player, run);
}

function note(turn: Turn, name: string, { quest, outcome, endedMs }: Run): void {
  const player = meet(turn, name);
  if (player === undefined) return;
  let memory = player.quests.find((other) => other.quest === quest);
  if (memory === undefined) {
    memory = { quest, outcome, endedMs, completed: 0 };
    if (player.quests.length >= memoriesMax) forgetOne(turn, player);
    player.quests.push(memory);
  }
  memory.outcome = outcome;
  memory.endedMs = endedMs;
  if (outcome === QuestOutcome.COMPLETED) memory.completed += 1;
}

/** Packs that came and went have left memories: of quests that are not defined any more, the first is dropped. */
function forgetOne({ live }: Turn, player: Player): void {
  const at = player.quests.findIndex(({ quest }) => !live.definitions.has(quest));
  player.quests.splice(Math.max(0, at), 1);
}

export function memoryOf(live: Live, player: string, quest: string): Memory | undefined {
  return live.players.get(player)?.quests.find((memory) => memory.quest === quest);
}

/** The player or the whole world has completed it. */
export function hasCompleted(live: Live, player: string, quest: string): boolean {
  const own = memoryOf(live, player, quest)?.completed ?? 0;
  return own > 0 || (memoryOf(live, worldPlayer, quest)?.completed ?? 0) > 0;
}

/** `fact` or `!fact`, of the player or of the whole world. */
export function holds(live: Live, player: string, condition: string): boolean {
  const negated = condition.startsWith("!");
  const fact = negated ? condition.slice(1) : condition;
  const known = live.facts.has(fact) || (live.players.get(player)?.facts.includes(fact) ?? false);
  return known !== negated;
}
