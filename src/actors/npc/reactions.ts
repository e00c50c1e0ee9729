import { type QuestEndedEvent, QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import { BeatKind, type StoryBeatEvent } from "../../gen/tellurion/v1/storyteller_pb.ts";
import {
  type OccurrenceEvent,
  type PlayerActedEvent,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { need, nobody, type Shard, trait, traitsCount } from "./columns.ts";
import { bring } from "./economy.ts";
import { type MemoryKind, remember } from "./memory.ts";
import { stirNeed } from "./needs.ts";
import { type Change, changeRelation } from "./relations.ts";
import { beginRumour, directionOf, hear, say } from "./rumours.ts";
import type { Outlet, Turn } from "./turn.ts";
import { standsAt } from "./walk.ts";

/** Players that a shard keeps in mind; who was here longest ago gives way. */
const guestsMax = 64;
const occurrencesMax = 32;
/** NPCs that take notice of one deed at most. */
const witnessesMax = 8;
/** NPCs that hear of an occurrence without being there, one of so many. */
const hearsayEvery = 50;
const intensityLeast = 0.3;
const amountMax = 1_000;

type Deed = Plain<PlayerActedEvent>;

const deeds: Partial<Record<Verb, { kind: MemoryKind; reason: string; change: Change }>> = {
  [Verb.TALK]: {
    kind: "talked",
    reason: "talked",
    change: { trust: 0.05, fear: -0.02, respect: 0 },
  },
  [Verb.DELIVER]: {
    kind: "helped",
    reason: "helped",
    change: { trust: 0.15, fear: -0.05, respect: 0.1 },
  },
  [Verb.FIGHT]: {
    kind: "fought",
    reason: "attacked",
    change: { trust: -0.4, fear: 0.5, respect: 0 },
  },
};

/** A player did something in the region. */
export function reactToDeed(turn: Turn, deed: Deed, out: Outlet): void {
  const place = placeOf(turn, deed.place);
  welcome(turn, deed.player, place);
  const other = playerName(deed.player);
  const npc = npcNamed(turn, deed.target);
  if (npc !== -1) reactToOwn(turn, npc, other, deed, out);
  else if (deed.success && (deed.verb === Verb.FIGHT || deed.verb === Verb.WORK)) {
    watchDeed(turn, place, other, deed, out);
  }
}

function reactToOwn(turn: Turn, npc: number, other: string, deed: Deed, out: Outlet): void {
  const { kind, reason, change } = deeds[deed.verb] ?? {};
  if (kind === undefined || reason === undefined || change === undefined) return;
  const { columns, shard } = turn;
  const warmth = 0.5 + (columns.traits[npc * traitsCount + trait.kindness] as number) / 255;
  remember(turn, npc, kind, other, clamp(change.trust - change.fear / 2, -1, 1));
  changeRelation(turn, npc, other, { ...change, trust: change.trust * warmth }, reason, out);
  if (deed.verb === Verb.TALK) {
    stirNeed(columns, npc, need.company, -0.3);
    say(turn, npc, ["see", "friend"], { player: deed.player }, out);
  } else if (deed.verb === Verb.DELIVER) {
    const good = shard.goods.indexOf(deed.item);
    if (good !== -1) bring(turn, npc, good, Math.min(deed.amount, amountMax));
    columns.needMinute[npc] = 0;
    say(turn, npc, ["thanks", "friend"], { player: deed.player }, out);
  } else if (deed.verb === Verb.FIGHT) {
    stirNeed(columns, npc, need.safety, 0.6);
    say(turn, npc, ["danger", "come"], {}, out);
    watch(turn, columns.wayTo[npc] as number, npc, (witness) => {
      stirNeed(columns, witness, need.safety, 0.3);
      changeRelation(turn, witness, other, { trust: -0.15, fear: 0.25, respect: 0 }, "saw", out);
    });
  }
}

/** Those who were there when a player did something for the place. */
function watchDeed(turn: Turn, place: number, other: string, deed: Deed, out: Outlet): void {
  const fought = deed.verb === Verb.FIGHT;
  const concepts = fought ? ["stranger", "good", "danger", "go"] : ["stranger", "good", "work"];
  const slot = beginRumour(turn, other, concepts);
  watch(turn, place, nobody, (npc) => {
    if (fought) stirNeed(turn.columns, npc, need.safety, -0.3);
    remember(turn, npc, fought ? "saw" : "worked", other, 0.3);
    hear(turn, npc, slot, 0);
    const change = { trust: 0.04, fear: 0, respect: fought ? 0.12 : 0.06 };
    changeRelation(turn, npc, other, change, fought ? "defended" : "worked", out);
  });
}

/** Something began or ended in the region. */
export function reactToOccurrence(turn: Turn, event: Plain<OccurrenceEvent>, out: Outlet): void {
  const { shard } = turn;
  const at = shard.occurrences.findIndex(({ id }) => id === event.id);
  if (!event.started) {
    if (at !== -1) shard.occurrences.splice(at, 1);
    return;
  }
  if (at !== -1) return;
  if (shard.occurrences.length === occurrencesMax) shard.occurrences.shift();
  const kind = shard.occurrenceKinds.find(({ name }) => name === event.kind);
  const place = placeOf(turn, event.place);
  const { dangerous = false, attractive = false } = kind ?? {};
  const intensity = clamp(event.intensity, intensityLeast, 1);
  shard.occurrences.push({
    id: event.id,
    kind: event.kind,
    place,
    intensity,
    dangerous,
    attractive,
  });
  spread(turn, event.id, dangerous, attractive, place, out);
}

/** The storyteller sends something: those whom it is for grow uneasy. */
export function reactToBeat(turn: Turn, beat: Plain<StoryBeatEvent>, out: Outlet): void {
  const place = placeOf(turn, beat.place);
  if (beat.kind === BeatKind.ENCOUNTER) {
    watch(turn, place, nobody, (npc) => {
      stirNeed(turn.columns, npc, need.safety, 0.5 * clamp(beat.intensity, 0, 1));
    });
  }
  if (beat.kind === BeatKind.ENCOUNTER || beat.kind === BeatKind.STORY) {
    spread(turn, `beat/${beat.beat}`, beat.kind === BeatKind.ENCOUNTER, false, place, out);
  }
}

/** A quest of one of the NPCs ended. */
export function reactToQuest(turn: Turn, event: Plain<QuestEndedEvent>, out: Outlet): void {
  const npc = npcNamed(turn, event.giver);
  if (npc === -1) return;
  const completed = event.outcome === QuestOutcome.COMPLETED;
  if (!completed && event.outcome !== QuestOutcome.FAILED) return;
  const own = event.contributions.slice(0, witnessesMax);
  const players = own.length > 0 ? own : [{ player: event.player, share: 1 }];
  for (const { player, share } of players) {
    if (player === "" || player === "world") continue;
    const other = playerName(player);
    const weight = clamp(share, 0, 1);
    remember(turn, npc, completed ? "promised" : "failed", other, completed ? 0.6 : -0.4);
    const change = completed
      ? { trust: 0.3 * weight, fear: 0, respect: 0.2 * weight }
      : { trust: -0.2 * weight, fear: 0, respect: -0.05 * weight };
    changeRelation(turn, npc, other, change, completed ? "helped" : "failed", out);
  }
  if (completed) stirNeed(turn.columns, npc, need.safety, -0.5);
}

/** Notes that a player is about. */
function welcome({ shard, minute }: Turn, player: string, place: number): void {
  shard.playerHereMinute = minute;
  const known = playerName(player);
  const at = shard.guests.findIndex((guest) => guest.player === known);
  if (at !== -1) shard.guests.splice(at, 1);
  else if (shard.guests.length === guestsMax) shard.guests.shift();
  shard.guests.push({ player: known, place, minute });
}

/** Notes that a player is somewhere else. */
export function seeOff({ guests }: Shard, player: string): void {
  const at = guests.findIndex((guest) => guest.player === playerName(player));
  if (at !== -1) guests.splice(at, 1);
}

/** Begins a rumour among those who are there, and a few others. */
function spread(
  turn: Turn,
  about: string,
  dangerous: boolean,
  attractive: boolean,
  place: number,
  out: Outlet,
): void {
  const what = dangerous ? ["danger"] : attractive ? ["festival", "come"] : ["new", "see"];
  const slot = beginRumour(turn, about, [...what, directionOf(turn, place)]);
  let speaker = -1;
  for (let npc = out.random.integer(hearsayEvery); npc < turn.shard.count; npc += hearsayEvery) {
    hear(turn, npc, slot, 0);
    speaker = npc;
  }
  watch(turn, place, nobody, (npc) => {
    hear(turn, npc, slot, 0);
    speaker = npc;
  });
  const concepts = turn.shard.rumours[slot]?.concepts ?? [];
  if (speaker !== -1) say(turn, speaker, concepts, { about, distortion: 0 }, out);
}

/** Those who are at a place, but one of them: the first few. */
function watch(turn: Turn, place: number, but: number, see: (npc: number) => void): void {
  if (place === nobody) return;
  const { shard, columns } = turn;
  let seen = 0;
  for (let npc = 0; npc < shard.count && seen < witnessesMax; npc += 1) {
    if (npc === but || columns.wayTo[npc] !== place) continue;
    if (standsAt(turn, npc, shard.livedMs) !== place) continue;
    see(npc);
    seen += 1;
  }
}

function playerName(player: string): string {
  return player.startsWith("player/") ? player : `player/${player}`;
}

/** Number of an NPC of this shard. -1: it is none of it. */
function npcNamed({ key, shard }: Turn, id: string): number {
  if (!id.startsWith(`${key}.`)) return -1;
  const digits = id.slice(key.length + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(digits)) return -1;
  const number = Number(digits);
  return number < shard.count ? number : -1;
}

function placeOf({ map }: Turn, id: string): number {
  const place = map.places.findIndex((one) => one.id === id);
  return place === -1 ? nobody : place;
}
