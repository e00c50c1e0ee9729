import type { Bootstrap } from "../../src/runtime/host.ts";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import {
  CounterService,
  CounterStateSchema,
  TickSchema,
} from "../gen/tellurion/test/v1/chaos_pb.ts";

/** In each frame, makes as many million multiplications as its total says. */
const laborer = defineActor({
  kind: "counter",
  state: CounterStateSchema,
  init: (ctx) => {
    ctx.schedule(0, TickSchema, {}, { everyMs: 1 });
    return {};
  },
  on: ({ handle, answer, query }) => [
    handle(TickSchema, ({ total }) => {
      let x = 1;
      for (let i = 0; i < Number(total) * 1_000_000; i += 1) x = Math.imul(x, 0x9e3779b1) + i;
    }),
    answer(CounterService.method.increase, (state, { amount }) => {
      state.total += amount;
      return { total: state.total };
    }),
    query(CounterService.method.getTotal, ({ total }) => ({ total })),
  ],
});

export const actors: readonly ActorDefinition[] = [laborer];

export const bootstrap: readonly Bootstrap[] = [
  { address: "counter/main", type: TickSchema, message: {} },
];
