import { expect, test } from "vitest";
import { defineEffect } from "../../../src/runtime/effects/effect.ts";
import { failureTextMax } from "../../../src/runtime/effects/failure.ts";
import { Rejection } from "../../../src/runtime/errors.ts";
import { AnswerSchema, AskSchema, TallySchema } from "../../gen/tellurion/test/v1/bench_pb.ts";
import { ask, Outside, setUp } from "./outside.ts";
import { settled as flushed } from "./virtual-clock.ts";

test("the outside gets the request and the effect's id, and the world gets the result", async () => {
  const outside = new Outside();
  const { runner, settled, clock } = setUp([outside.effect()]);
  runner.issue(ask("w:1:2:3", 7));
  expect(outside.last()).toMatchObject({ asked: 7, call: { id: "w:1:2:3", attempt: 1 } });
  expect(runner.pending).toBe(1);
  outside.last().answer(8);
  await flushed();
  expect(settled).toEqual(["w:1:2:3 8"]);
  expect(clock.timers).toBe(0);
  expect(runner.counters).toEqual({
    issued: 1,
    running: 0,
    waiting: 0,
    succeeded: 1,
    failed: 0,
    retried: 0,
    breakersOpen: 0,
  });
});

test("an error is followed by another attempt under the same id, after a pause that grows", async () => {
  const outside = new Outside();
  const { runner, settled, clock } = setUp([outside.effect({ backOffMs: 100, backOffMsMax: 300 })]);
  runner.issue(ask("a", 7));
  for (const pauseMs of [50, 100, 150, 150]) {
    const { length } = outside.calls;
    outside.last().fail(new Error("away"));
    await clock.advance(pauseMs - 1);
    expect(outside.calls).toHaveLength(length);
    expect(runner.counters).toMatchObject({ running: 0, waiting: 1, retried: length });
    await clock.advance(1);
    expect(outside.calls).toHaveLength(length + 1);
  }
  expect(outside.last().call).toMatchObject({ id: "a", attempt: 5 });
  outside.last().answer(8);
  await flushed();
  expect(settled).toEqual(["a 8"]);
});

test("after the last attempt the effect has failed, and says why", async () => {
  const outside = new Outside();
  const { runner, settled, texts, clock } = setUp([outside.effect({ attemptsMax: 2 })]);
  runner.issue(ask("a", 7));
  outside.last().fail(new Error("away"));
  await clock.advance(1_000);
  outside.last().fail(new Error("still away"));
  await clock.advance(1_000);
  expect(outside.calls).toHaveLength(2);
  expect(settled).toEqual(["a EFFECT_FAILED"]);
  expect(texts).toEqual([
    "tellurion.test.v1.Ask failed in attempts=2; the last failure: still away",
  ]);
  expect(runner.counters).toMatchObject({ failed: 1, retried: 1, waiting: 0 });
});

test("a rejection is the outcome: nothing is tried again", async () => {
  const outside = new Outside();
  const { runner, settled, texts, clock } = setUp([outside.effect()]);
  runner.issue(ask("a", 7));
  outside.last().fail(new Rejection("NOT_FOUND", "no such account"));
  await clock.advance(60_000);
  expect(outside.calls).toHaveLength(1);
  expect([settled, texts]).toEqual([["a NOT_FOUND"], ["no such account"]]);
});

test("an attempt that takes too long is aborted and counts as a failure, and what it says later is ignored", async () => {
  const outside = new Outside();
  const { runner, settled, texts, clock } = setUp([
    outside.effect({ attemptsMax: 2, timeoutMs: 1_000, backOffMs: 2 }),
  ]);
  runner.issue(ask("a", 7));
  await clock.advance(999);
  expect(outside.last().call.signal.aborted).toBe(false);
  await clock.advance(2);
  expect(outside.calls[0]?.call.signal.aborted).toBe(true);
  expect(outside.calls).toHaveLength(2);
  outside.calls[0]?.answer(1);
  await flushed();
  expect(settled).toEqual([]);
  await clock.advance(1_000);
  expect(settled).toEqual(["a DEADLINE_EXCEEDED"]);
  expect(texts[0]).toContain("timeoutMs=1000");
  outside.calls[1]?.fail(new Error("late"));
  await flushed();
  expect(settled).toHaveLength(1);
});

test("an effect that nothing does fails, but not before issue has returned", async () => {
  const outside = new Outside();
  const definitions = [outside.effect({}, TallySchema), outside.effect()];
  const { runner, settled, texts } = setUp(definitions);
  runner.issue({ ...ask("a", 7), type: "game.Pay" });
  expect(settled).toEqual([]);
  await flushed();
  expect(settled).toEqual(["a EFFECT_FAILED"]);
  expect(texts).toEqual([
    "nothing does the effect game.Pay; there are: tellurion.test.v1.Ask, tellurion.test.v1.Tally",
  ]);
  expect(runner.counters).toMatchObject({ issued: 1, failed: 1, waiting: 0 });
});

