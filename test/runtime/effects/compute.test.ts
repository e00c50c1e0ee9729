import { createRequire } from "node:module";
import { threadId } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { type ComputeOptions, computeEffect } from "../../../src/runtime/effects/compute.ts";
import { ComputePool } from "../../../src/runtime/effects/compute-pool.ts";
import type { EffectOutcome } from "../../../src/runtime/effects/effect-queue.ts";
import { EffectRunner } from "../../../src/runtime/effects/effect-runner.ts";
import { AnswerSchema, AskSchema, TallySchema } from "../../gen/tellurion/test/v1/bench_pb.ts";
import { within } from "../../support/within.ts";
import { answerOf, ask } from "./outside.ts";
import { broken, endless, exiting, nonsense, rejected } from "./square.ts";
import { settled, VirtualClock } from "./virtual-clock.ts";

const square = new URL("./square.ts", import.meta.url);
const opened: EffectRunner[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((runner) => runner.stop()));
});

/** A runner in virtual time over a pool of real threads. `outcomeOf` issues an effect and waits for its outcome. */
function setUp(options: Partial<ComputeOptions> = {}, limits = {}) {
  const pool = new ComputePool({ computeThreadsMax: 1, ...limits });
  const clock = new VirtualClock();
  const types = { request: AskSchema, result: AnswerSchema };
  const waiting = new Map<string, (outcome: EffectOutcome) => void>();
  const runner = new EffectRunner([computeEffect({ ...types, module: square, pool, ...options })], {
    clock,
    random: () => 0,
    onSettled: (id, outcome) => waiting.get(id)?.(outcome),
  });
  opened.push(runner);
  const outcomeOf = (number: number, id = `a${number}`): Promise<EffectOutcome> => {
    const { promise, resolve } = Promise.withResolvers<EffectOutcome>();
    waiting.set(id, resolve);
    runner.issue(ask(id, number));
    return within(`the outcome of ${number}`, promise, 20_000);
  };
  return { pool, clock, runner, outcomeOf };
}

function payloadOf(outcome: EffectOutcome): Uint8Array {
  if (outcome.ok) return outcome.payload;
  throw new Error(outcome.text);
}

test("a world that computes nothing loads no piscina and starts no thread", async () => {
  const { pool, runner } = setUp();
  expect(await pool.threads()).toBe(0);
  await runner.stop();
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.filter((file) => file.includes("/piscina/"))).toEqual([]);
});

test("a computation runs on another thread, which the next one uses again", async () => {
  const { pool, runner, outcomeOf } = setUp();
  const first = answerOf(payloadOf(await outcomeOf(7)));
  const second = answerOf(payloadOf(await outcomeOf(8)));
  expect([first.number, second.number]).toEqual([49, 64]);
  expect(first.worker).not.toBe(threadId);
  expect(second.worker).toBe(first.worker);
  expect(await pool.threads()).toBe(1);
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.some((file) => file.includes("/piscina/"))).toBe(true);
  await runner.stop();
  expect(await pool.threads()).toBe(0);
});

test("what a computation throws is final, and keeps its code", async () => {
  const { runner, outcomeOf } = setUp();
  expect(await outcomeOf(rejected)).toEqual({
    ok: false,
    code: "INVALID_ARGUMENT",
    text: "13 brings bad luck",
  });
  expect(await outcomeOf(broken)).toEqual({
    ok: false,
    code: "EFFECT_FAILED",
    text: "the computation broke",
  });
  expect(await outcomeOf(nonsense)).toMatchObject({
    code: "EFFECT_FAILED",
    text: expect.stringMatching(/square.ts computed is no tellurion.test.v1.Answer: .* -1/),
  });
  expect(runner.counters).toMatchObject({ failed: 3, retried: 0 });
});

test("a computation without an end is aborted with its thread, and the next one gets a new thread", async () => {
  const { clock, outcomeOf, pool } = setUp({
    attemptsMax: 1,
    timeoutMs: 1_000,
    concurrencyMax: 2,
  });
  const before = answerOf(payloadOf(await outcomeOf(2)));
  const late = outcomeOf(endless);
  const next = outcomeOf(3);
  await clock.advance(999);
  await clock.advance(1);
  expect(await late).toMatchObject({ ok: false, code: "DEADLINE_EXCEEDED" });
  expect(await next).toMatchObject({ ok: false, code: "DEADLINE_EXCEEDED" });
  const after = answerOf(payloadOf(await outcomeOf(4)));
  expect(after.number).toBe(16);
  expect(after.worker).not.toBe(before.worker);
  expect(await pool.threads()).toBe(1);
});

