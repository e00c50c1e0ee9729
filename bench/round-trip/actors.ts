import { threadName } from "node:worker_threads";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
// The runtime's own clock: handlers are kept from any other. Here it is for measuring and decides nothing.
import { wallMs } from "../../src/runtime/wall-clock.ts";
import {
  AnswererStateSchema,
  AnswerSchema,
  AskerService,
  AskerStateSchema,
  AskOftenSchema,
  AskSchema,
  BeginSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";

const worker = Number(threadName?.split("-").at(-1) ?? 0) || 0;

/** Microseconds of the last round trips, the oldest overwritten first. */
const samples = new Float64Array(16_384);
let taken = 0;
let askedAtMs = 0;

/** Asks another actor one question after another, so many in each frame. */
const asker = defineActor({
  kind: "asker",
  state: AskerStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle, query }) => [
    handle(AskOftenSchema, (state, { target, asks }, ctx) => {
      state.target = target;
      state.asks = asks;
      ctx.schedule(0, BeginSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(BeginSchema, (state, _begin, ctx) => {
      // What a slow frame left undone goes on in this one.
      if (state.left > 0) return;
      state.left = state.asks;
      state.number += 1;
      askedAtMs = wallMs();
      ctx.send(state.target, AskSchema, { number: state.number });
    }),
    handle(AnswerSchema, (state, answer, ctx) => {
      samples[taken % samples.length] = (wallMs() - askedAtMs) * 1_000;
      taken += 1;
      if (answer.number !== state.number) throw new Error(`answer ${answer.number} came late`);
      state.worker = answer.worker;
      state.left -= 1;
      if (state.left === 0) return;
      state.number += 1;
      askedAtMs = wallMs();
      ctx.send(state.target, AskSchema, { number: state.number });
    }),
    query(AskerService.method.getRoundTrips, (state) => ({
      us: [...samples.subarray(0, Math.min(taken, samples.length))],
      workerAsking: worker,
      workerAnswering: state.worker,
    })),
  ],
});

const answerer = defineActor({
  kind: "answerer",
  state: AnswererStateSchema,
  activation: "spawned",
  init: () => ({}),
  on: ({ handle }) => [
    handle(BeginSchema, () => {}),
    handle(AskSchema, (state, { number }, ctx) => {
      state.answers += 1;
      ctx.reply(AnswerSchema, { number, worker });
    }),
  ],
});

export const actors: readonly ActorDefinition[] = [asker, answerer];
