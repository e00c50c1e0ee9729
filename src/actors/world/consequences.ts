import {
  type WorldConsequence as ConsequenceMessage,
  WorldConsequenceSchema,
} from "../../gen/tellurion/v1/world_pb.ts";
import { codecOf, Rejection } from "../../runtime/index.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkNumber,
  checkOneOf,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { addToAgenda, checkAgenda, comesBefore } from "./agenda.ts";
import { factionOf, shiftPower } from "./factions.ts";
import { mutate, mutationsMax } from "./mutations.ts";
import { checkNew, checkStart, startOccurrence } from "./occurrences.ts";
import { definitionOf, type Outlet, type World } from "./world-state.ts";

export type Consequence = Plain<ConsequenceMessage>;

const consequencesMax = 1_024;
const consequenceBytesMax = 16_384;
const codec = codecOf(WorldConsequenceSchema);

/** Returns whether it was there already, with the same content. */
export function scheduleConsequence(world: World, consequence: Consequence | undefined): boolean {
  definitionOf(world);
  if (consequence === undefined) refuse("consequence", "", "is a consequence: it is needed");
  checkConsequence(world, consequence);
  const waiting = consequencesOf(world);
  const same = waiting.find(({ id }) => id === consequence.id);
  if (same !== undefined) {
    if (isSame(same, consequence)) return true;
    throw new Rejection(
      "ALREADY_EXISTS",
      `consequence.id=${JSON.stringify(same.id)} waits already, with other content; ` +
        "valid are ids that are free, or the same content",
    );
  }
  if (waiting.length >= consequencesMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `${consequencesMax} consequences wait already, which is as many as there may be`,
    );
  }
  checkAgenda(world);
  addToAgenda(world, consequence.dueGameMs, { case: "consequence", value: consequence });
  return false;
}

function checkConsequence(world: World, { id, dueGameMs, what }: Consequence): void {
  checkId("consequence.id", id);
  checkBigint("consequence.due_game_ms", dueGameMs, world.gameMs, gameMsMax);
  switch (what.case) {
    case "occurrence":
      checkStart(world, what.value, "consequence.occurrence.");
      return;
    case "power": {
      const names = world.factions.map(({ name }) => name);
      checkOneOf("consequence.power.faction", what.value.faction, names);
      checkNumber("consequence.power.change", what.value.change, -100, 100);
      return;
    }
    case "mutations": {
      const { mutations } = what.value;
      checkCount("consequence.mutations.mutations", mutations.length, 1, mutationsMax);
      const { length } = codec.toBytes({ what });
      if (length > consequenceBytesMax) {
        refuse("consequence (bytes)", length, `are at most ${consequenceBytesMax}`);
      }
      return;
    }
    case undefined:
      refuse("consequence", "", "have an occurrence, power or mutations");
  }
}

function isSame(a: Consequence, b: Consequence): boolean {
  const [left, right] = [codec.toBytes(a), codec.toBytes(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

/** What waits, soonest first. */
export function consequencesOf(world: World): Consequence[] {
  return world.agenda
    .toSorted((a, b) => (comesBefore(a, b) ? -1 : 1))
    .flatMap(({ what }) => (what.case === "consequence" ? [what.value] : []));
}

/** It happens now. What has become impossible since it was asked for does not, and the log says so. */
export function fireConsequence(world: World, { id, what }: Consequence, out: Outlet): void {
  try {
    if (what.case === "occurrence") {
      checkStart(world, what.value, "");
      checkNew(world, what.value);
      startOccurrence(world, what.value, out);
    } else if (what.case === "power") {
      const faction = factionOf(world, what.value.faction);
      if (faction) shiftPower(world, faction, what.value.change, "consequence", out);
    } else if (what.case === "mutations") mutate(world, what.value.mutations, out);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    out.log("warn", `consequence ${id} came to nothing: ${error.message}`);
  }
}