test("who waits for the thread of a computation that is aborted runs after it", async () => {
  const pool = new ComputePool({ computeThreadsMax: 1 });
  const letGo = pool.hold();
  const task = {
    module: square.href,
    request: AskSchema.typeName,
    result: AnswerSchema.typeName,
  };
  const run = (number: number, signal = new AbortController().signal) =>
    pool.run({ ...task, payload: ask("a", number).payload }, signal);
  const [first, second] = [new AbortController(), new AbortController()];
  const outcomes = [run(endless, first.signal), run(5, second.signal), run(6)];
  const ends = Promise.allSettled(outcomes);
  second.abort(new Error("not needed"));
  first.abort(new Error("too long"));
  const [aborted, gaveUp, done] = await within("all three", ends, 20_000);
  expect(aborted?.status).toBe("rejected");
  expect(gaveUp).toMatchObject({ status: "rejected", reason: new Error("not needed") });
  expect(done).toMatchObject({ status: "fulfilled", value: { ok: true } });
  await letGo();
});

test("a pool has no more running and waiting than its bounds", async () => {
  const pool = new ComputePool({ computeThreadsMax: 1, computeQueueMax: 1 });
  const letGo = pool.hold();
  const abort = new AbortController();
  const task = { module: square.href, request: "", result: "", payload: new Uint8Array() };
  const held = Promise.allSettled([pool.run(task, abort.signal), pool.run(task, abort.signal)]);
  await expect(pool.run(task, abort.signal)).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: "computeQueueMax=1 computations wait for a thread already",
  });
  abort.abort();
  await held;
  await letGo();
});

test("a thread that is lost is no one's fault: the computation is tried again", async () => {
  const { runner, outcomeOf, clock } = setUp({ attemptsMax: 2 });
  let over = false;
  const lost = outcomeOf(exiting).then((outcome) => {
    over = true;
    return outcome;
  });
  // The pause is of no length here; how long a thread takes to exit is not virtual.
  while (!over) await clock.advance(0);
  expect(await lost).toMatchObject({ ok: false, code: "EFFECT_FAILED" });
  expect(runner.counters).toMatchObject({ retried: 1, failed: 1 });
  expect(answerOf(payloadOf(await outcomeOf(9))).number).toBe(81);
});

test("stop ends a computation together with its thread", async () => {
  const { runner, pool, outcomeOf } = setUp();
  await outcomeOf(2);
  runner.issue(ask("endless", endless));
  await settled();
  expect(runner.counters.running).toBe(1);
  await within("stop", runner.stop());
  expect(await pool.threads()).toBe(0);
});

test("runners share a pool until the last of them stops", async () => {
  const { runner, pool, outcomeOf } = setUp();
  const other = setUp({ pool });
  const before = answerOf(payloadOf(await outcomeOf(2)));
  await runner.stop();
  const after = answerOf(payloadOf(await other.outcomeOf(3)));
  expect(after.worker).toBe(before.worker);
  await other.runner.stop();
  expect(await pool.threads()).toBe(0);
});

test("a thread without work ends after its time", async () => {
  const { pool, outcomeOf } = setUp({}, { computeIdleMs: 1 });
  await outcomeOf(2);
  const deadline = performance.now() + 10_000;
  while ((await pool.threads()) > 0 && performance.now() < deadline) await settled();
  expect(await pool.threads()).toBe(0);
});

test("a module that is not there, has no computation or another one is named, with what would be valid", async () => {
  const missing = setUp({ module: new URL("./missing.ts", import.meta.url) });
  expect(await missing.outcomeOf(1)).toMatchObject({
    code: "INVALID_DEFINITION",
    text: expect.stringMatching(/^module=file:.*missing.ts cannot be loaded: /),
  });
  const empty = setUp({ module: new URL("./no-computation.ts", import.meta.url) });
  expect(await empty.outcomeOf(1)).toMatchObject({
    code: "INVALID_DEFINITION",
    text: expect.stringMatching(/exports no computation; valid is one made by defineComputation/),
  });
  const other = setUp({ result: TallySchema });
  expect(await other.outcomeOf(1)).toMatchObject({
    code: "INVALID_DEFINITION",
    text: expect.stringMatching(
      /square.ts computes .*Answer from .*Ask; the effect needs .*Tally from .*Ask/,
    ),
  });
});
