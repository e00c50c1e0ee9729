import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ActorContext,
  type ActorDefinition,
  defineActor,
  type QueryContext,
  Rejection,
  type Supervision,
  type View,
} from "../../src/runtime/index.ts";
import {
  AddSchema,
  CounterService,
  type CounterState,
  CounterStateSchema,
  type GetTotalRequestSchema,
  type GetTotalResponseSchema,
  type IncreaseRequestSchema,
  type IncreaseResponseSchema,
} from "../gen/tellurion/test/v1/chaos_pb.ts";

interface Answers {
  readonly increase?: (
    state: CounterState,
    request: View<typeof IncreaseRequestSchema>,
    ctx: ActorContext,
  ) => MessageInitShape<typeof IncreaseResponseSchema>;
  readonly getTotal?: (
    state: CounterState,
    request: View<typeof GetTotalRequestSchema>,
    ctx: QueryContext,
  ) => MessageInitShape<typeof GetTotalResponseSchema>;
  readonly supervision?: Partial<Supervision>;
  readonly activation?: "on-demand" | "spawned";
  readonly mailboxMax?: number;
}

/** The actor that answers CounterService: it adds, unless a test wants something else of it. */
export function counter(answers: Answers = {}): ActorDefinition {
  const { increase = add, getTotal = total, ...rest } = answers;
  const { method } = CounterService;
  return defineActor({
    kind: "counter",
    state: CounterStateSchema,
    init: () => ({}),
    supervision: { directive: "resume" },
    ...rest,
    on: ({ handle, answer, query }) => [
      answer(method.increase, increase),
      query(method.getTotal, getTotal),
      handle(AddSchema, (state, { amount }) => {
        state.total += amount;
      }),
    ],
  });
}

function add(
  state: CounterState,
  { amount }: View<typeof IncreaseRequestSchema>,
): MessageInitShape<typeof IncreaseResponseSchema> {
  if (amount < 0n) throw new Rejection("INVALID_ARGUMENT", `amount=${amount} is below 0`);
  state.total += amount;
  return { total: state.total };
}

function total({ total }: CounterState): MessageInitShape<typeof GetTotalResponseSchema> {
  return { total };
}