test("an id that runs or waits is not done twice, one that has settled is done again", async () => {
  const outside = new Outside();
  const { runner, settled, clock } = setUp([outside.effect({ concurrencyMax: 1, backOffMs: 100 })]);
  for (const id of ["a", "b", "a", "b"]) runner.issue(ask(id, 7));
  expect(runner.pending).toBe(2);
  outside.last().fail(new Error("away"));
  await flushed();
  runner.issue(ask("a", 7));
  outside.last().answer(1);
  await clock.advance(100);
  outside.last().answer(2);
  await flushed();
  expect(outside.calls.map(({ call }) => call.id)).toEqual(["a", "b", "a"]);
  expect(settled).toEqual(["b 1", "a 2"]);
  runner.issue(ask("a", 7));
  outside.last().answer(3);
  await flushed();
  expect(settled.at(-1)).toBe("a 3");
  expect(runner.counters).toMatchObject({ issued: 3, succeeded: 3 });
});

test("no more run at once than the definition allows, and each definition has room of its own", async () => {
  const outside = new Outside();
  const other = new Outside();
  const { runner, settled } = setUp([
    outside.effect({ concurrencyMax: 2 }),
    other.effect({ concurrencyMax: 1 }, TallySchema),
  ]);
  for (let i = 1; i <= 6; i += 1) runner.issue(ask(`a${i}`, i));
  runner.issue({ id: "b", type: TallySchema.typeName, payload: new Uint8Array() });
  expect(other.calls).toHaveLength(1);
  for (let ended = 0; ended < 6; ended += 1) {
    expect(outside.calls).toHaveLength(Math.min(6, ended + 2));
    expect(runner.counters.running).toBe(Math.min(2, 6 - ended) + 1);
    outside.calls[ended]?.answer(ended);
    await flushed();
  }
  expect(settled.map((text) => text.slice(0, 2))).toEqual(["a1", "a2", "a3", "a4", "a5", "a6"]);
});

test("an effect too many fails, and those that are pending go on", async () => {
  const outside = new Outside();
  const { runner, settled, texts } = setUp([outside.effect({ concurrencyMax: 1 })], {
    effectsMax: 2,
  });
  for (const id of ["a", "b", "c"]) runner.issue(ask(id, 7));
  await flushed();
  expect(settled).toEqual(["c RESOURCE_EXHAUSTED"]);
  expect(texts[0]).toContain("effectsMax=2");
  outside.last().answer(1);
  await flushed();
  outside.last().answer(2);
  await flushed();
  expect(settled.slice(1)).toEqual(["a 1", "b 2"]);
});

test("while the breaker is open effects wait and use up no attempts, then one tries for all", async () => {
  const outside = new Outside();
  const { runner, settled, clock } = setUp([
    outside.effect({ breakerFailures: 3, breakerOpenMs: 60_000, attemptsMax: 4, backOffMs: 2 }),
  ]);
  runner.issue(ask("a", 7));
  for (let i = 0; i < 3; i += 1) {
    outside.last().fail(new Error("away"));
    await clock.advance(10);
  }
  expect(runner.counters).toMatchObject({ breakersOpen: 1, running: 0, waiting: 1 });
  for (const id of ["b", "c"]) runner.issue(ask(id, 7));
  await clock.advance(59_000);
  expect(outside.calls).toHaveLength(3);
  await clock.advance(1_000);
  expect(outside.calls).toHaveLength(4);
  expect(outside.last().call).toMatchObject({ id: "a", attempt: 4 });
  expect(runner.counters.breakersOpen).toBe(1);
  outside.last().answer(1);
  await flushed();
  expect(runner.counters).toMatchObject({ breakersOpen: 0, running: 2 });
  expect(outside.calls.slice(4).map(({ call }) => `${call.id} ${call.attempt}`)).toEqual([
    "b 1",
    "c 1",
  ]);
  for (const { answer } of outside.calls.slice(4)) answer(2);
  await flushed();
  expect(settled).toEqual(["a 1", "b 2", "c 2"]);
});

test("rejections do not open the breaker: the outside is there", async () => {
  const outside = new Outside();
  const { runner } = setUp([outside.effect({ breakerFailures: 1 })]);
  for (const id of ["a", "b", "c"]) {
    runner.issue(ask(id, 7));
    outside.last().fail(new Rejection("NOT_FOUND", "no"));
    await flushed();
  }
  expect(runner.counters).toMatchObject({ breakersOpen: 0, failed: 3 });
});

