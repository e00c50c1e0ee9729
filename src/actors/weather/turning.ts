import { conditionNames } from "./climate.ts";
import { type Outlet, tellModifiers, tellSevere, tellWeather, turnTo } from "./live.ts";
import { climateOf, type Region } from "./region.ts";

/** Turns a region to a condition and an intensity because somebody wants it, and tells of it. */
export function turnBy(
  region: Region,
  condition: number,
  intensity: number,
  glideSeconds: number,
  out: Outlet,
): void {
  const climate = climateOf(region);
  const old = conditionNames(climate)[region.nextCondition] ?? "";
  const untilMs = region.gameMs + BigInt(glideSeconds) * 1_000n;
  region.glides = glideSeconds > 0;
  region.intensityTarget = intensity;
  region.intensityUntilMs = untilMs;
  if (!region.glides) region.intensity = intensity;
  turnTo(region, condition, region.gameMs, untilMs);
  tellWeather(region, old, glideSeconds, region.gameMs, out);
  tellSevere(region, climate, Number(region.gameMs), out);
  tellModifiers(region, out);
}
