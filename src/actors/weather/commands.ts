import {
  ClimateSchema,
  type SetWeatherRequest as Message,
} from "../../gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../../runtime/index.ts";
import { checkId, checkInteger, checkOneOf, refuse } from "../common/checks.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { placeChannels } from "./channels.ts";
import {
  type Climate,
  checkClimate,
  conditionAt,
  conditionNames,
  seasonNamed,
  seasonNames,
} from "./climate.ts";
import { checkLease, checkLock } from "./holder.ts";
import { longRunShares } from "./law.ts";
import { type Outlet, tellModifiers, tellSevere, tellWeather } from "./live.ts";
import { copyOf, skyOver } from "./overhead.ts";
import { climateOf, dawnWindowOf, type Region, seasonOf } from "./region.ts";
import { noteTendency } from "./sky-reports.ts";
import { turnBy } from "./turning.ts";

type SetWeatherRequest = Plain<Message>;

const glideSecondsMax = 604_800;

/** Gives a region that has none a climate, and the weather it begins with. */
export function begin(
  region: Region,
  climate: Climate,
  season: string,
  condition: string,
  gameMs: bigint,
  out: Outlet,
): void {
  region.configured = true;
  region.season = season || (climate.seasons[0]?.season ?? "");
  region.gameMs = gameMs;
  const index = Math.max(0, conditionNames(climate).indexOf(condition));
  region.windDirectionDeg = out.random.next() * 360;
  region.intensity = 0.5;
  settle(region, climate, index);
  placeChannels(region, seasonOf(region), conditionAt(climate, index));
  noteTendency(region);
  tellSevere(region, climate, Number(gameMs), out);
  tellModifiers(region, out);
}

export function setWeather(region: Region, request: SetWeatherRequest, out: Outlet): void {
  const climate = climateOf(region);
  const names = conditionNames(climate);
  checkOneOf("condition", request.condition, names);
  const intensity = intensityOf(region, request);
  checkInteger("glide_seconds", request.glideSeconds, 0, glideSecondsMax);
  if (request.owner !== "") checkId("owner", request.owner);
  checkLock(region, request.owner);
  checkLease(region, request.owner);
  // Whoever sets the weather has taken it back.
  region.lease = undefined;
  turnBy(region, names.indexOf(request.condition), intensity, request.glideSeconds, out);
}

/** NaN and infinity are refused even where a value outside is taken to the nearest one inside. */
function intensityOf(region: Region, { intensity, clamp: clamps }: SetWeatherRequest): number {
  if (intensity === undefined) return region.intensity;
  if (!Number.isFinite(intensity) || (!clamps && (intensity < 0 || intensity > 1))) {
    refuse("intensity", intensity, "are numbers from 0 to 1, or finite ones with clamp=true");
  }
  return clamp(intensity, 0, 1);
}

export function setSeason(region: Region, season: string): void {
  const climate = climateOf(region);
  if (season !== "") checkOneOf("season", season, seasonNames(climate));
  checkLock(region, "");
  region.seasonOverride = season;
  noteTendency(region);
}

export function lock(region: Region, owner: string): void {
  climateOf(region);
  checkId("owner", owner);
  checkLock(region, owner);
  region.heldSky = copyOf(skyOver(region));
  region.lockedBy = owner;
  region.glides = false;
}

export function unlock(region: Region, owner: string): void {
  climateOf(region);
  checkId("owner", owner);
  checkLock(region, owner);
  region.lockedBy = "";
  region.heldSky = undefined;
}

export function loadClimate(region: Region, climate: Climate | undefined, out: Outlet): void {
  const present = climateOf(region);
  if (climate === undefined) refuse("climate", "", "is a climate: it is needed");
  checkClimate(climate, "climate.");
  const { season } = seasonOf(region);
  if (!seasonNames(climate).includes(season)) {
    refuse("climate.seasons", seasonNames(climate).join(), `have the present season, ${season}`);
  }
  checkLock(region, "");
  // A pack that is loaded anew brings what has not changed too: that must not begin the weather anew.
  if (isSameClimate(climate, present)) return;
  const old = conditionAt(present, region.nextCondition).name;
  const same = conditionNames(climate).indexOf(old);
  settle(region, climate, same >= 0 ? same : likeliest(region, climate, season));
  region.glides = false;
  region.lease = undefined;
  noteTendency(region);
  const gameMs = region.gameMs;
  const condition = conditionAt(climate, region.nextCondition).name;
  if (condition !== old) tellWeather(region, old, 0, gameMs, out);
  tellSevere(region, climate, Number(gameMs), out);
  tellModifiers(region, out);
}

/** Puts a region into one condition of a climate, and begins its statistics. */
function settle(region: Region, climate: Climate, condition: number): void {
  region.climate = climate;
  region.condition = condition;
  region.nextCondition = condition;
  region.blend = 1;
  region.blendFromMs = region.gameMs;
  region.blendUntilMs = region.gameMs;
  region.intensityTarget = region.intensity;
  region.intensityUntilMs = region.gameMs;
  region.minutesSeen = climate.conditions.map(() => 0);
  region.timesEntered = climate.conditions.map((_, i) => (i === condition ? 1 : 0));
}

function likeliest(region: Region, climate: Climate, season: string): number {
  const shares = longRunShares(climate, seasonNamed(climate, season), dawnWindowOf(region));
  return shares.indexOf(Math.max(...shares));
}

function isSameClimate(a: Climate, b: Climate): boolean {
  const bytes = codecOf(ClimateSchema).toBytes(a);
  const others = codecOf(ClimateSchema).toBytes(b);
  return bytes.length === others.length && bytes.every((byte, i) => byte === others[i]);
}
