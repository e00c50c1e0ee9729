import type { ConfigureTraces as ConfigureTracesMessage } from "../../gen/tellurion/v1/traces_pb.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkNumber,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { builtinPrefix } from "./builtin-templates.ts";
import { causeFault } from "./causes.ts";
import { faintBelow } from "./fading.ts";
import type { Place, Template } from "./region.ts";
import { faultOf } from "./text.ts";

export type ConfigureTraces = Plain<ConfigureTracesMessage>;

export const tracesMaxLimit = 100_000;
export const tracesMaxDefault = 400;
export const minutesPerDayDefault = 1_440;
const templatesMax = 1_024;
const textsMax = 64;
const textCharsMax = 1_024;
const conceptsMax = 32;
const placesMax = 8_192;
const titleCharsMax = 256;
const coordinateMax = 1e9;
const conditionsMax = 256;
const halfLifeHoursMin = 0.01;
const halfLifeHoursMax = 1_000_000;
const factorMax = 1_000;
const minutesPerDayMax = 1_000_000;
/** A trace must not be gone as soon as it is left. */
const weightMin = 2 * faintBelow;

/** Refuses what no region's traces can be configured with. Says where in the message it stands. */
export function checkConfiguration(message: ConfigureTraces, path = ""): void {
  const at = path === "" ? "" : `${path}.`;
  const { templates, places, conditions } = message;
  checkId(`${at}region`, message.region);
  checkCount(`${at}templates`, templates.length, 0, templatesMax);
  checkNames(`${at}templates`, templates);
  templates.forEach((template, i) => {
    checkTemplate(template, `${at}templates[${i}]`);
  });
  checkPlaces(places, `${at}places`);
  checkInteger(`${at}traces_max`, message.tracesMax, 0, tracesMaxLimit);
  if (message.language !== "") checkId(`${at}language`, message.language);
  checkBigint(`${at}game_ms`, message.gameMs, 0n, gameMsMax);
  checkCount(`${at}conditions`, conditions.length, 0, conditionsMax);
  checkNames(`${at}conditions`, conditions);
  conditions.forEach(({ rain, snow, dust }, i) => {
    checkNumber(`${at}conditions[${i}].rain`, rain, 0, 1);
    checkNumber(`${at}conditions[${i}].snow`, snow, 0, 1);
    checkNumber(`${at}conditions[${i}].dust`, dust, 0, 1);
  });
  checkInteger(`${at}minutes_per_day`, message.minutesPerDay, 0, minutesPerDayMax);
}

function checkTemplate(template: Template, path: string): void {
  const { name, cause, texts, concepts } = template;
  if (name.startsWith(builtinPrefix)) {
    refuse(`${path}.name`, name, `are names that do not begin with ${builtinPrefix}`);
  }
  checkId(`${path}.kind`, template.kind);
  const fault = causeFault(cause);
  if (fault !== undefined) refuse(`${path}.cause`, cause, fault.replace(/^valid /, ""));
  checkNumber(`${path}.weight`, template.weight, weightMin, 1);
  checkNumber(
    `${path}.half_life_hours`,
    template.halfLifeHours,
    halfLifeHoursMin,
    halfLifeHoursMax,
  );
  checkNumber(`${path}.rain`, template.rain, 0, factorMax);
  checkNumber(`${path}.snow`, template.snow, 0, factorMax);
  checkNumber(`${path}.wind`, template.wind, 0, factorMax);
  checkNumber(`${path}.dust`, template.dust, 0, factorMax);
  checkCount(`${path}.texts`, texts.length, 1, textsMax);
  texts.forEach((text, i) => {
    if (text.length > textCharsMax) {
      refuse(`${path}.texts[${i}]`, text, `are texts of 1 to ${textCharsMax} characters`);
    }
    const wrong = faultOf(text);
    if (wrong !== undefined) {
      refuse(`${path}.texts[${i}]`, text, `are texts with [a|b] and {place}: ${wrong}`);
    }
  });
  if (template.asset !== "") checkId(`${path}.asset`, template.asset);
  checkCount(`${path}.concepts`, concepts.length, 0, conceptsMax);
  concepts.forEach((concept, i) => {
    checkId(`${path}.concepts[${i}]`, concept);
  });
}

function checkPlaces(places: readonly Place[], path: string): void {
  checkCount(path, places.length, 0, placesMax);
  const ids = new Set<string>();
  places.forEach(({ id, title, x, y }, i) => {
    checkId(`${path}[${i}].id`, id);
    if (ids.has(id)) refuse(`${path}[${i}].id`, id, "are ids that no other place has");
    ids.add(id);
    checkNumber(`${path}[${i}].x`, x, -coordinateMax, coordinateMax);
    checkNumber(`${path}[${i}].y`, y, -coordinateMax, coordinateMax);
    if (title.length > titleCharsMax) {
      refuse(`${path}[${i}].title`, title, `are texts of 0 to ${titleCharsMax} characters`);
    }
  });
}
