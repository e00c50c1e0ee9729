import {
  OccurrenceEventSchema,
  type OccurrenceStart as OccurrenceStartMessage,
} from "../../gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkInteger, checkNumber, checkOneOf, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { addToAgenda, checkAgenda, dropFromAgenda } from "./agenda.ts";
import { shiftHolder } from "./factions.ts";
import { placeOf } from "./places.ts";
import {
  definitionOf,
  minutesAfter,
  nextNumber,
  type Occurrence,
  type Outlet,
  regionNames,
  type World,
} from "./world-state.ts";

export type OccurrenceStart = Plain<OccurrenceStartMessage>;

const occurrencesMax = 1_024;
export const minutesMax = 1_000_000;
const causeMax = 160;
const intensityDefault = 0.5;
/** An id has 64 characters: the kind's name, and a number. */
const kindInIdMax = 48;

/** Refuses an occurrence that cannot begin, or is there already. */
export function checkStart(world: World, start: OccurrenceStart, path: string): void {
  const { occurrenceKinds } = definitionOf(world);
  const kinds = occurrenceKinds.map(({ name }) => name);
  checkOneOf(`${path}kind`, start.kind, kinds);
  checkOneOf(`${path}region`, start.region, regionNames(world));
  if (start.place !== "" && placeOf(world, start.place)?.region !== start.region) {
    refuse(`${path}place`, start.place, `are places in ${start.region}, and empty`);
  }
  checkNumber(`${path}intensity`, start.intensity, 0, 1);
  checkInteger(`${path}minutes`, start.minutes, 0, minutesMax);
  if (start.cause.length > causeMax) {
    refuse(`${path}cause (length)`, start.cause.length, `are at most ${causeMax} characters`);
  }
}

/** Refuses what would be there twice, or too much. */
export function checkNew(world: World, { kind, region, place }: OccurrenceStart): void {
  const same = world.occurrences.find(
    (other) => other.kind === kind && other.region === region && other.place === place,
  );
  if (same !== undefined) {
    throw new Rejection(
      "ALREADY_EXISTS",
      `kind=${JSON.stringify(kind)} is there already, as ${same.id}; valid is to wait until it ends`,
    );
  }
  if (world.occurrences.length >= occurrencesMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `${occurrencesMax} occurrences last already, which is as many as there may be`,
    );
  }
  checkAgenda(world);
}

/** Begins an occurrence that has been checked. */
export function startOccurrence(
  world: World,
  start: OccurrenceStart,
  out: Outlet,
  festival: { readonly name: string; readonly endsMs: bigint } | undefined = undefined,
): Occurrence {
  const { kind, region, place, intensity, cause } = start;
  const minutes = start.minutes || kindOf(world, kind).minutes;
  const occurrence: Occurrence = {
    id: `${kind.slice(0, kindInIdMax)}-${nextNumber(world)}`,
    ...{ kind, region, place, cause },
    intensity: intensity || intensityDefault,
    startedMs: world.gameMs,
    endsMs: festival?.endsMs ?? minutesAfter(world, Math.max(1, minutes)),
    festival: festival?.name ?? "",
  };
  world.occurrences.push(occurrence);
  addToAgenda(world, occurrence.endsMs, { case: "occurrence", value: occurrence.id });
  publish(world, occurrence, true, out);
  return occurrence;
}

export function endOccurrence(world: World, id: string, out: Outlet): void {
  const at = world.occurrences.findIndex((occurrence) => occurrence.id === id);
  const [occurrence] = at < 0 ? [] : world.occurrences.splice(at, 1);
  if (occurrence === undefined) return;
  dropFromAgenda(world, "occurrence", id);
  publish(world, occurrence, false, out);
  const { powerChange } = kindOf(world, occurrence.kind);
  if (powerChange !== 0) shiftHolder(world, occurrence.region, powerChange, "occurrence", out);
}

export function kindOf(world: World, name: string) {
  const kind = definitionOf(world).occurrenceKinds.find((other) => other.name === name);
  if (kind === undefined) throw new Error(`assertion failed: no occurrence kind ${name}`);
  return kind;
}

function publish(world: World, occurrence: Occurrence, started: boolean, out: Outlet): void {
  const { id, kind, region, place, intensity, cause } = occurrence;
  out.publish(OccurrenceEventSchema, {
    ...{ id, kind, region, place, intensity, started, cause },
    gameMs: world.gameMs,
  });
}
