import type { RosterEntry } from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";
import type { World } from "./world-state.ts";

const numberPattern = /^(0|[1-9][0-9]{0,8})$/;

/** What is known of an NPC, by its id `<shard>.<number>`. Undefined: there is none. */
export function npcOf(world: World, id: string): Plain<RosterEntry> | undefined {
  const dot = id.lastIndexOf(".");
  const digits = id.slice(dot + 1);
  if (dot < 1 || !numberPattern.test(digits)) return undefined;
  const shard = id.slice(0, dot);
  const number = Number(digits);
  return world.roster.find(
    (entry) => entry.shard === shard && number >= entry.first && number < entry.first + entry.count,
  );
}
