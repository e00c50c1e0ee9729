import type { MessageInitShape } from "@bufbuild/protobuf";
import type { PopulationSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import type { RosterEntrySchema } from "../../gen/tellurion/v1/world_pb.ts";
import type { Pack } from "./pack.ts";

/** NPCs of a shard, at most. */
export const npcsPerShardMax = 256;

/** NPCs that live in one region and are one actor, `npc/<name>`. */
export interface NpcShard {
  /** `<region>-<n>`, from 1 */
  readonly name: string;
  readonly region: string;
  readonly population: readonly MessageInitShape<typeof PopulationSchema>[];
  readonly count: number;
}

/** Divides the population into shards: region by region, in the order of the pack. */
export function shardsOf({ plan, parts }: Pack): NpcShard[] {
  const shards: NpcShard[] = [];
  for (const { name: region } of plan.regions) {
    let number = 0;
    let open:
      | { population: MessageInitShape<typeof PopulationSchema>[]; count: number }
      | undefined;
    const close = () => {
      if (open === undefined) return;
      number += 1;
      shards.push({ name: `${region}-${number}`, region, ...open });
      open = undefined;
    };
    for (const { value } of parts.population) {
      if (value.region !== region) continue;
      for (let left = value.count; left > 0; ) {
        open ??= { population: [], count: 0 };
        const count = Math.min(left, npcsPerShardMax - open.count);
        open.population.push({ region, role: value.role, count, faction: value.faction });
        open.count += count;
        left -= count;
        if (open.count === npcsPerShardMax) close();
      }
    }
    close();
  }
  return shards;
}

/** Which NPCs there are, by their numbers in the shards. */
export function rosterOf(
  shards: readonly NpcShard[],
): MessageInitShape<typeof RosterEntrySchema>[] {
  return shards.flatMap(({ name, region, population }) => {
    let first = 0;
    return population.map(({ role = "", count = 0, faction = "" }) => {
      const entry = { shard: name, first, count, role, region, faction };
      first += count;
      return entry;
    });
  });
}
