import { publishDiff } from "../../src/actors/world/diff.ts";
import { type Mutation, mutate } from "../../src/actors/world/mutations.ts";
import type { Outlet, World } from "../../src/actors/world/world-state.ts";
import { WorldStateSchema, WorldUpdatedEventSchema } from "../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { check, type Table } from "../table.ts";

const entities = 10_000;
const mutationsPerTick = 1_000;

const state = codecOf(WorldStateSchema);
const updated = codecOf(WorldUpdatedEventSchema);

/** Encodes what is published, as a world does. */
class Rig {
  readonly world: World = state.complete({
    configured: true,
    definition: {},
    map: {},
    regions: [{ name: "moor" }],
  });
  told = 0;

  readonly out: Outlet = {
    random: { next: () => 0.5, integer: () => 0, normal: () => 0 },
    publish: (type, event) => {
      if (type.typeName === WorldUpdatedEventSchema.typeName) {
        updated.toBytes(event as never);
        this.told += (event as { entities: unknown[] }).entities.length;
      }
    },
    schedule: () => 1,
    log: () => {},
  };

  constructor() {
    for (let from = 0; from < entities; from += mutationsPerTick) {
      this.mutate(from, (i): Mutation["change"] => ({
        case: "put",
        value: {
          ...{ id: "", type: "thing", tags: ["wooden", "old"], region: "moor", place: "" },
          ...{ x: i, y: -i, container: "", stock: [], version: 0n },
          properties: [{ name: "weight", value: { case: "number", value: i } }],
        },
      }));
    }
    publishDiff(this.world, this.out);
  }

  mutate(from: number, change: (i: number) => Mutation["change"]): void {
    const mutations = Array.from({ length: mutationsPerTick }, (_, i): Mutation => {
      // Scattered over all entities, each once.
      const n = from + i;
      return { id: `thing-${n % entities}`, change: change(n) };
    });
    mutate(this.world, mutations, this.out);
  }
}

/** The mean times of a tick's mutations, and of its difference. */
function runTicks(forMs: number): [number, number] {
  const rig = new Rig();
  const move = (i: number): Mutation["change"] => ({
    case: "patch",
    value: {
      ...{ x: i, addTags: [], removeTags: [], unset: [], stock: [] },
      set: [{ name: "weight", value: { case: "number", value: i + 1 } }],
    },
  });
  rig.told = 0;
  let ticks = 0;
  let mutatedMs = 0;
  let toldMs = 0;
  const startedMs = performance.now();
  do {
    const atMs = performance.now();
    rig.mutate(ticks * mutationsPerTick, move);
    const thenMs = performance.now();
    publishDiff(rig.world, rig.out);
    mutatedMs += thenMs - atMs;
    toldMs += performance.now() - thenMs;
    ticks += 1;
  } while (performance.now() - startedMs < forMs);
  check(rig.told === ticks * mutationsPerTick, `${rig.told} changes were told in ${ticks} ticks`);
  return [mutatedMs / ticks, toldMs / ticks];
}

export const worldState: Table = {
  name: "world-state",
  about: "1,000 mutations in a tick, of 10,000 entities: carried out, and told as one difference",
  cases: [
    {
      rows: [
        { row: "world-mutations", unit: "ms" },
        { row: "world-difference", unit: "ms" },
      ],
      async run({ warmMs, measureMs }) {
        runTicks(warmMs);
        return runTicks(measureMs);
      },
    },
  ],
  bars: [{ what: "world-difference", value: (median) => median("world-difference"), most: 4 }],
};
