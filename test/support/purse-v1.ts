import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import { CounterService, TickSchema } from "../gen/tellurion/test/v1/chaos_pb.ts";
import { type PurseStateV1, PurseStateV1Schema } from "../gen/tellurion/test/v1/evolution_pb.ts";

const { increase, getTotal } = CounterService.method;
type Entries = PurseStateV1["entries"];

/** A world in its first version. It has a timer that a later version finds. */
export const actors: readonly ActorDefinition[] = [
  defineActor({
    kind: "counter",
    state: PurseStateV1Schema,
    init: (ctx) => {
      ctx.schedule(1_000_000, TickSchema, { value: 1n });
      return { owner: "Ann" };
    },
    on: ({ answer, query, handle }) => [
      answer(increase, (state, { amount }) => {
        state.total += amount;
        state.entries.push({ amount } as Entries[number]);
        return { total: state.total };
      }),
      query(getTotal, ({ total }) => ({ total })),
      handle(TickSchema, () => {}),
    ],
  }),
];
