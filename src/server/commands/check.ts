import { TellurionError } from "../../runtime/index.ts";
import { checkPack } from "../pack/check/check-pack.ts";
import { type Fault, faultLine } from "../pack/fault.ts";
import type { Faults } from "../pack/faults.ts";
import { loadPack } from "../pack/load.ts";
import type { Pack } from "../pack/pack.ts";
import { defineCommand } from "./command.ts";
import { flag, operand } from "./options.ts";
import { folderOf } from "./world-options.ts";

/** Reads a world pack and says all that is wrong with it. */
export const checkCommand = defineCommand({
  name: "check",
  about: "reads a world pack, and lists all that is wrong with it, or cannot happen in it",
  options: {
    world: operand("WORLD", "a folder of worlds/, or the path of another one"),
    json: flag("prints one JSON object"),
  },
  async run({ world, json }, { print }) {
    const folder = await folderOf(world, "WORLD");
    const { pack, faults } = await loadPack(folder);
    const found = pack ? checkPack(pack) : faults;
    const counts = pack && countsOf(pack);
    if (json) print(JSON.stringify({ findings: found.list, count: found.count, counts }));
    else for (const fault of found.list) print(faultLine(fault));
    if (found.count > 0) throw tooMany(folder, found, pack);
    if (!json) print(summaryOf(pack as Pack));
  },
});

function tooMany(folder: string, found: Faults, pack: Pack | undefined): TellurionError {
  const first = found.list[0] as Fault;
  const findings = found.count === 1 ? "one finding" : `${found.count} findings`;
  const rest = pack ? "" : "; what can happen is looked at when these are mended";
  return new TellurionError(
    "INVALID_WORLD_PACK",
    `${folder} has ${findings}, the first one in ${first.file}${rest}`,
  );
}

/** What there is of everything. */
function countsOf({ plan, parts, concepts, dialogues }: Pack): Record<string, number> {
  const { population, map, ...lists } = parts;
  return {
    regions: plan.regions.length,
    places: map.reduce((sum, { value }) => sum + value.places.length, 0),
    roads: map.reduce((sum, { value }) => sum + value.roads.length, 0),
    NPCs: population.reduce((sum, { value }) => sum + value.count, 0),
    ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.length])),
    concepts: concepts.length,
    dialogues: dialogues.length,
    "dialogue nodes": dialogues.reduce((sum, { value }) => sum + value.nodes.length, 0),
  };
}

function summaryOf(pack: Pack): string {
  const counts = Object.entries(countsOf(pack)).filter(([, count]) => count > 0);
  const texts = counts.map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
  return `${pack.plan.name} is in order: ${texts.join(", ")}`;
}
