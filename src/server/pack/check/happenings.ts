import type { PackCheck } from "./check-pack.ts";

/** Encounters and goods that nobody ever sees. */
export const checkHappenings: PackCheck = ({ parts }, findings, surroundings) => {
  const { regions, kindsIn, climateOf, obtainable } = surroundings;
  for (const { value, file, path } of parts.encounters) {
    const fits = (region: string) =>
      (value.climates.length === 0 || value.climates.includes(climateOf.get(region) ?? "")) &&
      (value.places.length === 0 || value.places.some((kind) => kindsIn.get(region)?.has(kind)));
    if (regions.some(fits)) continue;
    findings.say(file, path, `no region has a place and a climate where ${value.name} may be`);
  }
  for (const { value, file, path } of parts.goods) {
    if (obtainable.has(value.name)) continue;
    findings.say(file, path, `nobody gathers, makes or leaves ${value.name}`);
  }
};
