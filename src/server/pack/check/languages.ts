import type { PackCheck } from "./check-pack.ts";

/** Languages that nobody speaks, and that no other comes from. */
export const checkLanguages: PackCheck = ({ plan, parts }, findings) => {
  const spoken = new Set([
    ...parts.factions.map(({ value }) => value.language),
    ...plan.regions.map(({ language }) => language),
    ...parts.languages.map(({ value }) => value.parent),
  ]);
  for (const { value, file, path } of parts.languages) {
    if (!spoken.has(value.name)) findings.say(file, path, `nobody speaks ${value.name}`);
  }
};
