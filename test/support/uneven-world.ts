import type { Bootstrap } from "../../src/runtime/host.ts";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import { CounterStateSchema, TickSchema } from "../gen/tellurion/test/v1/chaos_pb.ts";

/** Multiplications that a heavy actor makes in each frame: a millisecond or so. */
const heavyTurns = 1_000_000;

function ticking(kind: string, turns: number): ActorDefinition {
  return defineActor({
    kind,
    state: CounterStateSchema,
    init: (ctx) => {
      ctx.schedule(0, TickSchema, {}, { everyMs: 1 });
      return {};
    },
    on: ({ handle }) => [
      handle(TickSchema, (state) => {
        let x = 1;
        for (let i = 0; i < turns; i += 1) x = Math.imul(x, 0x9e3779b1) + i;
        state.total += BigInt(x & 1);
      }),
    ],
  });
}

/** New actors are placed in turn, so of two workers the first one gets all that are heavy. */
export const actors: readonly ActorDefinition[] = [
  ticking("heavy", heavyTurns),
  ticking("light", 1),
];

export const bootstrap: readonly Bootstrap[] = ["one", "two", "three", "four"].flatMap((key) =>
  ["heavy", "light"].map((kind) => ({ address: `${kind}/${key}`, type: TickSchema, message: {} })),
);
