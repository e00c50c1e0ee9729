import { QuestRunStatus, QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import { type Definition, type Run, worldPlayer } from "./book.ts";
import { hindranceOf } from "./hindrance.ts";
import { offeredByItselfMax, offersPerEventMax, offersPerPlayerMax } from "./limits.ts";
import { type Offering, offer } from "./runs.ts";
import { countRuns, type Turn } from "./turn.ts";

/** Whoever a quest is for: a player, or the whole world. */
export function ownerOf({ scope }: Definition, player: string): string {
  return scope === QuestScope.WORLD ? worldPlayer : player;
}

/** Offers a quest if nothing stands against it. */
export function tryOffer(
  turn: Turn,
  definition: Definition,
  offering: Offering,
  asked = false,
): Run | undefined {
  const player = ownerOf(definition, offering.player);
  if (hindranceOf(turn, definition, { player, asked }) !== undefined) return undefined;
  return offer(turn, definition, { ...offering, player });
}

/** Offers the first ones of some quests to a player. */
function offerSome(turn: Turn, quests: readonly Definition[], offering: Offering): void {
  const { player, region } = offering;
  const room = offeredByItselfMax - countRuns(turn.live, player, QuestRunStatus.OFFERED);
  const most = Math.min(offersPerPlayerMax, room);
  let offered = 0;
  for (const quest of quests) {
    if (offered >= most) return;
    if (!isOfferedIn(quest, region)) continue;
    if (tryOffer(turn, quest, offering) !== undefined) offered += 1;
  }
}

function isOfferedIn({ regions }: Definition, region: string): boolean {
  return regions.length === 0 || regions.includes(region);
}

/** Somebody has come to a region. */
export function offerOnArrival(turn: Turn, player: string, region: string, place: string): void {
  const { onArrival } = turn.live;
  const quests = [...(onArrival.get(region) ?? []), ...(onArrival.get("") ?? [])];
  offerSome(turn, quests, { player, region, place, giver: "", cause: "" });
}

/** Somebody has talked to an NPC of a role. */
export function offerOnTalk(turn: Turn, role: string, offering: Offering): void {
  offerSome(turn, turn.live.onTalk.get(role) ?? [], offering);
}

/** Something has begun in a region: those who are there hear of it. */
export function offerOnOccurrence(turn: Turn, kind: string, where: Omit<Offering, "player">): void {
  const quests = (turn.live.onOccurrence.get(kind) ?? []).filter((quest) =>
    isOfferedIn(quest, where.region),
  );
  if (quests.length === 0) return;
  const forWorld = quests.filter(({ scope }) => scope === QuestScope.WORLD);
  offerSome(turn, forWorld, { ...where, player: worldPlayer });
  const forPlayers = quests.filter(({ scope }) => scope !== QuestScope.WORLD);
  if (forPlayers.length === 0) return;
  for (const player of playersIn(turn, where.region)) {
    offerSome(turn, forPlayers, { ...where, player });
  }
}

/** Players who were in a region last, the first ones of them. */
export function playersIn({ book }: Turn, region: string): string[] {
  const found: string[] = [];
  for (const player of book.players) {
    if (player.region !== region || player.player === worldPlayer) continue;
    found.push(player.player);
    if (found.length >= offersPerEventMax) break;
  }
  return found;
}
