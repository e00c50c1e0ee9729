import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";

import { actors } from "../../../src/actors/index.ts";
import { columnsOf, type Shard } from "../../../src/actors/npc/columns.ts";
import { ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureNpcsSchema,
  type GetNpcResponse,
  type GetShardResponse,
  NpcActionEventSchema,
  NpcService,
  NpcStateSchema,
} from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { defineActor } from "../../../src/runtime/index.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { ActSchema, CounterStateSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { calendar } from "../fixtures.ts";
import { mapOf, townOf } from "./town.ts";

export const map = mapOf(["moor", "vale", "far"]);

interface Tale {
  readonly type: DescMessage;
  readonly event: object;
}

/** Publishes what a test has written down, by its number: events of services that are not there. */
function herald(tales: readonly Tale[]) {
  return defineActor({
    kind: "herald",
    state: CounterStateSchema,
    init: () => ({}),
    on: ({ handle }) => [
      handle(ActSchema, (_state, act, ctx) => {
        const tale = tales[Number(act.number)];
        if (tale) ctx.publish(tale.type, tale.event as MessageInitShape<DescMessage>);
      }),
    ],
  });
}

type Options = Partial<TestWorldOptions> & {
  readonly shards?: Readonly<Record<string, number>>;
  readonly scale?: number;
  readonly startMs?: number;
  readonly more?: Partial<MessageInitShape<typeof ConfigureNpcsSchema>>;
};

/** A world with a clock, shards of NPCs, and somebody who tells of everything else. */
export class NpcRig {
  readonly world: TestWorld;
  readonly #tales: Tale[] = [];
  readonly #scale: number;

  constructor(options: Options = {}) {
    const { shards = { "moor-0": 24 }, scale = 600, startMs = 0, more = {}, ...rest } = options;
    this.#scale = scale;
    this.world = createTestWorld({
      actors: [...actors, herald(this.#tales)],
      bootstrap: [
        {
          address: "clock/main",
          type: ConfigureClockSchema,
          message: {
            calendar,
            scale,
            start: { case: "startGameMs", value: BigInt(startMs) },
            schedules: [],
          },
        },
        ...Object.entries(shards).map(([key, count]) => ({
          address: `npc/${key}` as const,
          type: ConfigureNpcsSchema,
          message: townOf(map, key.split("-")[0] ?? "", count, {
            gameMs: BigInt(startMs),
            ...more,
          }),
        })),
      ],
      ...rest,
    });
    this.world.step();
  }

  /** Runs for some game minutes. */
  live(minutes: number): void {
    this.world.step(Math.ceil((minutes * 60_000 * 60) / (1_000 * this.#scale)));
  }

  tell<Desc extends DescMessage>(type: Desc, event: MessageInitShape<Desc>): void {
    this.#tales.push({ type, event: event as object });
    const number = BigInt(this.#tales.length - 1);
    this.world.send("herald/main", ActSchema, { what: "tell", target: "", number });
    this.world.step();
  }

  /** A player does something in a region: from now on they are there. */
  act(more: Partial<MessageInitShape<typeof PlayerActedEventSchema>>): void {
    const usual = { player: "anna", verb: Verb.TRAVEL, region: "moor", place: "moor.market" };
    const deed = { ...usual, success: true, ...more };
    this.tell(PlayerActedEventSchema, deed as MessageInitShape<typeof PlayerActedEventSchema>);
  }

  npc(number: number, shard = "moor-0"): GetNpcResponse {
    const outcome = this.world.call(NpcService.method.getNpc, { shard, number });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }

  shard(shard = "moor-0"): GetShardResponse {
    const outcome = this.world.call(NpcService.method.getShard, { shard });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }

  state(shard = "moor-0"): Shard {
    const state = this.world.stateOf(`npc/${shard}`, NpcStateSchema);
    if (state === undefined) throw new Error(`npc/${shard} is not active`);
    return state;
  }

  columns(shard = "moor-0") {
    return columnsOf(this.state(shard));
  }

  /** What NPCs of a shard began to do so far. */
  actions(shard = "moor-0") {
    return this.world
      .eventsOf(NpcActionEventSchema)
      .filter((event) => event.shard === shard)
      .flatMap(readActions);
  }
}

export function readActions({ actions, gameMs }: MessageShape<typeof NpcActionEventSchema>) {
  const view = new DataView(actions.buffer, actions.byteOffset, actions.byteLength);
  return Array.from({ length: actions.length / 8 }, (_, i) => ({
    npc: view.getUint16(8 * i, true),
    activity: view.getUint8(8 * i + 2),
    reason: view.getUint8(8 * i + 3),
    place: view.getUint16(8 * i + 4, true),
    partner: view.getUint16(8 * i + 6, true),
    gameMs: Number(gameMs),
  }));
}
