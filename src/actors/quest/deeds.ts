import {
  type PlayerActedEvent as PlayerActedMessage,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import { isKey } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { worldPlayer } from "./book.ts";
import { offerNeed } from "./needs.ts";
import { offerOnArrival, offerOnTalk } from "./offers.ts";
import { deedPattern } from "./patterns.ts";
import { observe } from "./progress.ts";
import { meet, type Turn } from "./turn.ts";

export type PlayerActed = Readonly<Omit<Plain<PlayerActedMessage>, "harm">>;

/** A player has done something: what waits for it goes on, and who is met has something to offer. */
export function hearDeed(turn: Turn, event: PlayerActed): void {
  const { player: name, verb, region, place, target, targetKind, item, success, gameMs } = event;
  if (!isPlayer(name)) return;
  const player = meet(turn, name);
  if (player !== undefined && region !== "") player.region = region;
  const placeKind = turn.live.placeKinds.get(place) ?? "";
  const texts = { verb, success, targetKind, item, region, place, placeKind, target };
  const counts = verb === Verb.GATHER || verb === Verb.DELIVER;
  observe(turn, {
    kind: "player",
    texts: [deedPattern(name, texts)],
    player: name,
    amount: counts ? Math.max(1, event.amount) : 1,
    gameMs,
    // A deed takes its time: nobody does the same twice at the same moment.
    mark: () => [name, verb, place, target, item, event.amount, gameMs].join("/"),
  });
  if (!success || player === undefined) return;
  if (verb === Verb.TRAVEL) {
    offerOnArrival(turn, name, region, place);
    offerNeed(turn, name, region, "");
  } else if (verb === Verb.TALK) {
    offerOnTalk(turn, targetKind, { player: name, region, place, giver: target, cause: "" });
    offerNeed(turn, name, region, target);
  }
}

/** The world's quests have a name that no player has. */
export function isPlayer(name: string): boolean {
  return name !== worldPlayer && isKey(name);
}
