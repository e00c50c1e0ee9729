import type { DiscoverRequest, RecordRequest } from "../../gen/tellurion/v1/traces_pb.ts";
import { isKey } from "../../runtime/index.ts";
import { checkId, checkOneOf, refuse } from "../common/checks.ts";
import { builtinTemplates } from "./builtin-templates.ts";
import { type ConfigureTraces, minutesPerDayDefault, tracesMaxDefault } from "./configuration.ts";
import { type Discovery, discover, search } from "./discover.ts";
import type { Happening } from "./happening.ts";
import { freshWear, leaveWith, type Outlet, wearOf } from "./leave.ts";
import { traceNamed } from "./reading.ts";
import type { Region, Trace } from "./region.ts";
import { oneOf, templatesOfKind } from "./templates.ts";

/** What a cause may begin with. */
const causeFamilies: readonly string[] = [
  ...["beat", "choice", "deliver", "fight", "lightning", "occurrence", "quest", "record"],
  ...["storm", "work"],
];

/** Takes over a configuration that has been checked. What was left before stays, and wears on as it would now. */
export function configure(region: Region, message: ConfigureTraces): void {
  const { templates, places, language, conditions } = message;
  if (!region.configured) region.gameMs = message.gameMs;
  region.configured = true;
  region.tracesMax = message.tracesMax || tracesMaxDefault;
  region.minutesPerDay = message.minutesPerDay || minutesPerDayDefault;
  Object.assign(region, { templates, places, language, conditions });
  const inUse = new Set(region.traces.map(({ template }) => template));
  const named = new Set([...templates, ...builtinTemplates].map(({ name }) => name));
  region.wears = region.wears.filter(({ template }) => named.has(template) || inUse.has(template));
  for (const template of templates) {
    const wear = wearOf(region, template);
    const { worn } = wear;
    Object.assign(wear, freshWear(template), { worn });
  }
}

export function discoverAs(region: Region, request: DiscoverRequest, out: Outlet): Discovery {
  const { player, place, trace } = request;
  checkId("player", player);
  if (trace === "") {
    checkPlace(region, place);
    return search(region, player, place, out);
  }
  const wanted = traceNamed(region, trace);
  if (place !== "" && place !== wanted.place) {
    refuse("place", place, `is ${JSON.stringify(wanted.place)}, where the trace is`);
  }
  return discover(region, player, wanted, out);
}

export function record(region: Region, request: RecordRequest, out: Outlet): Trace {
  const { place, kind, cause, player, subject } = request;
  checkPlace(region, place);
  if (!isCause(cause)) {
    refuse("cause", cause, "are causes like occurrence/<id>, quest/<run> and record/<id>");
  }
  if (player !== "") checkId("player", player);
  if (subject !== "") checkId("subject", subject);
  const templates = templatesOfKind(region, kind);
  if (templates.length === 0) {
    const kinds = [...region.templates, ...builtinTemplates].map((template) => template.kind);
    checkOneOf("kind", kind, [...new Set(kinds)]);
  }
  const { gameMs } = region;
  const happening: Happening = { kinds: [], cause, place, player, subject, gameMs };
  return leaveWith(region, oneOf(templates, out.random), happening, out);
}

/** `occurrence/raid.1`, `fight/anna/86400000`, … */
function isCause(cause: string): boolean {
  const [family = "", ...parts] = cause.split("/");
  const isLong = parts.length === 1 || parts.length === 2;
  return causeFamilies.includes(family) && isLong && parts.every(isKey);
}

function checkPlace({ places, traces }: Region, place: string): void {
  if (places.some(({ id }) => id === place)) return;
  // Events may have named places that the pack does not.
  if (place !== "" && traces.some((trace) => trace.place === place)) return;
  checkOneOf("place", place, places.map(({ id }) => id).slice(0, 50));
  refuse("place", place, "are places of the region");
}
