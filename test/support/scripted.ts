import { ActorStoppedSchema, StopReason } from "../../src/gen/tellurion/v1/actor_pb.ts";
import {
  type ActorContext,
  type ActorDefinition,
  defineActor,
  type HandlersOf,
  type View,
} from "../../src/runtime/index.ts";
import type { TestWorld } from "../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  type CounterState,
  CounterStateSchema,
  TickSchema,
} from "../gen/tellurion/test/v1/chaos_pb.ts";

type Act = View<typeof ActSchema>;
type Options = Partial<
  Pick<
    Parameters<typeof defineActor<typeof CounterStateSchema>>[0],
    "init" | "activation" | "mailboxMax" | "supervision"
  >
> & {
  /** Handlers beside those for Act, Tick and ActorStopped. */
  readonly also?: (
    actor: HandlersOf<CounterState>,
  ) => ReturnType<HandlersOf<CounterState>["handle"]>[];
};

/** What an actor does when a test tells it to, by the name of the act. */
export type Acts = Readonly<
  Record<string, (ctx: ActorContext, act: Act, state: CounterState) => void>
>;

/**
 * A kind of actor that does what tests tell it with Act messages, and notes everything it hears in its state, with the
 * frame: an act that it does not know as `what:number`.
 */
export function scripted(kind: string, acts: Acts = {}, options: Options = {}): ActorDefinition {
  const { also, ...rest } = options;
  return defineActor({
    kind,
    state: CounterStateSchema,
    init: () => ({}),
    ...rest,
    on: (actor) => [
      actor.handle(ActSchema, (state, act, ctx) => {
        const run = acts[act.what];
        if (run) return run(ctx, act, state);
        note(state, ctx, `${act.what}:${act.number}`);
      }),
      actor.handle(TickSchema, (state, tick, ctx) => note(state, ctx, `tick:${tick.value}`)),
      actor.handle(ActorStoppedSchema, (state, { address, reason }, ctx) =>
        note(state, ctx, `stopped:${address}:${reasonName(reason)}`),
      ),
      ...(also?.(actor) ?? []),
    ],
  });
}

export function note(state: CounterState, ctx: ActorContext, text: string): void {
  state.total += 1n;
  state.seen.push(`${ctx.frame} ${text}`);
}

/** Tells an actor, from outside, to do something in the next frame. */
export function tell(
  world: TestWorld,
  address: string,
  what: string,
  more: { readonly target?: string; readonly number?: number } = {},
): void {
  const { target = "", number = 0 } = more;
  world.send(address, ActSchema, { what, target, number: BigInt(number) });
}

/** Tells one actor after another, and runs a frame for them. */
export function act(
  world: TestWorld,
  ...orders: readonly (readonly [string, string, string?])[]
): void {
  for (const [address, what, target = ""] of orders) tell(world, address, what, { target });
  world.step();
}

/** What an actor has noted. Undefined when it is not active. */
export function seenBy(world: TestWorld, address: string): string[] | undefined {
  return world.stateOf(address, CounterStateSchema)?.seen;
}

/** Dead letters so far, as `target type reason`, with the type's short name. */
export function lettersOf(world: TestWorld): string[] {
  return world.deadLetters.map(
    ({ target, type, reason }) => `${target} ${type.replace(/^.*[.]/, "")} ${reason}`,
  );
}

/** Texts that the runtime logged about failures so far, without stack traces. */
export function failuresOf(world: TestWorld): string[] {
  return world.log
    .filter(({ level }) => level === "error")
    .map(({ text }) => text.split("\n")[0] as string);
}

function reasonName(reason: number): string {
  const names = Object.entries(StopReason);
  return names.find(([, value]) => value === reason)?.[0] ?? String(reason);
}
