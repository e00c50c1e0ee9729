import { under } from "../decode.ts";
import type { PackCheck } from "./check-pack.ts";

/** Factions, festivals, encounters and goods that can never matter. */
export const checkHappenings: PackCheck = ({ plan, parts }, findings, surroundings) => {
  const holders = new Map<string, string>();
  for (const { value, file, path } of parts.factions) {
    value.regions.forEach((region, i) => {
      const holder = holders.get(region);
      holders.set(region, holder ?? value.name);
      if (holder === undefined) return;
      findings.say(file, under(path, `regions[${i}]`), `${holder} holds ${region} already`);
    });
  }
  const months = plan.clock.calendar?.months ?? [];
  const days = months.reduce((sum, month) => sum + month.days, 0);
  for (const { value, file, path } of parts.festivals) {
    if (value.dayOfYear < days) continue;
    findings.refuse(file, under(path, "dayOfYear"), value.dayOfYear, `are 0 to ${days - 1}`);
  }
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
