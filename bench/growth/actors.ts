import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import {
  BeginSchema,
  ConsumerStateSchema,
  MoveSchema,
  ProducerStateSchema,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { moveAt, payloads } from "../payloads.ts";

const { digest } = payloads.numeric;

/** How many residents there are. Their addresses are made once: to make them is not what is measured. */
export const addresses: string[] = [];

/** Spawns residents until there are as many as addresses, so many in a frame. */
const settler = defineActor({
  kind: "settler",
  state: ProducerStateSchema,
  init: () => ({}),
  on: ({ handle }) => [
    handle(ProduceSchema, (state, { batch }, ctx) => {
      const end = Math.min(state.count + batch, addresses.length);
      for (; state.count < end; state.count += 1) {
        ctx.spawn(addresses[state.count] as string, BeginSchema, {});
      }
    }),
  ],
});

/** Sends so many messages in each frame, one to each resident in turn. */
const caller = defineActor({
  kind: "caller",
  state: ProducerStateSchema,
  init: (ctx) => {
    ctx.schedule(0, BeginSchema, {}, { everyMs: ctx.stepMs });
    return {};
  },
  on: ({ handle }) => [
    handle(ProduceSchema, (state, { batch }) => {
      state.batch = batch;
    }),
    handle(BeginSchema, (state, _begin, ctx) => {
      for (let i = 0; i < state.batch; i += 1) {
        const message = moveAt(state.count);
        ctx.send(addresses[state.count % addresses.length] as string, MoveSchema, message);
        state.checksum = (state.checksum + digest(message)) | 0;
        state.count += 1;
      }
    }),
  ],
});

const resident = defineActor({
  kind: "resident",
  state: ConsumerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(BeginSchema, () => {}),
    handle(MoveSchema, (state, message) => {
      state.count += 1;
      state.checksum = (state.checksum + digest(message)) | 0;
    }),
  ],
});

export const actors: readonly ActorDefinition[] = [settler, caller, resident];
