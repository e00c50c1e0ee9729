import { threadName } from "node:worker_threads";
import { type ActorDefinition, defineActor, Rejection } from "../../src/runtime/index.ts";
import {
  BeginSchema,
  ConsumerService,
  ConsumerStateSchema,
  ContinueSchema,
  ProducerService,
  ProducerStateSchema,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { type PayloadName, payloadOf } from "../payloads.ts";

/** The worker that this module was loaded in. The benchmark must know that actors sit where they should. */
const worker = Number(threadName?.split("-").at(-1) ?? 0) || 0;

/** Said by who names this module: a world carries one payload, so that no other one has shaped the code that it runs. */
const asked = new URL(import.meta.url).searchParams.get("payload") ?? "weather";
const { schema, at, digest } = payloadOf(asked as PayloadName);

/** Sends batches of messages to one consumer, one batch in each round of a frame; without a target it publishes them. */
const producer = defineActor({
  kind: "producer",
  state: ProducerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle, answer, query }) => [
    handle(ProduceSchema, (state, { target, batch, batches }, ctx) => {
      state.target = target;
      state.batch = batch;
      state.batches = batches;
      ctx.schedule(0, BeginSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(BeginSchema, (state, _begin, ctx) => {
      if (state.batches > 0) ctx.send(ctx.address, ContinueSchema, { batches: state.batches });
    }),
    handle(ContinueSchema, (state, { batches }, ctx) => {
      const { target, batch } = state;
      for (let i = 0; i < batch; i += 1) {
        const message = at(state.count + i);
        state.checksum = (state.checksum + digest(message as never)) | 0;
        if (target === "") ctx.publish(schema, message as never);
        else ctx.send(target, schema, message as never);
      }
      state.count += batch;
      if (batches > 1) ctx.send(ctx.address, ContinueSchema, { batches: batches - 1 });
    }),
    answer(ProducerService.method.setBatches, (state, { batch, batches }) => {
      state.batch = batch;
      state.batches = batches;
      return {};
    }),
    query(ProducerService.method.getProduced, ({ count, checksum }) => ({
      tally: { count, checksum, worker },
    })),
    query(ProducerService.method.getAllocated, () => {
      throw new Rejection("FAILED_PRECONDITION", "this world does not look at its heap");
    }),
  ],
});

/** Reads each message, counts them and adds them up. */
export const consumer = defineActor({
  kind: "consumer",
  state: ConsumerStateSchema,
  init: () => ({}),
  on: ({ handle, query }) => [
    handle(BeginSchema, () => {}),
    handle(schema, (state, message) => {
      state.count += 1;
      state.checksum = (state.checksum + digest(message as never)) | 0;
    }),
    query(ConsumerService.method.getConsumed, ({ count, checksum }) => ({
      tally: { count, checksum, worker },
    })),
  ],
});

export const actors: readonly ActorDefinition[] = [producer, consumer];
