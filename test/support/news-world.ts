import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../../src/runtime/host.ts";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import { AddSchema } from "../gen/tellurion/test/v1/chaos_pb.ts";
import {
  AccountStateSchema,
  BeatSchema,
  LedgerService,
  PulseStateSchema,
} from "../gen/tellurion/test/v1/ledger_pb.ts";

const { record, getAccount } = LedgerService.method;

/** Publishes so many events in each frame as it was told at first, and numbers them from 1. */
const reporter = defineActor({
  kind: "reporter",
  state: PulseStateSchema,
  init: (ctx) => {
    ctx.schedule(0, BeatSchema, {}, { everyMs: ctx.stepMs });
    return {};
  },
  on: ({ handle }) => [
    handle(AddSchema, (state, { amount }) => {
      state.heard = amount;
    }),
    handle(BeatSchema, (state, _beat, ctx) => {
      for (let i = 0n; i < state.heard; i += 1n) {
        state.beats += 1n;
        ctx.publish(WeatherEventSchema, { region: ctx.key, newState: `${state.beats}` });
      }
    }),
  ],
});

/** Remembers every command that it took, and publishes the number of each. */
const account = defineActor({
  kind: "account",
  state: AccountStateSchema,
  init: () => ({}),
  supervision: { directive: "resume" },
  on: ({ answer, query }) => [
    answer(record, (state, { id, amount }, ctx) => {
      const frame = BigInt(ctx.frame);
      state.entries.push({ id, amount, frame } as (typeof state.entries)[number]);
      state.total += amount;
      const newState = `${state.entries.length}`;
      ctx.publish(WeatherEventSchema, { region: `account-${ctx.key}`, newState });
      return { id, total: state.total, frame };
    }),
    query(getAccount, ({ entries, total }) => ({ entries, total })),
  ],
});

/** Never started: by it, the world knows the event. */
const ear = defineActor({
  kind: "ear",
  state: PulseStateSchema,
  init: () => ({}),
  on: ({ handle }) => [handle(WeatherEventSchema, () => {})],
});

export const actors: readonly ActorDefinition[] = [reporter, account, ear];

/** Reporters that publish `perFrame` events in each frame together, as equally as can be. */
export function reporters(keys: readonly string[], perFrame: number): Bootstrap[] {
  return keys.map((key, i) => {
    const share = Math.floor((perFrame + i) / keys.length);
    return { address: `reporter/${key}`, type: AddSchema, message: { amount: BigInt(share) } };
  });
}
