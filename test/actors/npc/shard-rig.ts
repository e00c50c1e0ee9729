import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { columnsOf, type Shard } from "../../../src/actors/npc/columns.ts";
import type { ConfigureNpcs } from "../../../src/actors/npc/configuration.ts";
import { checkConfiguration } from "../../../src/actors/npc/configuration.ts";
import { beginDay } from "../../../src/actors/npc/day.ts";
import { type DirectRequest, direct } from "../../../src/actors/npc/directives.ts";
import { populate } from "../../../src/actors/npc/population.ts";
import { reactToDeed, reactToOccurrence } from "../../../src/actors/npc/reactions.ts";
import { tellNpc, tellShard } from "../../../src/actors/npc/reading.ts";
import { changeDetail, continueSweep, passGameTime } from "../../../src/actors/npc/sweep.ts";
import { turnOf } from "../../../src/actors/npc/turn.ts";
import { positionAt } from "../../../src/actors/npc/walk.ts";
import {
  ConfigureNpcsSchema,
  NpcActionEventSchema,
  NpcStateSchema,
} from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { readActions } from "./rig.ts";
import { mapOf, townOf } from "./town.ts";

const minuteMs = 60_000;
const map = mapOf(["moor", "vale"]);

type Options = {
  readonly count?: number;
  readonly seed?: number;
  readonly startMinute?: number;
  readonly more?: Partial<MessageInitShape<typeof ConfigureNpcsSchema>>;
};

/** A shard without a world around it: days of it take a moment. Its key is `moor-0`. */
export class ShardRig {
  readonly shard: Shard = codecOf(NpcStateSchema).complete({});
  readonly random = new SeededRandom();
  readonly published: { type: DescMessage; event: object }[] = [];
  readonly stepMs = 1_000 / 60;
  /** Frames in which NPCs were visited. */
  ticks = 0;

  constructor({ count = 40, seed = 1, startMinute = 0, more = {} }: Options = {}) {
    this.random.point(seedRandom(seed, "npc/moor-0"));
    const gameMs = BigInt(startMinute * minuteMs);
    const message = codecOf(ConfigureNpcsSchema).complete(
      townOf(map, "moor", count, { gameMs, ...more }),
    ) as ConfigureNpcs;
    checkConfiguration(message);
    populate(this.shard, message, this.random);
  }

  get turn() {
    return turnOf(this.shard, "moor-0");
  }

  get columns() {
    return columnsOf(this.shard);
  }

  get books() {
    return tellShard(this.turn);
  }

  /** Lives through game minutes, one at a time, at a pace at which everybody is visited each minute. */
  live(minutes: number): void {
    for (let i = 0; i < minutes; i += 1) {
      const { gameMs } = this.shard;
      passGameTime(this.turn, gameMs, gameMs + BigInt(minuteMs), false, this);
      while (this.shard.timer !== 0) {
        this.ticks += 1;
        continueSweep(this.turn, this);
      }
    }
  }

  act(more: Partial<MessageInitShape<typeof PlayerActedEventSchema>> = {}): void {
    const usual = { player: "anna", verb: Verb.TRAVEL, region: "moor", place: "moor.market" };
    const deed = { ...usual, success: true, ...more };
    const whole = codecOf(PlayerActedEventSchema).complete(
      deed as MessageInitShape<typeof PlayerActedEventSchema>,
    );
    reactToDeed(this.turn, whole, this);
    changeDetail(this.turn, this);
  }

  occur(more: Partial<MessageInitShape<typeof OccurrenceEventSchema>>): void {
    const usual = { id: "one", kind: "raid", region: "moor", intensity: 1, started: true };
    const whole = codecOf(OccurrenceEventSchema).complete({ ...usual, ...more } as MessageInitShape<
      typeof OccurrenceEventSchema
    >);
    reactToOccurrence(this.turn, whole, this);
  }

  /** What dawn brings. */
  beginDay(): void {
    beginDay(this.turn);
  }

  direct(request: DirectRequest) {
    return direct(this.turn, request);
  }

  npc(number: number) {
    return tellNpc(this.turn, number);
  }

  positions() {
    const { turn, shard } = this;
    return Array.from({ length: shard.count }, (_, npc) => positionAt(turn, npc, shard.livedMs));
  }

  /** How many do something. */
  doing(activity: number): number {
    return this.columns.activity.reduce((sum, one) => sum + (one === activity ? 1 : 0), 0);
  }

  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.published
      .filter((published) => published.type === type)
      .map(({ event }) => event as MessageShape<Desc>);
  }

  actions() {
    return this.eventsOf(NpcActionEventSchema).flatMap(readActions);
  }

  publish = (type: DescMessage, event: unknown): void => {
    this.published.push({ type, event: codecOf(type).complete(event as Record<string, unknown>) });
  };

  schedule = (): number => 1;

  cancel = (): boolean => true;
}
