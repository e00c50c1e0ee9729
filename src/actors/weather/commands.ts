import type { SetWeatherRequest as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../runtime/index.ts";
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
import { longRunShares } from "./law.ts";
import { type Outlet, tellModifiers, tellSevere, tellWeather, turnTo } from "./live.ts";
import { climateOf, dawnWindowOf, type Region, seasonOf } from "./region.ts";

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
  checkHolder(region, request.owner);
  const old = names[region.nextCondition] ?? "";
  const untilMs = region.gameMs + BigInt(request.glideSeconds) * 1_000n;
  region.glides = request.glideSeconds > 0;
  region.intensityTarget = intensity;
  region.intensityUntilMs = untilMs;
  if (!region.glides) region.intensity = intensity;
  turnTo(region, names.indexOf(request.condition), region.gameMs, untilMs);
  tellWeather(region, old, request.glideSeconds, region.gameMs, out);
  tellSevere(region, climate, Number(region.gameMs), out);
  tellModifiers(region, out);
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
  checkHolder(region, "");
  region.seasonOverride = season;
}

export function lock(region: Region, owner: string): void {
  climateOf(region);
  checkId("owner", owner);
  checkHolder(region, owner);
  region.lockedBy = owner;
  region.glides = false;
}

export function unlock(region: Region, owner: string): void {
  climateOf(region);
  checkId("owner", owner);
  checkHolder(region, owner);
  region.lockedBy = "";
}

export function loadClimate(region: Region, climate: Climate | undefined, out: Outlet): void {
  const present = climateOf(region);
  if (climate === undefined) refuse("climate", "", "is a climate: it is needed");
  checkClimate(climate, "climate.");
  const { season } = seasonOf(region);
  if (!seasonNames(climate).includes(season)) {
    refuse("climate.seasons", seasonNames(climate).join(), `have the present season, ${season}`);
  }
  checkHolder(region, "");
  const old = conditionAt(present, region.nextCondition).name;
  const same = conditionNames(climate).indexOf(old);
  settle(region, climate, same >= 0 ? same : likeliest(region, climate, season));
  region.glides = false;
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

function checkHolder(region: Region, owner: string): void {
  if (region.lockedBy === "" || region.lockedBy === owner) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    `owner=${JSON.stringify(owner)} does not hold the weather of ${region.region}: ` +
      `it is locked; valid is owner=${JSON.stringify(region.lockedBy)}, ` +
      "or to wait until it is unlocked",
  );
}
