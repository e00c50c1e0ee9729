import { NpcActionEventSchema, NpcActivity, NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";
import { inputsCount, nobody, npcsMax, traitsCount } from "./columns.ts";
import { directiveOf } from "./directives.ts";
import { takeMeal } from "./economy.ts";
import { noteInputs } from "./inputs.ts";
import { type Slot, slotAt } from "./schedule.ts";
import { attractionOf, isLocalDanger } from "./surroundings.ts";
import { type Outlet, recordBytes, type Turn } from "./turn.ts";
import { options, type Situation, weigh } from "./utility.ts";
import { goTo } from "./walk.ts";

/** Lets an NPC decide what to do. What it begins is noted among the turn's actions. */
export function decide(turn: Turn, npc: number, atMs: number, gameMinute: number): void {
  noteInputs(turn, npc, gameMinute);
  const { columns, tally } = turn;
  const situation = situationOf(turn, npc);
  let best: NpcActivity = NpcActivity.IDLE;
  let bestScore = Number.NEGATIVE_INFINITY;
  let bestReason: NpcReason = NpcReason.CUSTOM;
  for (const activity of options) {
    tally.begin();
    weigh(activity, situation, tally);
    if (tally.impossible !== "" || tally.score <= bestScore) continue;
    best = activity;
    bestScore = tally.score;
    bestReason = tally.reason;
  }
  const slot = slotAt(turn.shard, columns.role[npc] as number, gameMinute);
  begin(turn, npc, best, bestReason, atMs, slot);
}

export function situationOf({ columns }: Turn, npc: number): Situation {
  const { inputs, traits } = columns;
  return { inputs, at: npc * inputsCount, traits, traitsAt: npc * traitsCount };
}

/** Lets an NPC do something from a time on, unless it does that already and there. */
export function begin(
  turn: Turn,
  npc: number,
  activity: NpcActivity,
  reason: NpcReason,
  atMs: number,
  slot: Slot | undefined,
): void {
  const { columns } = turn;
  const place = placeFor(turn, npc, activity, slot);
  const isNew = columns.activity[npc] !== activity;
  if (!isNew && columns.wayTo[npc] === place) return;
  const goes = goTo(turn, npc, place, atMs);
  if (!isNew && !goes) return;
  if (isNew) {
    columns.activity[npc] = activity;
    columns.beganMinute[npc] = Math.floor(atMs / 60_000);
    columns.partner[npc] = nobody;
    if (activity === NpcActivity.EAT) takeMeal(turn, npc);
  }
  columns.reason[npc] = reason;
  noteAction(turn, npc);
}

/** Where an NPC does something. */
function placeFor(turn: Turn, npc: number, activity: NpcActivity, slot: Slot | undefined): number {
  const { columns } = turn;
  const home = columns.home[npc] as number;
  const here = columns.wayTo[npc] as number;
  const order = directiveOf(turn, npc);
  if (order?.activity === activity && order.place !== nobody) return order.place;
  const place = usualPlaceFor(turn, npc, activity, slot);
  if (isSafe(turn, place) || activity === NpcActivity.GUARD) return place;
  return refugeFrom(turn, here, home);
}

function usualPlaceFor(
  turn: Turn,
  npc: number,
  activity: NpcActivity,
  slot: Slot | undefined,
): number {
  const { columns, shard } = turn;
  const home = columns.home[npc] as number;
  const here = columns.wayTo[npc] as number;
  if (slot?.activity === activity && activity !== NpcActivity.CELEBRATE) {
    return slot.placeKind === "" ? home : orHome(turn.nearest(slot.placeKind, home), home);
  }
  switch (activity) {
    case NpcActivity.SHELTER:
      return orHome(turn.shelterNear(here), home);
    case NpcActivity.FLEE:
      return refugeFrom(turn, here, home);
    case NpcActivity.CELEBRATE: {
      const place = attractionOf(shard)?.place ?? nobody;
      return place === nobody ? orHome(turn.usual(activity, home), home) : place;
    }
    case NpcActivity.WORK:
    case NpcActivity.GUARD: {
      const kind = turn.kindOf(columns.role[npc] as number, activity);
      if (kind === "") return orHome(turn.usual(activity, home), home);
      return orHome(turn.nearest(kind, home), home);
    }
    case NpcActivity.TRADE:
    case NpcActivity.SOCIALISE:
    case NpcActivity.WORSHIP:
      return orHome(turn.usual(activity, home), home);
    default:
      return home;
  }
}

/** Away from danger: home, or the first place that is neither here nor dangerous, a roof before none. */
function refugeFrom(turn: Turn, here: number, home: number): number {
  if (home !== here && isSafe(turn, home)) return home;
  const { places } = turn.map;
  const isRefuge = (place: number): boolean => place !== here && isSafe(turn, place);
  const shelter = places.findIndex(({ sheltered }, place) => sheltered && isRefuge(place));
  if (shelter !== -1) return shelter;
  const any = places.findIndex((_, place) => isRefuge(place));
  return any === -1 ? here : any;
}

function isSafe({ shard }: Turn, place: number): boolean {
  return shard.occurrences.length === 0 || !isLocalDanger(shard, place);
}

function orHome(place: number, home: number): number {
  return place === nobody ? home : place;
}

/** Notes what an NPC began to do among the turn's actions. */
export function noteAction(turn: Turn, npc: number): void {
  // One who decides twice in a turn is noted twice; there are fewer decisions in a turn than records.
  if (turn.actionCount === npcsMax) return;
  const { columns, shard, actions } = turn;
  const at = recordBytes * turn.actionCount;
  turn.actionCount += 1;
  const place = shard.placeNumbers[columns.wayTo[npc] as number] ?? nobody;
  const partner = columns.partner[npc] as number;
  actions[at] = npc & 255;
  actions[at + 1] = npc >>> 8;
  actions[at + 2] = columns.activity[npc] as number;
  actions[at + 3] = columns.reason[npc] as number;
  actions[at + 4] = place & 255;
  actions[at + 5] = place >>> 8;
  actions[at + 6] = partner & 255;
  actions[at + 7] = partner >>> 8;
}

/** Publishes what NPCs began to do in this turn. */
export function tellActions(turn: Turn, out: Outlet): void {
  const { shard, actionCount, actions } = turn;
  if (actionCount === 0) return;
  out.publish(NpcActionEventSchema, {
    shard: turn.key,
    region: shard.region,
    actions: actions.subarray(0, recordBytes * actionCount),
    gameMs: shard.gameMs,
  });
  turn.actionCount = 0;
}
