import {
  type GrantRewardRequest,
  type OfferQuestRequest,
  QuestOutcome,
  QuestRewardedEventSchema,
  QuestRunStatus,
  QuestScope,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkId, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { type Definition, idOf, isGenerated, numberOf, type Run, worldPlayer } from "./book.ts";
import { checkReward } from "./check-structure.ts";
import { chanceOf } from "./generate.ts";
import { type Hindrance, hindranceOf } from "./hindrance.ts";
import { activePerPlayerMax, partyMax } from "./limits.ts";
import { scopeIn } from "./live.ts";
import { blank, offerGenerated } from "./needs.ts";
import { ownerOf } from "./offers.ts";
import { accept, end, join, leave, offer } from "./runs.ts";
import { canMeet, countRuns, meet, runsOf, type Turn } from "./turn.ts";

const outcomeNames = ["", "completed", "failed", "expired", "abandoned"];

/** A run that has not ended. Throws a Rejection when there is none. */
export function runAt({ book, live }: Turn, id: string): Run {
  const run = live.runs.get(numberOf(id));
  if (run !== undefined) return run;
  const ended = book.ended.find((other) => idOf(other) === id);
  if (ended !== undefined) {
    const how = outcomeNames[ended.outcome];
    throw new Rejection("FAILED_PRECONDITION", `id=${id} has ended: it is ${how}`);
  }
  throw new Rejection(
    "NOT_FOUND",
    `id=${JSON.stringify(id.slice(0, 80))} is no run of a quest; ` +
      "valid are those that ListQuests tells",
  );
}

export function checkPlayer(player: string): void {
  checkId("player", player);
  if (player === worldPlayer) refuse("player", player, "are ids of players");
}

/** What stands against accepting a run. */
export function acceptHindrance({ live }: Turn, run: Run, player: string): Hindrance | undefined {
  const code = "FAILED_PRECONDITION";
  if (run.status !== QuestRunStatus.OFFERED) {
    return { code, text: `id=${idOf(run)} is under way already; valid are offered quests` };
  }
  if (run.player !== player) {
    return { code, text: `id=${idOf(run)} is not offered to player=${player}` };
  }
  return activeHindrance({ live }, player);
}

function activeHindrance({ live }: Pick<Turn, "live">, player: string): Hindrance | undefined {
  if (countRuns(live, player, QuestRunStatus.ACTIVE) < activePerPlayerMax) return undefined;
  const text = `player=${player} has ${activePerPlayerMax} quests under way, as many as may be`;
  return { code: "RESOURCE_EXHAUSTED", text: `${text}; valid is to end one first` };
}

export function acceptQuest(turn: Turn, run: Run, player: string): void {
  insist(acceptHindrance(turn, run, player));
  accept(turn, run);
}

/** What stands against giving a run up. */
export function abandonHindrance(run: Run, player: string): Hindrance | undefined {
  const isOn = run.participants.some((other) => other.player === player);
  if (run.player !== worldPlayer && (run.player === player || isOn)) return undefined;
  const text = `id=${idOf(run)} is not a quest of player=${player}; valid are the player's own`;
  return { code: "FAILED_PRECONDITION", text };
}

/** The owner gives the quest up; anybody else leaves its party. */
export function abandonQuest(turn: Turn, run: Run, player: string): void {
  insist(abandonHindrance(run, player));
  if (run.player !== player) leave(turn, run, player);
  else end(turn, run, { outcome: QuestOutcome.ABANDONED, reason: "player" });
}

/** What stands against joining the party of a run. */
export function joinHindrance(turn: Turn, run: Run, player: string): Hindrance | undefined {
  const code = "FAILED_PRECONDITION";
  const id = idOf(run);
  if (scopeIn(turn.live, run.quest) !== QuestScope.PARTY) {
    return { code, text: `id=${id} is not a quest of a party; valid are those that are` };
  }
  if (run.status !== QuestRunStatus.ACTIVE) {
    return { code, text: `id=${id} has not been accepted; valid is to wait until it has been` };
  }
  for (const other of runsOf(turn.live, player)) {
    if (other.quest !== run.quest) continue;
    return { code: "ALREADY_EXISTS", text: `player=${player} has quest=${run.quest} already` };
  }
  if (run.participants.length >= partyMax) {
    const text = `id=${id} has ${partyMax} players on it, as many as there may be`;
    return { code: "RESOURCE_EXHAUSTED", text };
  }
  if (!canMeet(turn, player)) {
    return { code: "RESOURCE_EXHAUSTED", text: "there are as many players as there may be" };
  }
  return activeHindrance(turn, player);
}

export function joinQuest(turn: Turn, run: Run, player: string): void {
  insist(joinHindrance(turn, run, player));
  meet(turn, player);
  join(turn, run, player);
}

export function offerQuest(turn: Turn, request: Plain<OfferQuestRequest>): Run {
  const definition = definitionAt(turn, request.quest);
  const player = ownerOf(definition, request.player);
  if (definition.scope === QuestScope.WORLD) checkId("player", request.player);
  else checkPlayer(player);
  const { region, giver } = where(turn, request);
  insist(hindranceOf(turn, definition, { player, asked: true }));
  return offer(turn, definition, { player, region, giver, place: "", cause: "" });
}

export function generateQuest(
  turn: Turn,
  request: { readonly seed: number; readonly player: string; readonly region: string },
): { readonly run: Run; readonly definition: Definition } {
  const { player, seed } = request;
  checkPlayer(player);
  const { region } = where(turn, { ...request, giver: "" });
  insist(hindranceOf(turn, blank("gen.0"), { player, asked: true }));
  const occasion = { region, place: "", giver: "", need: "", good: "" };
  const run = offerGenerated(turn, occasion, { player, cause: `seed/${seed}` }, chanceOf(seed));
  const definition = run && turn.live.definitions.get(run.quest);
  if (run !== undefined && definition !== undefined) return { run, definition };
  const regions = [...new Set(turn.book.places.map((place) => place.region))];
  return refuse("region", region, `have places to make a quest of: ${regions.join(", ")}`);
}

/** Gives a reward of its own. Returns its id. */
export function grantReward(
  { book, out }: Turn,
  { player, reward }: Plain<GrantRewardRequest>,
): string {
  checkPlayer(player);
  if (reward === undefined) refuse("reward", "", "is a reward: it is needed");
  checkReward(reward, "reward.");
  if (reward.facts.length > 0) refuse("reward.facts", reward.facts.join(), "are none");
  book.lastNumber += 1;
  const id = `g${book.lastNumber}/${player}`;
  const { coins, items, reputation } = reward;
  out.publish(QuestRewardedEventSchema, {
    ...{ id, quest: "", player, coins, items, reputation, gameMs: book.gameMs },
  });
  return id;
}

function definitionAt({ live }: Turn, quest: string): Definition {
  const definition = isGenerated(quest) ? undefined : live.definitions.get(quest);
  if (definition !== undefined) return definition;
  throw new Rejection(
    "NOT_FOUND",
    `quest=${JSON.stringify(quest.slice(0, 80))} is not known; valid are names of definitions`,
  );
}

function where(
  { book, live }: Turn,
  asked: { readonly player: string; readonly region: string; readonly giver: string },
): { readonly region: string; readonly giver: string } {
  if (asked.giver !== "") checkId("giver", asked.giver);
  const region = asked.region || (live.players.get(asked.player)?.region ?? "");
  if (asked.region !== "" && !book.regions.includes(asked.region)) {
    refuse("region", asked.region, `are ${book.regions.join(", ").slice(0, 400)}`);
  }
  return { region, giver: asked.giver };
}

function insist(hindrance: Hindrance | undefined): void {
  if (hindrance !== undefined) throw new Rejection(hindrance.code, hindrance.text);
}
