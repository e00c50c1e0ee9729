import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../../src/runtime/host.ts";
import { type ActorDefinition, defineActor, Rejection } from "../../src/runtime/index.ts";
import { AddSchema, CounterStateSchema, TickSchema } from "../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "./counter.ts";

/** A counter that publishes each increase; amounts from 1000 on make it misbehave in some way. */
const publishing = counter({
  increase: (state, { amount }, ctx) => {
    if (amount === 1_000n) throw new Rejection("FAILED_PRECONDITION", "a thousand is too much");
    if (amount === 1_001n) throw new Error("planned");
    if (amount === 1_002n) for (;;);
    if (amount === 1_004n) exhaustMemory();
    if (amount === 1_003n) ctx.send("fragile/1", AddSchema, {});
    state.total += amount;
    const newState = `total ${state.total}`;
    ctx.publish(WeatherEventSchema, { region: ctx.key, newState });
    return { total: state.total };
  },
});

function exhaustMemory(): never {
  const held: unknown[] = [];
  for (;;) held.push(new Array(100_000).fill(held.length));
}

/** Its failure stops the world. */
const fragile = defineActor({
  kind: "fragile",
  state: CounterStateSchema,
  init: () => ({}),
  supervision: { directive: "escalate" },
  on: ({ handle }) => [
    handle(AddSchema, () => {
      throw new Error("planned end");
    }),
  ],
});

/** Is busy in each frame, publishes and logs: there is always something to read. */
const busy = defineActor({
  kind: "busy",
  state: CounterStateSchema,
  init: (ctx) => {
    ctx.schedule(0, TickSchema, {}, { everyMs: 1 });
    ctx.log("info", "begun");
    return {};
  },
  on: ({ handle }) => [
    handle(TickSchema, (state, _tick, ctx) => {
      state.total += 1n;
      ctx.publish(WeatherEventSchema, { region: ctx.key, newState: String(ctx.frame) });
    }),
  ],
});

/** Never started: by it, the world knows the event. */
const ear = defineActor({
  kind: "ear",
  state: CounterStateSchema,
  init: () => ({}),
  on: ({ handle }) => [handle(WeatherEventSchema, () => {})],
});

export const actors: readonly ActorDefinition[] = [publishing, fragile, busy, ear];

export const bootstrap: readonly Bootstrap[] = ["one", "two", "three"].map((key) => ({
  address: `busy/${key}`,
  type: TickSchema,
  message: {},
}));
