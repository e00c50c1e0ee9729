import { TraceLeftEventSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import { minuteMs } from "../common/units.ts";
import { fadesAt } from "./fading.ts";
import type { Happening } from "./happening.ts";
import { nameOf, type Region, type Template, type Trace, type Wear, wordsOf } from "./region.ts";
import { oneOf, templateFor } from "./templates.ts";
import { write } from "./text.ts";
import { addTrace, indexOf, removeTrace } from "./trace-index.ts";

export type Outlet = Pick<ActorContext, "random" | "publish">;

/** Leaves the trace of something that happened, and says so. */
export function leave(region: Region, happening: Happening, out: Outlet): Trace | undefined {
  const template = templateFor(region, happening.kinds, out.random);
  return template && leaveWith(region, template, happening, out);
}

export function leaveWith(
  region: Region,
  template: Template,
  happening: Happening,
  out: Outlet,
): Trace {
  const { cause, gameMs } = happening;
  const { random } = out;
  const place =
    happening.place || (region.places.length > 0 ? oneOf(region.places, random).id : "");
  const wear = wearOf(region, template);
  while (region.traces.length >= region.tracesMax) oustFaintest(region);
  region.number += 1;
  const { kind, weight, asset } = template;
  const trace: Trace = {
    number: region.number,
    template: template.name,
    wornFrom: wear.worn,
    text: write(template.texts, factsOf(region, happening, place), random),
    concepts: [...template.concepts],
    ...{ kind, place, cause, weight, asset, gameMs },
  };
  addTrace(region, trace);
  region.left += 1n;
  const name = nameOf(region, trace);
  out.publish(TraceLeftEventSchema, {
    trace: name,
    region: region.region,
    ...{ place, kind, cause, weight, asset, gameMs },
  });
  return trace;
}

function factsOf(region: Region, { player, subject, gameMs }: Happening, place: string) {
  const title = region.places.find(({ id }) => id === place)?.title;
  return {
    place: title || wordsOf(place),
    region: wordsOf(region.region),
    player: wordsOf(player).replace(/^[a-z]/, (letter) => letter.toUpperCase()),
    subject: wordsOf(subject),
    day: String(gameMs / BigInt(region.minutesPerDay * minuteMs) + 1n),
  };
}

/** How far a template's traces have worn. Begins to count with the first one. */
export function wearOf(region: Region, template: Template): Wear {
  const known = region.wears.find((wear) => wear.template === template.name);
  if (known !== undefined) return known;
  const wear = freshWear(template);
  region.wears.push(wear);
  return wear;
}

export function freshWear(template: Template): Wear {
  const { name, halfLifeHours, rain, snow, wind, dust } = template;
  return { template: name, halfLifeHours, rain, snow, wind, dust, worn: 0 };
}

/** The trace of which there is least left gives way. */
function oustFaintest(region: Region): void {
  const index = indexOf(region);
  let faintest: Trace | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { template, worn } of region.wears) {
    const trace = index.firstToFade(template);
    const left = trace === undefined ? Number.POSITIVE_INFINITY : fadesAt(trace) - worn;
    if (left >= least) continue;
    least = left;
    faintest = trace;
  }
  if (faintest === undefined) return;
  removeTrace(region, faintest);
  region.ousted += 1n;
}
