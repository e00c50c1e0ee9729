import { EffectFailedSchema } from "../../src/gen/tellurion/v1/actor_pb.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../../src/runtime/host.ts";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import {
  AccountStateSchema,
  BeatSchema,
  LedgerService,
  PulseStateSchema,
  ReceiptIssuedSchema,
  ReceiptWantedSchema,
} from "../gen/tellurion/test/v1/ledger_pb.ts";

const { record, getAccount, getPulse } = LedgerService.method;

/** Remembers every command that it took, and publishes each. */
const account = defineActor({
  kind: "account",
  state: AccountStateSchema,
  init: () => ({}),
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    answer(record, (state, { id, amount, receipt }, ctx) => {
      const frame = BigInt(ctx.frame);
      state.entries.push({ id, amount, frame } as (typeof state.entries)[number]);
      state.total += amount;
      ctx.publish(WeatherEventSchema, { region: ctx.key, newState: id });
      if (receipt) ctx.effect(ReceiptWantedSchema, { id });
      return { id, total: state.total, frame };
    }),
    handle(ReceiptIssuedSchema, (state, { id, receipt }) => {
      state.receipts.push({ id, receipt } as (typeof state.receipts)[number]);
    }),
    handle(EffectFailedSchema, (state, { code }) => {
      state.receipts.push({ id: "", receipt: code } as (typeof state.receipts)[number]);
    }),
    query(getAccount, ({ entries, total, receipts }) => ({ entries, total, receipts })),
  ],
});

/** Changes in each frame, and hears of every record. */
const pulse = defineActor({
  kind: "pulse",
  state: PulseStateSchema,
  init: (ctx) => {
    ctx.schedule(0, BeatSchema, {}, { everyMs: ctx.stepMs });
    return {};
  },
  on: ({ handle, query }) => [
    handle(BeatSchema, (state, _beat, ctx) => {
      state.beats += 1n;
      state.chance = ctx.random.integer(2 ** 32);
    }),
    handle(WeatherEventSchema, (state, { newState }) => {
      state.heard += 1n;
      state.letters += BigInt(newState.length);
    }),
    query(getPulse, (state, _request, ctx) => ({ pulse: state, frame: BigInt(ctx.frame) })),
  ],
});

export const actors: readonly ActorDefinition[] = [account, pulse];

export const bootstrap: readonly Bootstrap[] = ["one", "two"].map((key) => ({
  address: `pulse/${key}`,
  type: BeatSchema,
  message: {},
}));
