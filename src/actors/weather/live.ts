import {
  WeatherEventSchema,
  WeatherModifiersEventSchema,
  WeatherSevereEventSchema,
} from "../../gen/tellurion/v1/weather_pb.ts";
import type { ActorContext, Random } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import { minuteMs } from "../common/units.ts";
import { drawNext } from "./chain.ts";
import {
  at,
  type Channels,
  channel,
  freshIntensity,
  loadChannels,
  moveChannels,
  storeChannels,
  wander,
  wanderedIntensity,
} from "./channels.ts";
import {
  type Climate,
  type Condition,
  conditionAt,
  conditionNames,
  type Season,
} from "./climate.ts";
import { differNoticeably, modifiersOf } from "./modifiers.ts";
import { skyOver, weatherOf } from "./overhead.ts";
import { climateOf, nearer, type Region, seasonOf } from "./region.ts";

/** What a region needs to live on: chance, and somewhere to publish. */
export interface Outlet {
  readonly random: Random;
  readonly publish: ActorContext["publish"];
}

/**
 * Game minutes that a region lives through on one event at most: a month. The earlier ones are left
 * out.
 */
export const minutesPerEventMax = 44_640;

/** Severe weather ends this far below the intensity from which it began. */
const severeHysteresis = 0.1;

/** A storm cell over the region makes any weather severe from this much of it on. */
const severeStormFrom = 0.5;

/**
 * Lives through the game minutes up to `toMs`. Time that has been lived through already is not
 * lived again.
 */
export function liveTo(region: Region, toMs: bigint, out: Outlet): void {
  if (toMs <= region.gameMs) return;
  if (isHeld(region)) {
    skipTo(region, toMs);
    return;
  }
  const to = Number(toMs / BigInt(minuteMs));
  const since = Number(region.gameMs / BigInt(minuteMs));
  const from = Math.max(since, to - minutesPerEventMax);
  region.gameMs = toMs;
  liveMinutes(region, from + 1, to, out);
  tellModifiers(region, out);
}

/** Goes to another game time as if none had passed. */
export function skipTo(region: Region, toMs: bigint): void {
  const distance = toMs - region.gameMs;
  region.gameMs = toMs;
  region.blendFromMs += distance;
  region.blendUntilMs += distance;
  region.intensityUntilMs += distance;
  if (region.lease !== undefined) region.lease.untilMs += distance;
}

/** Locked, and nothing that its owner asked for is on its way. */
function isHeld(region: Region): boolean {
  return region.lockedBy !== "" && !region.glides;
}

/** The loop that a game year goes through 525,600 times: it allocates when a draw is made only. */
function liveMinutes(region: Region, from: number, to: number, out: Outlet): void {
  const climate = climateOf(region);
  const season = seasonOf(region);
  const isFree = region.lockedBy === "";
  const storm = skyOver(region)?.storm ?? 0;
  let channels = loadChannels(region);
  let intensityUntil = Number(region.intensityUntilMs);
  let blendFrom = Number(region.blendFromMs);
  let blendUntil = Number(region.blendUntilMs);
  for (let minute = from; minute <= to; minute += 1) {
    const now = minute * minuteMs;
    if (isFree && region.lease !== undefined && now >= Number(region.lease.untilMs)) {
      storeChannels(region, channels);
      endLease(region, now, out);
      channels = loadChannels(region);
      intensityUntil = Number(region.intensityUntilMs);
      blendFrom = Number(region.blendFromMs);
      blendUntil = Number(region.blendUntilMs);
    }
    if (now < blendUntil) {
      channels[channel.blend] = clamp((now - blendFrom) / (blendUntil - blendFrom), 0, 1);
    } else {
      channels[channel.blend] = 1;
      region.condition = region.nextCondition;
      region.glides = false;
      if (isFree && region.lease === undefined && minute % climate.stepMinutes === 0) {
        storeChannels(region, channels);
        draw(region, climate, season, now, out);
        channels = loadChannels(region);
        intensityUntil = Number(region.intensityUntilMs);
        blendFrom = Number(region.blendFromMs);
        blendUntil = Number(region.blendUntilMs);
      }
    }
    moveIntensity(channels, region.intensityTarget, (intensityUntil - now) / minuteMs);
    const current = conditionAt(climate, region.condition);
    const next = conditionAt(climate, region.nextCondition);
    moveChannels(channels, region, season, current, next, minute);
    const nearest = at(channels, channel.blend) < 0.5 ? current : next;
    const intensity = at(channels, channel.intensity);
    if (isSevere(nearest, intensity, storm, region.severe) !== region.severe) {
      storeChannels(region, channels);
      tellSevere(region, climate, now, out);
    }
    const seen = region.minutesSeen[region.nextCondition] ?? 0;
    region.minutesSeen[region.nextCondition] = seen + 1;
    if (isHeld(region)) break;
  }
  storeChannels(region, channels);
}

