import { NpcActivity, NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";
import { need, trait } from "./columns.ts";
import { flag } from "./flags.ts";
import { input } from "./inputs.ts";
import type { Tally } from "./tally.ts";

/** Everything that an NPC may do. */
export const options: readonly NpcActivity[] = [
  NpcActivity.SLEEP,
  NpcActivity.EAT,
  NpcActivity.WORK,
  NpcActivity.TRADE,
  NpcActivity.SOCIALISE,
  NpcActivity.WORSHIP,
  NpcActivity.SHELTER,
  NpcActivity.FLEE,
  NpcActivity.CELEBRATE,
  NpcActivity.TRAVEL,
  NpcActivity.GUARD,
  NpcActivity.IDLE,
];

/** Response curves over the 256 values of an input: what is a little missing matters little. */
const square = curve((x) => x * x);
const cube = curve((x) => x * x * x);
/** Nothing up to a fifth, then all the more: one goes out in a drizzle. */
const threshold = curve((x) => (x < 0.2 ? 0 : 1 / (1 + Math.exp(-12 * (x - 0.55)))));
/** What has begun is gone on with, for about this many minutes. */
const inertia = Float64Array.from({ length: 256 }, (_, minutes) => 0.3 * Math.exp(-minutes / 40));

const scheduled = 0.6;
const directed = 10;

/** Outdoors, in the weather. */
const exposed: ReadonlySet<NpcActivity> = new Set<NpcActivity>([
  NpcActivity.WORK,
  NpcActivity.TRADE,
  NpcActivity.SOCIALISE,
  NpcActivity.WORSHIP,
  NpcActivity.CELEBRATE,
  NpcActivity.TRAVEL,
  NpcActivity.IDLE,
]);

/** One who has a duty by the schedule is little drawn to a feast. */
const duties: ReadonlySet<number> = new Set([
  NpcActivity.WORK,
  NpcActivity.TRADE,
  NpcActivity.GUARD,
  NpcActivity.WORSHIP,
]);
const onDuty = 0.4;

/** What a decision looks at. */
export interface Situation {
  readonly inputs: Uint8Array;
  /** Where the NPC's inputs and traits begin. */
  readonly at: number;
  readonly traits: Uint8Array;
  readonly traitsAt: number;
}

/** Adds up what speaks for one thing that an NPC may do. */
export function weigh(activity: NpcActivity, s: Situation, tally: Tally): void {
  tally.impossible = obstacleTo(activity, s);
  if (tally.impossible !== "") return;
  if (byteAt(s, input.slot) === activity) {
    tally.add(NpcReason.SCHEDULE, scheduled * keenness(activity, s));
  }
  weighNeeds(activity, s, tally);
  weighSurroundings(activity, s, tally);
  if (byteAt(s, input.activity) === activity) {
    tally.add(NpcReason.INERTIA, inertia[byteAt(s, input.minutes)] as number);
  }
  if (byteAt(s, input.directed) === activity) tally.add(NpcReason.DIRECTIVE, directed);
}

/** How much somebody minds the schedule. */
function keenness(activity: NpcActivity, s: Situation): number {
  switch (activity) {
    case NpcActivity.WORK:
    case NpcActivity.GUARD:
      return 0.6 + 0.8 * traitOf(s, trait.diligence);
    case NpcActivity.WORSHIP:
      return 0.4 + 1.2 * traitOf(s, trait.piety);
    case NpcActivity.SOCIALISE:
    case NpcActivity.CELEBRATE:
      return 0.7 + 0.6 * traitOf(s, trait.sociability);
    default:
      return 1;
  }
}

function weighNeeds(activity: NpcActivity, s: Situation, tally: Tally): void {
  const flags = byteAt(s, input.flags);
  switch (activity) {
    case NpcActivity.SLEEP:
      tally.add(NpcReason.REST, 1.1 * respond(cube, s, need.rest));
      return;
    case NpcActivity.EAT:
      tally.add(NpcReason.HUNGER, 1.3 * respond(square, s, need.hunger));
      return;
    case NpcActivity.WORK:
      tally.add(NpcReason.PURPOSE, 0.5 * respond(square, s, need.purpose));
      return;
    case NpcActivity.TRADE:
      if (byteAt(s, input.food) === 0 && (flags & flag.canBuyFood) !== 0) {
        tally.add(NpcReason.HUNGER, 0.3 + 1.2 * respond(square, s, need.hunger));
      }
      if ((flags & flag.surplus) !== 0) {
        tally.add(NpcReason.PURPOSE, 0.4 + 0.5 * traitOf(s, trait.greed));
      }
      return;
    case NpcActivity.SOCIALISE: {
      const liking = 0.5 + traitOf(s, trait.sociability);
      tally.add(NpcReason.COMPANY, 0.8 * liking * respond(square, s, need.company));
      return;
    }
    case NpcActivity.WORSHIP: {
      const comfort = 0.5 * respond(square, s, need.safety);
      tally.add(NpcReason.SAFETY, comfort * traitOf(s, trait.piety));
      return;
    }
    case NpcActivity.IDLE:
      tally.add(NpcReason.CUSTOM, 0.1);
      return;
    default:
  }
}

function weighSurroundings(activity: NpcActivity, s: Situation, tally: Tally): void {
  const flags = byteAt(s, input.flags);
  const fear = 1.3 - traitOf(s, trait.bravery);
  if ((flags & flag.weatherproof) === 0 && exposed.has(activity)) {
    tally.add(NpcReason.WEATHER, -0.3 * respond(threshold, s, input.weather));
  }
  switch (activity) {
    case NpcActivity.SHELTER:
      if ((flags & flag.weatherproof) === 0) {
        const bad = respond(threshold, s, input.weather);
        tally.add(NpcReason.WEATHER, byteAt(s, input.weather) === 255 ? 2.5 : 0.9 * bad);
      }
      if ((flags & flag.dangerIsLocal) === 0) {
        tally.add(NpcReason.DANGER, 2 * fear * respond(square, s, input.danger));
      }
      return;
    case NpcActivity.FLEE:
      tally.add(NpcReason.DANGER, 3 * fear * respond(square, s, input.danger));
      tally.add(NpcReason.RELATION, 1.5 * fear * respond(square, s, input.fear));
      return;
    case NpcActivity.GUARD:
      tally.add(NpcReason.DANGER, respond(square, s, input.danger));
      return;
    case NpcActivity.CELEBRATE:
      if (byteAt(s, input.festivity) > 0) {
        const liking = 0.5 + 0.8 * traitOf(s, trait.sociability);
        const free = duties.has(byteAt(s, input.slot)) ? onDuty : 1;
        tally.add(NpcReason.FESTIVITY, free * liking * (0.4 + respondTo(s, input.festivity)));
      }
      return;
    case NpcActivity.SOCIALISE:
      tally.add(
        NpcReason.RELATION,
        0.5 * respondTo(s, input.trust) * (0.5 + traitOf(s, trait.kindness)),
      );
      return;
    default:
  }
}

/** What makes something impossible. Directives cannot change that either. Empty: nothing. */
function obstacleTo(activity: NpcActivity, s: Situation): string {
  const flags = byteAt(s, input.flags);
  const asked = byteAt(s, input.slot) === activity || byteAt(s, input.directed) === activity;
  switch (activity) {
    case NpcActivity.EAT:
      return byteAt(s, input.food) === 0 && byteAt(s, input.activity) !== NpcActivity.EAT
        ? "there is nothing to eat"
        : "";
    case NpcActivity.WORK:
      return (flags & flag.hasWork) !== 0 || asked ? "" : "its role has no work";
    case NpcActivity.TRADE:
      return (flags & flag.hasMarket) !== 0 ? "" : "the region has no market";
    case NpcActivity.WORSHIP:
      return (flags & flag.hasShrine) !== 0 || asked ? "" : "the region has no holy place";
    case NpcActivity.GUARD:
      return (flags & flag.hasWatch) !== 0 || asked ? "" : "its role keeps no watch";
    case NpcActivity.CELEBRATE:
      return byteAt(s, input.festivity) > 0 || asked ? "" : "there is nothing to celebrate";
    case NpcActivity.FLEE:
      return byteAt(s, input.fear) > 0 || (flags & flag.dangerIsLocal) !== 0 || asked
        ? ""
        : "there is nothing to run from";
    case NpcActivity.TRAVEL:
      return asked ? "" : "it has nowhere to go";
    default:
      return "";
  }
}

function respond(table: Float64Array, s: Situation, which: number): number {
  return table[s.inputs[s.at + which] as number] as number;
}

function respondTo(s: Situation, which: number): number {
  return (s.inputs[s.at + which] as number) / 255;
}

function byteAt(s: Situation, which: number): number {
  return s.inputs[s.at + which] as number;
}

function traitOf(s: Situation, which: number): number {
  return (s.traits[s.traitsAt + which] as number) / 255;
}

function curve(response: (share: number) => number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, i) => response(i / 255));
}
