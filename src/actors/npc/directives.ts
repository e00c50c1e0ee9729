import type { NpcActivity, NpcDirective } from "../../gen/tellurion/v1/npc_pb.ts";
import { checkInteger, checkOneOf, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { isActivity } from "./activities.ts";
import { nobody, type Shard } from "./columns.ts";
import type { Turn } from "./turn.ts";

export type Directive = Plain<NpcDirective>;

const priorityMax = 100;
const leaseMinutesMax = 10_080;
/** Of one NPC. The weakest one gives way to a stronger one. */
const directivesMax = 4;

export interface DirectRequest {
  readonly number: number;
  readonly activity: NpcActivity;
  readonly place: string;
  readonly priority: number;
  readonly leaseMinutes: number;
}

/** The directive that an NPC follows: of those whose lease runs, the strongest. */
export function directiveOf({ shard, minute }: Turn, npc: number): Directive | undefined {
  let holds: Directive | undefined;
  for (const directive of shard.directives) {
    if (directive.npc !== npc || directive.untilMinute <= minute) continue;
    if (holds === undefined || isStronger(directive, holds)) holds = directive;
  }
  return holds;
}

/** Gives an NPC a directive. Refuses one that says nothing sensible, before anything changes. */
export function direct(turn: Turn, request: DirectRequest): Directive {
  const { shard } = turn;
  const { number, activity, priority, leaseMinutes } = request;
  checkNpc(shard, number);
  if (!isActivity(activity)) {
    refuse("activity", activity, "are the activities of NpcActivity from 1 to 12");
  }
  checkInteger("priority", priority, 0, priorityMax);
  checkInteger("lease_minutes", leaseMinutes, 1, leaseMinutesMax);
  const place = placeNamed(turn, request.place);
  dropExpired(turn);
  const added: Directive = {
    number: shard.directiveLast + 1n,
    npc: number,
    activity,
    place,
    priority,
    untilMinute: turn.minute + leaseMinutes,
  };
  shard.directiveLast += 1n;
  shard.directives.push(added);
  const own = shard.directives.filter(({ npc }) => npc === number);
  if (own.length > directivesMax) {
    const weakest = own.reduce((a, b) => (isStronger(a, b) ? b : a));
    shard.directives.splice(shard.directives.indexOf(weakest), 1);
  }
  return directiveOf(turn, number) ?? added;
}

export function dropExpired({ shard, minute }: Turn): void {
  const kept = shard.directives.filter(({ untilMinute }) => untilMinute > minute);
  if (kept.length < shard.directives.length) shard.directives = kept;
}

export function checkNpc({ count }: Shard, number: number): void {
  checkInteger("number", number, 0, count - 1);
}

/** Index of a place of the region. Empty: `nobody`. */
export function placeNamed({ map }: Turn, id: string): number {
  if (id === "") return nobody;
  const place = map.places.findIndex((one) => one.id === id);
  if (place === -1)
    checkOneOf(
      "place",
      id,
      map.places.slice(0, shownMax).map((one) => one.id),
    );
  return place;
}

const shownMax = 32;

/** The higher priority, then the newer one. */
function isStronger(a: Directive, b: Directive): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.number > b.number);
}
