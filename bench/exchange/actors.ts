import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import {
  BeginSchema,
  BreedSchema,
  ConsumerStateSchema,
  NurseryStateSchema,
  PingSchema,
  PlayerStateSchema,
  PlaySchema,
  PongSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";

/** Serves one ball, and returns it as often as it comes back: in the rounds of a frame, and on in the next frame. */
const server = defineActor({
  kind: "server",
  state: PlayerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(PlaySchema, (state, { target }, ctx) => {
      state.target = target;
      ctx.send(target, PingSchema, { number: state.number });
    }),
    handle(PongSchema, (state, { number }, ctx) => {
      if (number !== state.number) throw new Error(`${number} came back, not ${state.number}`);
      state.number += 1;
      ctx.send(state.target, PingSchema, { number: state.number });
    }),
  ],
});

const returner = defineActor({
  kind: "returner",
  state: ConsumerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(BeginSchema, () => {}),
    handle(PingSchema, (state, { number }, ctx) => {
      state.count += 1;
      ctx.reply(PongSchema, { number });
    }),
  ],
});

/** Spawns so many actors in each frame. */
const nursery = defineActor({
  kind: "nursery",
  state: NurseryStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(BreedSchema, (state, { count }, ctx) => {
      state.count = count;
      ctx.schedule(0, BeginSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(BeginSchema, (state, _begin, ctx) => {
      for (let i = 0; i < state.count; i += 1) {
        state.spawned += 1;
        ctx.spawn(`mayfly/${ctx.key}-${state.spawned}`, BeginSchema, {});
      }
    }),
  ],
});

/** Begins, gets a message, and stops. */
const mayfly = defineActor({
  kind: "mayfly",
  state: ConsumerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(BeginSchema, (state, _begin, ctx) => {
      state.count += 1;
      ctx.stop();
    }),
  ],
});

export const actors: readonly ActorDefinition[] = [server, returner, nursery, mayfly];