test("stop aborts what runs, waits for its handlers, tells nothing more and begins nothing more", async () => {
  const outside = new Outside();
  const { runner, settled, clock } = setUp([outside.effect({ concurrencyMax: 2 })]);
  for (const id of ["paused", "running", "waiting", "waiting too"]) runner.issue(ask(id, 7));
  outside.calls[0]?.fail(new Error("away"));
  await flushed();
  runner.issue({ ...ask("refused", 7), type: "game.Pay" });
  let over = false;
  const stopped = runner.stop().then(() => {
    over = true;
  });
  await flushed();
  const running = outside.calls.slice(1);
  expect(running.map(({ call }) => call.signal.aborted)).toEqual([true, true]);
  expect(over).toBe(false);
  running[0]?.answer(1);
  running[1]?.fail(new Error("aborted"));
  await stopped;
  await runner.stop();
  runner.issue(ask("too late", 7));
  expect(clock.timers).toBe(0);
  await clock.advance(1_000_000);
  expect(outside.calls).toHaveLength(3);
  expect(settled).toEqual([]);
});

test("stop does not wait for ever for a handler that does not heed its signal", async () => {
  const outside = new Outside();
  const { runner, clock } = setUp([outside.effect()], { stopMsMax: 500 });
  runner.issue(ask("a", 7));
  const stopped = runner.stop();
  await clock.advance(500);
  await stopped;
});

test("a request that cannot be read never reaches the outside", async () => {
  const outside = new Outside();
  const { runner, settled, texts } = setUp([outside.effect()]);
  runner.issue({ ...ask("a", 7), payload: Uint8Array.of(8) });
  await flushed();
  expect(outside.calls).toEqual([]);
  expect(settled).toEqual(["a EFFECT_FAILED"]);
  expect(texts[0]).toMatch(/^the request tellurion.test.v1.Ask cannot be read: /);
});

test("a result that is none, or too large, is final", async () => {
  const results: unknown[] = [undefined, { number: "many" }, { number: 1 }];
  const definition = defineEffect({
    request: AskSchema,
    result: AnswerSchema,
    run: async ({ number }) => results[number] as { number: number },
  });
  const { runner, settled, texts } = setUp([definition], { resultBytesMax: 1 });
  for (let i = 0; i < 3; i += 1) runner.issue(ask(`a${i}`, i));
  await flushed();
  expect(settled).toEqual(["a0 EFFECT_FAILED", "a1 EFFECT_FAILED", "a2 MESSAGE_TOO_LARGE"]);
  expect(texts[1]).toMatch(
    /^what tellurion.test.v1.Ask resulted in is no tellurion.test.v1.Answer/,
  );
  expect(texts[2]).toContain("resultBytesMax=1");
});

test("the text of a failure is bounded and well-formed, whatever was thrown", async () => {
  const thrown = [new Rejection("NOT_FOUND", "😀".repeat(5_000)), Object.create(null), new Error()];
  const definition = defineEffect({
    request: AskSchema,
    result: AnswerSchema,
    attemptsMax: 1,
    run: ({ number }) => Promise.reject(thrown[number]),
  });
  const { runner, texts } = setUp([definition]);
  for (let i = 0; i < thrown.length; i += 1) runner.issue(ask(`a${i}`, i));
  await flushed();
  expect(texts).toHaveLength(3);
  expect(texts[0]).toHaveLength(failureTextMax);
  for (const text of texts) expect(text.isWellFormed()).toBe(true);
  expect(texts[1]).toContain("null prototype");
  expect(texts[2]).toMatch(/: Error$/);
});

test("what definitions share is opened with the runner and closed after the last handler", async () => {
  const events: string[] = [];
  const outside = new Outside();
  const open = () => {
    events.push("open");
    return async () => {
      events.push("closed");
    };
  };
  const { runner } = setUp([{ ...outside.effect(), open }]);
  expect(events).toEqual(["open"]);
  runner.issue(ask("a", 7));
  const stopped = runner.stop();
  await flushed();
  expect(events).toEqual(["open"]);
  outside.last().answer(1);
  await stopped;
  expect(events).toEqual(["open", "closed"]);
});

test("definitions that contradict each other, and bounds that are none, are refused", () => {
  const outside = new Outside();
  expect(() => setUp([outside.effect(), outside.effect()])).toThrow(
    "the effect tellurion.test.v1.Ask is defined twice",
  );
  expect(() => setUp([], { effectsMax: 0 })).toThrow(
    "effectsMax=0 of the effect runner is not valid",
  );
  expect(() => outside.effect({ attemptsMax: 1.5 })).toThrow(
    "attemptsMax=1.5 of the effect tellurion.test.v1.Ask is not valid",
  );
});
