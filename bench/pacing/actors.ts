import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
// The runtime's own clock: handlers are kept from any other. Here it only decides how long a handler works.
import { wallMs } from "../../src/runtime/wall-clock.ts";
import {
  BeginSchema,
  ProducerStateSchema,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";

/** Keeps its worker busy for a part of each frame: `batch` microseconds. */
const laborer = defineActor({
  kind: "laborer",
  state: ProducerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(ProduceSchema, (state, { batch }, ctx) => {
      state.batch = batch;
      ctx.schedule(0, BeginSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(BeginSchema, (state) => {
      const untilMs = wallMs() + state.batch / 1_000;
      while (wallMs() < untilMs) state.checksum = (state.checksum + 1) | 0;
      state.count += 1;
    }),
  ],
});

export const actors: readonly ActorDefinition[] = [laborer];