/** Moves intensity a minute on towards its target, `left` minutes before it is to be there. */
function moveIntensity(channels: Channels, target: number, left: number): void {
  const intensity = at(channels, channel.intensity);
  channels[channel.intensity] = left < 1 ? target : intensity + (target - intensity) / (left + 1);
}

function draw(region: Region, climate: Climate, season: Season, now: number, out: Outlet): void {
  const { stepMinutes } = climate;
  const { random } = out;
  const old = region.nextCondition;
  const next = drawNext(climate, season, old, region.dawn, random.next());
  wander(region, stepMinutes, random);
  if (next === old) {
    region.intensityTarget = wanderedIntensity(region.intensityTarget, stepMinutes, random);
    region.intensityUntilMs = BigInt(now + stepMinutes * minuteMs);
    return;
  }
  const until = BigInt(now + climate.blendMinutes * minuteMs);
  region.intensityTarget = freshIntensity(random);
  region.intensityUntilMs = until;
  turnTo(region, next, BigInt(now), until);
  const { name } = conditionAt(climate, old);
  tellWeather(region, name, climate.blendMinutes * 60, BigInt(now), out);
}

/** Gives lent weather back: it turns to what it was before, and the chain goes on from there. */
export function endLease(region: Region, now: number, out: Outlet): void {
  const { lease } = region;
  if (lease === undefined) return;
  region.lease = undefined;
  const climate = climateOf(region);
  const old = region.nextCondition;
  const next = conditionNames(climate).indexOf(lease.backTo);
  if (next < 0 || next === old) return;
  const until = BigInt(now + climate.blendMinutes * minuteMs);
  region.intensityTarget = freshIntensity(out.random);
  region.intensityUntilMs = until;
  region.glides = false;
  turnTo(region, next, BigInt(now), until);
  tellWeather(region, conditionAt(climate, old).name, climate.blendMinutes * 60, BigInt(now), out);
}

/** Makes a condition the one that the region turns to from the one it is in. */
export function turnTo(region: Region, next: number, fromMs: bigint, untilMs: bigint): void {
  if (next !== region.nextCondition) {
    region.timesEntered[next] = (region.timesEntered[next] ?? 0) + 1;
  }
  region.condition = untilMs > fromMs ? nearer(region) : next;
  region.nextCondition = next;
  region.blend = region.condition === next ? 1 : 0;
  region.blendFromMs = fromMs;
  region.blendUntilMs = untilMs;
}

export function tellWeather(
  region: Region,
  oldState: string,
  transitionSeconds: number,
  gameMs: bigint,
  out: Outlet,
): void {
  const climate = climateOf(region);
  const weather = weatherOf(region);
  out.publish(WeatherEventSchema, {
    oldState,
    newState: conditionAt(climate, region.nextCondition).name,
    intensity: region.intensityTarget,
    region: region.region,
    temperatureC: weather.temperatureC,
    windMps: weather.windMps,
    transitionSeconds,
    gameMs,
  });
}

/**
 * Says when severe weather begins and ends: a start is followed by an end, and an end by a start.
 */
export function tellSevere(region: Region, climate: Climate, now: number, out: Outlet): void {
  const condition = conditionAt(climate, nearer(region));
  const storm = skyOver(region)?.storm ?? 0;
  const started = isSevere(condition, region.intensity, storm, region.severe);
  if (started === region.severe) return;
  region.severe = started;
  out.publish(WeatherSevereEventSchema, {
    region: region.region,
    condition: condition.name,
    started,
    intensity: region.intensity,
    gameMs: BigInt(now),
  });
}

function isSevere(
  { severeFrom }: Condition,
  intensity: number,
  storm: number,
  isAlready: boolean,
): boolean {
  const less = isAlready ? severeHysteresis : 0;
  if (storm >= severeStormFrom - less) return true;
  return severeFrom > 0 && intensity >= severeFrom - less;
}

/** Says what the weather does to play when that differs from what was said last. */
export function tellModifiers(region: Region, out: Outlet): void {
  const { air, windMps } = weatherOf(region);
  const modifiers = modifiersOf(air, windMps, region.humidity);
  const told = region.toldModifiers;
  if (told !== undefined && !differNoticeably(modifiers, told)) return;
  region.toldModifiers = modifiers;
  out.publish(WeatherModifiersEventSchema, { region: region.region, ...modifiers });
}
