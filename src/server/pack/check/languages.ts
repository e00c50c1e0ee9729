import { under } from "../decode.ts";
import type { PackCheck } from "./check-pack.ts";

/** Languages that come from themselves, and those that nobody speaks. */
export const checkLanguages: PackCheck = ({ plan, parts }, findings) => {
  const parents = new Map(parts.languages.map(({ value }) => [value.name, value.parent]));
  const spoken = new Set([
    ...parts.factions.map(({ value }) => value.language),
    ...plan.regions.map(({ language }) => language),
    ...parents.values(),
  ]);
  for (const { value, file, path } of parts.languages) {
    const line = [value.name];
    for (let next = value.parent; next && line.length <= parents.size; ) {
      line.push(next);
      next = next === value.name ? "" : (parents.get(next) ?? "");
    }
    if (line.length > 1 && line.at(-1) === value.name) {
      findings.say(file, under(path, "parent"), `it comes from itself: ${line.join(" from ")}`);
    }
    if (value.soundChanges.length > 0 && value.parent === "") {
      findings.say(file, under(path, "soundChanges"), "it comes from no language: nothing changes");
    }
    if (!spoken.has(value.name)) findings.say(file, path, `nobody speaks ${value.name}`);
  }
};
