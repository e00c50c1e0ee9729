import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import {
  BeginSchema,
  ContinueSchema,
  ProducerService,
  ProducerStateSchema,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { digest, eventAt, fillEvent } from "../events.ts";
import { consumer } from "../frames/actors.ts";
import { HeapMeter } from "./heap.ts";

const meter = new HeapMeter();
const event = eventAt(0);
/** Bytes that this thread allocated in each frame, from its first batch until its last one was sent. */
const allocated: number[] = [];
/** Of each frame, those that are kept: a fixed number, so that keeping them allocates nothing. */
const keptMax = 4_096;

/**
 * Sends batches of events and looks at the heap of its thread before the first and after the last. With a key that
 * begins with `reuse` it changes one object over and over; else it makes a new one for each event.
 */
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
      if (state.batches === 0) return;
      ctx.send(ctx.address, ContinueSchema, { batches: state.batches });
      meter.begin();
    }),
    handle(ContinueSchema, (state, { batches }, ctx) => {
      const { target, batch } = state;
      const reuses = ctx.key.startsWith("reuse");
      for (let i = 0; i < batch; i += 1) {
        let next = event;
        if (reuses) fillEvent(event, state.count);
        else next = eventAt(state.count);
        state.count += 1;
        state.checksum = (state.checksum + digest(next)) | 0;
        ctx.send(target, WeatherEventSchema, next);
      }
      if (batches > 1) ctx.send(ctx.address, ContinueSchema, { batches: batches - 1 });
      else if (allocated.length < keptMax) allocated.push(meter.end());
    }),
    answer(ProducerService.method.setBatches, (state, { batch, batches }) => {
      state.batch = batch;
      state.batches = batches;
      allocated.length = 0;
      return {};
    }),
    query(ProducerService.method.getProduced, ({ count, checksum }) => ({
      tally: { count, checksum, worker: 0 },
    })),
    query(ProducerService.method.getAllocated, () => ({ bytes: [...allocated] })),
  ],
});

export const actors: readonly ActorDefinition[] = [producer, consumer];
