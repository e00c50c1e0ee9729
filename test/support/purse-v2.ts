import { type ActorDefinition, defineActor, Rejection } from "../../src/runtime/index.ts";
import { AskerStateSchema, AskSchema } from "../gen/tellurion/test/v1/bench_pb.ts";
import { CounterService, TickSchema } from "../gen/tellurion/test/v1/chaos_pb.ts";
import { type PurseStateV2, PurseStateV2Schema } from "../gen/tellurion/test/v1/evolution_pb.ts";

const { increase, getTotal } = CounterService.method;
type Entries = PurseStateV2["entries"];

/** The world of purse-v1 in its second version, with a kind more. An increase by 0 is refused with the whole state. */
export const actors: readonly ActorDefinition[] = [
  defineActor({
    kind: "counter",
    state: PurseStateV2Schema,
    init: () => ({ currency: "crown" }),
    on: ({ answer, query, handle }) => [
      answer(increase, (state, { amount }) => {
        const { total, currency, limit, entries } = state;
        if (amount === 0n) {
          const notes = entries.map((entry) => `${entry.amount}${entry.note}`).join();
          const text = `total=${total} currency=${currency} limit=${limit} entries=${notes}`;
          throw new Rejection("FAILED_PRECONDITION", text);
        }
        state.total += amount;
        entries.push({ amount, note: "!" } as Entries[number]);
        return { total: state.total };
      }),
      query(getTotal, ({ total }) => ({ total })),
      handle(TickSchema, () => {}),
    ],
  }),
  defineActor({
    kind: "other",
    state: AskerStateSchema,
    init: () => ({}),
    on: ({ handle }) => [handle(AskSchema, () => {})],
  }),
];
