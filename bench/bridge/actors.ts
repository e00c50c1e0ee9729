import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { type ActorDefinition, defineActor, Rejection } from "../../src/runtime/index.ts";
import {
  BeginSchema,
  ProducerService,
  ProducerStateSchema,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { digest, eventAt } from "../events.ts";

/** Publishes so many events in each frame, to whom it may concern: in its own world, nobody. */
const producer = defineActor({
  kind: "producer",
  state: ProducerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle, answer, query }) => [
    handle(ProduceSchema, (_state, _produce, ctx) => {
      ctx.schedule(0, BeginSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(BeginSchema, (state, _begin, ctx) => {
      const { batch, count } = state;
      for (let i = 0; i < batch; i += 1) {
        const event = eventAt(count + i);
        state.checksum = (state.checksum + digest(event)) | 0;
        ctx.publish(WeatherEventSchema, event);
      }
      state.count += batch;
    }),
    answer(ProducerService.method.setBatches, (state, { batch }) => {
      state.batch = batch;
      return {};
    }),
    query(ProducerService.method.getProduced, ({ count, checksum }) => ({
      tally: { count, checksum, worker: 0 },
    })),
    query(ProducerService.method.getAllocated, () => {
      throw new Rejection("FAILED_PRECONDITION", "this world does not look at its heap");
    }),
  ],
});

/** Never started: by it, the world knows the event. */
const ear = defineActor({
  kind: "ear",
  state: ProducerStateSchema,
  init: () => ({}),
  on: ({ handle }) => [handle(WeatherEventSchema, () => {})],
});

export const actors: readonly ActorDefinition[] = [producer, ear];
