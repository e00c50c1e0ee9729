import { BeatKind, type Storylet } from "../../../gen/tellurion/v1/storyteller_pb.ts";
import { under } from "../decode.ts";
import type { Pack } from "../pack.ts";
import type { PackCheck } from "./check-pack.ts";
import { regionsOr, type Surroundings } from "./surroundings.ts";

/** Of which there is one at a time: two of them never hold together. */
const singular = ["season", "phase", "weather", "pacing"];

/** Storylets that can never happen. */
export const checkStorylets: PackCheck = (pack, findings, surroundings) => {
  const saved = Math.max(0, ...pack.parts.personalities.map(({ value }) => value.pointsMax));
  for (const { value, file, path } of pack.parts.storylets) {
    const say = (key: string, text: string) =>
      findings.say(file, under(path, key), `storylet ${value.name} never happens: ${text}`);
    value.preconditions.forEach((text, i) => {
      const why = whyNever(text, i, value, pack, surroundings);
      if (why !== undefined) say(`preconditions[${i}]`, why);
    });
    const where = regionsOr(value.regions, surroundings);
    const fits = where.some((region) => fitsIn(region, value, pack, surroundings));
    if (!fits) say("placeKinds", "none of its regions has such a place for it");
    if (value.kind === BeatKind.WEATHER) {
      const has = where.some((one) => surroundings.conditionsIn.get(one)?.has(value.subject));
      if (!has) say("subject", `no climate of its regions has ${value.subject}`);
    }
    if (pack.parts.personalities.length > 0 && value.cost > saved) {
      say("cost", `no personality saves up more than ${saved} points`);
    }
    if (value.salience === 0) say("salience", "0 is never better than nothing");
  }
};

function whyNever(
  text: string,
  at: number,
  { preconditions, regions }: Storylet,
  { climates }: Pack,
  around: Surroundings,
): string | undefined {
  const clash = preconditions.slice(0, at).find((other) => areContrary(text, other));
  if (clash !== undefined) return `${text} and ${clash} never hold together`;
  const [word = "", name = ""] = text.split(":");
  const where = regionsOr(regions, around);
  if (word === "weather") {
    const has = where.some((region) => around.conditionsIn.get(region)?.has(name));
    return has ? undefined : `no climate of its regions has ${name}`;
  }
  if (text === "severe") {
    const used = where.map((region) => climates.get(around.climateOf.get(region) ?? "")?.climate);
    const has = used.some((one) => one?.conditions.some(({ severeFrom }) => severeFrom > 0));
    return has ? undefined : "no climate of its regions is ever severe";
  }
  if (singular.includes(word) || text.startsWith("intensity") || text.startsWith("!")) return;
  return around.facts.has(text) ? undefined : `nothing makes ${text} true`;
}

function areContrary(a: string, b: string): boolean {
  if (a === `!${b}` || b === `!${a}`) return true;
  const [word = "", name] = a.split(":");
  const [otherWord, otherName] = b.split(":");
  if (singular.includes(word)) return word === otherWord && name !== otherName;
  const bounds = [a, b].sort().map((text) => /^intensity([<>])(.+)$/.exec(text));
  const [below, above] = bounds;
  return below?.[1] === "<" && above?.[1] === ">" && Number(below[2]) <= Number(above[2]);
}

/** Whether a region has a place that suits the storylet, and the encounter that it brings. */
function fitsIn(
  region: string,
  { placeKinds, kind, subject }: Storylet,
  { parts }: Pack,
  { kindsIn, climateOf, places }: Surroundings,
): boolean {
  const isPlaced = places.size === 0 || placeKinds.length === 0;
  const kinds = isPlaced ? undefined : placeKinds.filter((one) => kindsIn.get(region)?.has(one));
  if (kinds?.length === 0) return false;
  if (kind !== BeatKind.ENCOUNTER) return true;
  const encounter = parts.encounters.find(({ value }) => value.name === subject)?.value;
  if (encounter === undefined) return false;
  const { climates } = encounter;
  const suits = climates.length === 0 || climates.includes(climateOf.get(region) ?? "");
  const meet =
    encounter.places.length === 0 ||
    encounter.places.some((one) => kinds?.includes(one) ?? kindsIn.get(region)?.has(one) ?? false);
  return suits && meet;
}
