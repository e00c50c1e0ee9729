import { minuteMs } from "../common/units.ts";
import { finishAct } from "./acts.ts";
import { type AgendaItem, shiftAgenda, takeDue } from "./agenda.ts";
import { fireConsequence } from "./consequences.ts";
import { endEncounter } from "./encounters.ts";
import { liveMarketHour, publishMarkets } from "./market.ts";
import { endOccurrence } from "./occurrences.ts";
import type { Outlet, World } from "./world-state.ts";

const hourMs = BigInt(60 * minuteMs);

/** Market hours that are lived through on one event at most: a month. The earlier ones are left out. */
const marketHoursMax = 744n;

/** Lives through game time: what falls due in it happens in the order of its times. */
export function liveTo(world: World, toMs: bigint, out: Outlet): void {
  if (toMs < world.gameMs) return;
  const oldestHour = toMs / hourMs - marketHoursMax;
  if (world.marketHour < oldestHour) world.marketHour = oldestHour;
  const hourBefore = world.marketHour;
  for (;;) {
    const nextHourMs = (world.marketHour + 1n) * hourMs;
    const entry = takeDue(world, nextHourMs < toMs ? nextHourMs : toMs);
    if (entry !== undefined) {
      if (entry.dueGameMs > world.gameMs) world.gameMs = entry.dueGameMs;
      fire(world, entry.what, out);
    } else if (nextHourMs <= toMs) {
      world.gameMs = nextHourMs;
      world.marketHour += 1n;
      liveMarketHour(world, out);
    } else break;
  }
  world.gameMs = toMs;
  if (world.marketHour > hourBefore) publishMarkets(world, out);
}

function fire(world: World, what: AgendaItem, out: Outlet): void {
  if (what.case === "player") finishAct(world, what.value, out);
  else if (what.case === "encounter") endEncounter(world, what.value, out);
  else if (what.case === "occurrence") endOccurrence(world, what.value, out);
  else if (what.case === "consequence") fireConsequence(world, what.value, out);
}

/** Goes to another game time as if none had passed: what lasts, lasts as long as it would have. */
export function skipTo(world: World, toMs: bigint): void {
  const distance = toMs - world.gameMs;
  world.gameMs = toMs;
  world.marketHour = toMs / hourMs;
  shiftAgenda(world, distance);
  for (const player of world.players) {
    if (player.busyUntilMs > 0n) player.busyUntilMs += distance;
  }
  for (const encounter of world.encounters) encounter.endsMs += distance;
  for (const occurrence of world.occurrences) {
    occurrence.startedMs += distance;
    occurrence.endsMs += distance;
  }
  for (const quote of world.quotes) quote.untilMs += distance;
}
