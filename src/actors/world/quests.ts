import {
  type QuestEndedEvent,
  QuestOutcome,
  type QuestRewardedEvent,
} from "../../gen/tellurion/v1/quest_pb.ts";
import type { WorldQuestNote } from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";
import { factionOf, shiftPower } from "./factions.ts";
import { changeStock, coins, hasRoom, noteMade } from "./goods.ts";
import { changeReputation, knownPlayerOf, roomForCoins } from "./players.ts";
import { npcOf } from "./roster.ts";
import type { Outlet, World } from "./world-state.ts";

type QuestNote = Plain<WorldQuestNote>;

/** Rewards of one player that are known again. A quest service repeats none that is older. */
export const rewardsMax = 256;
/** Runs of quests for which a reward and an end find each other. */
const questNotesMax = 1_024;
const waitingMax = 64;

const reputationBy = { completed: 0.05, failed: -0.05 } as const;
const powerBy = { completed: 0.5, failed: -0.25 } as const;

/** Gives a player what a quest brings, once for each reward's id. */
export function takeReward(world: World, reward: Plain<QuestRewardedEvent>, out: Outlet): void {
  const player = knownPlayerOf(world, reward.player);
  if (player === undefined) {
    out.log("warn", `reward ${reward.id} is for ${reward.player}, who has never been here`);
    return;
  }
  if (player.rewards.includes(reward.id)) return;
  player.rewards.push(reward.id);
  if (player.rewards.length > rewardsMax) player.rewards.shift();
  const paid = roomForCoins(player, reward.coins);
  player.coins += paid;
  noteMade(world, coins, paid);
  for (const { item, amount } of reward.items) {
    if (amount === 0 || !hasRoom(player.inventory, item, amount)) {
      out.log("warn", `${player.id} has no room for ${amount} ${item} of reward ${reward.id}`);
      continue;
    }
    changeStock(player.inventory, item, amount);
    noteMade(world, item, amount);
  }
  if (reward.reputation !== 0) earn(world, reward);
}

/** What the giver's faction thinks follows from the reward; who gave the quest, from its end. */
function earn(world: World, { id, player, reputation }: Plain<QuestRewardedEvent>): void {
  const slash = id.lastIndexOf("/");
  const note = noteOf(world, slash < 0 ? id : id.slice(0, slash));
  if (note.faction !== "") think(world, player, note.faction, reputation);
  else if (note.waiting.length < waitingMax) note.waiting.push({ player, change: reputation });
}

/** Factions think more of who helped them, and are the stronger for it. */
export function noteQuestEnd(world: World, end: Plain<QuestEndedEvent>, out: Outlet): void {
  const faction = npcOf(world, end.giver)?.faction ?? "";
  const giver = factionOf(world, faction);
  if (giver === undefined) return;
  const note = noteOf(world, end.id);
  note.faction = faction;
  for (const { player, change } of note.waiting.splice(0)) think(world, player, faction, change);
  const outcome =
    end.outcome === QuestOutcome.COMPLETED
      ? "completed"
      : end.outcome === QuestOutcome.FAILED
        ? "failed"
        : undefined;
  if (outcome === undefined) return;
  const parts = end.contributions.length > 0 ? end.contributions : [{ ...end, share: 1 }];
  for (const { player, share } of parts) {
    think(world, player, faction, reputationBy[outcome] * share);
  }
  shiftPower(world, giver, powerBy[outcome], "quest", out);
}

function think(world: World, player: string, faction: string, change: number): void {
  const known = knownPlayerOf(world, player);
  if (known !== undefined && Number.isFinite(change)) changeReputation(known, faction, change);
}

function noteOf(world: World, run: string): QuestNote {
  const known = world.questNotes.find((note) => note.run === run);
  if (known !== undefined) return known;
  const note: QuestNote = { run, faction: "", waiting: [] };
  world.questNotes.push(note);
  if (world.questNotes.length > questNotesMax) world.questNotes.shift();
  return note;
}
