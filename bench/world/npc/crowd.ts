import { clock } from "../../../src/actors/clock/clock.ts";
import { columnsOf, type Shard } from "../../../src/actors/npc/columns.ts";
import { npc } from "../../../src/actors/npc/npc.ts";
import { ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { ConfigureNpcsSchema, NpcDetail } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf, defineActor } from "../../../src/runtime/index.ts";
import { encodeBootstrap, encodeInput } from "../../../src/runtime/world/bootstrap.ts";
import type { InlineWorld } from "../../../src/runtime/world/inline-world.ts";
import { calendar } from "../../../test/actors/fixtures.ts";
import { mapOf, townOf } from "../../../test/actors/npc/town.ts";
import { CounterStateSchema, TickSchema } from "../../../test/gen/tellurion/test/v1/chaos_pb.ts";
import { inlineWorldOf, stateAt } from "../../inline-world.ts";

const npcsPerShard = 250;
const scale = 60;
const morningMs = 7 * 3_600_000;
/** World time between two deeds of each player. */
const deedMs = 5_000;

/** A player in each of the first regions, who does something now and then. */
function playersIn(regions: readonly string[]) {
  return defineActor({
    kind: "players",
    state: CounterStateSchema,
    init: (ctx) => {
      ctx.schedule(100, TickSchema, { value: 0n }, { everyMs: deedMs });
      return {};
    },
    on: ({ handle }) => [
      handle(TickSchema, (state, _tick, ctx) => {
        state.total += 1n;
        for (const region of regions) {
          ctx.publish(PlayerActedEventSchema, {
            ...{ player: `one-of-${region}`, verb: Verb.TALK, region, place: `${region}.market` },
            ...{ target: `${region}-0.${state.total % 250n}`, success: true },
          });
        }
      }),
    ],
  });
}

/** A world of one worker with so many NPCs, in regions of which the first few have players. */
export class Crowd {
  readonly world: InlineWorld;
  readonly shards: readonly string[];
  events = 0;
  #inputs: readonly Uint8Array[];

  constructor(npcs: number, regionCount: number, withPlayers: number) {
    const regions = Array.from({ length: regionCount }, (_, i) => `region${i}`);
    const map = mapOf(regions);
    const perRegion = Math.ceil(npcs / npcsPerShard / regionCount);
    this.shards = regions.flatMap((region) =>
      Array.from({ length: perRegion }, (_, i) => `${region}-${i}`),
    );
    const actors = [clock, npc, playersIn(regions.slice(0, withPlayers))];
    this.world = inlineWorldOf(actors, {}, (count) => {
      this.events += count;
    });
    // As if a gateway wanted all of it.
    new Int32Array(this.world.memory.interest).fill(1);
    const start = { case: "startGameMs", value: BigInt(morningMs) } as const;
    this.#inputs = [
      ...this.shards.flatMap((shard) => {
        const region = shard.slice(0, shard.lastIndexOf("-"));
        const message = townOf(map, region, npcsPerShard, { gameMs: BigInt(morningMs) });
        return encodeBootstrap([
          { address: `npc/${shard}`, type: ConfigureNpcsSchema, message: message as never },
        ]);
      }),
      ...encodeBootstrap([
        {
          address: "clock/main",
          type: ConfigureClockSchema,
          message: { calendar, scale, start } as never,
        },
      ]),
      encodeInput({
        address: "players/all",
        what: { case: "message", value: TickSchema.typeName },
        payload: codecOf(TickSchema).toBytes({ value: 0n }),
      }),
    ];
  }

  /** Runs a frame. Returns the ms that it took. */
  step(): number {
    const inputs = this.#inputs;
    this.#inputs = [];
    const startedMs = performance.now();
    this.world.runFrame(inputs);
    return performance.now() - startedMs;
  }

  states(): Shard[] {
    return this.shards.map((shard) => stateAt(this.world, `npc/${shard}`) as Shard);
  }

  /** How many shards are simulated how closely. */
  details(): Record<"full" | "coarse" | "statistical", number> {
    const states = this.states();
    const count = (detail: NpcDetail) => states.filter((state) => state.detail === detail).length;
    return {
      full: count(NpcDetail.FULL),
      coarse: count(NpcDetail.COARSE),
      statistical: count(NpcDetail.STATISTICAL),
    };
  }

  /** Lived minutes that NPCs are behind their shards at most. */
  lagMinutes(detail: NpcDetail): number {
    return Math.max(
      0,
      ...this.states()
        .filter((state) => state.detail === detail)
        .map((state) => (state.livedMs - Math.min(...columnsOf(state).updatedMs)) / 60_000),
    );
  }
}
