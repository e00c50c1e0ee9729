import type { DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { afterEach, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  type DeadLetter,
  type LogLine,
  startWorld,
  type World,
  type WorldOptions,
} from "../../../src/runtime/host.ts";
import { codecOf, type TellurionError } from "../../../src/runtime/index.ts";
import { CounterService } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { bootstrap } from "../../support/counter-world.ts";
import { within } from "../../support/within.ts";

const { increase, getTotal } = CounterService.method;
const weatherNumber = 1;
const running: World[] = [];

/** Modules that workers are to import. */
const modules = {
  good: new URL("../../support/counter-world.ts", import.meta.url),
  broken: new URL("../../support/broken-world.ts", import.meta.url),
  halfBroken: new URL("../../support/half-broken-world.ts", import.meta.url),
  exiting: new URL("../../support/exiting-world.ts", import.meta.url),
  nonsense: new URL("../../support/nonsense-world.ts", import.meta.url),
  missing: new URL("../../support/no-such-file.js", import.meta.url),
} as const;

async function start(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    name: "test",
    seed: 1,
    workers: 2,
    tickHz: 240,
    actorsModule: modules.good,
    bootstrap: [],
    ...options,
  });
  running.push(world);
  return world;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((world) => world.stop()));
});

async function call<Method extends DescMethodUnary>(
  world: World,
  method: Method,
  key: string,
  request: MessageInitShape<Method["input"]> = {} as never,
  timeoutMs = 5_000,
): Promise<unknown> {
  const entry = world.catalogue.methodByName(`${method.parent.typeName}/${method.name}`);
  if (entry === undefined) throw new Error(`${method.name} is not in the catalogue`);
  const bytes = codecOf(method.input as never).toBytes(request as never);
  return codecOf(method.output).decode(await world.call(entry, key, bytes, { timeoutMs }));
}

test.each([1, 2, 3])("with %i workers, commands and queries are answered", async (workers) => {
  const world = await start({ workers });
  expect(await call(world, increase, "a", { amount: 2n })).toMatchObject({ total: 2n });
  expect(await call(world, increase, "a", { amount: 3n })).toMatchObject({ total: 5n });
  expect(await call(world, increase, "b", { amount: 1n })).toMatchObject({ total: 1n });
  expect(await call(world, getTotal, "a")).toMatchObject({ total: 5n });
  expect(world.frame).toBeGreaterThan(0);
});

test("calls of one caller are taken in their order, many at once", async () => {
  const world = await start();
  const amounts = Array.from({ length: 300 }, (_, i) => BigInt(i + 1));
  const totals = await Promise.all(
    amounts.map((amount) => {
      return call(world, increase, "a", { amount: amount % 7n });
    }),
  );
  let sum = 0n;
  for (const [i, amount] of amounts.entries()) {
    sum += amount % 7n;
    expect(totals[i]).toMatchObject({ total: sum });
  }
});

test("a rejection and a failure reach the caller with their codes, and the actor goes on", async () => {
  const world = await start();
  await expect(call(world, increase, "a", { amount: 1_000n })).rejects.toMatchObject({
    name: "TellurionError",
    code: "FAILED_PRECONDITION",
    message: "a thousand is too much",
  });
  const line = Promise.withResolvers<LogLine>();
  world.onLog(line.resolve);
  await expect(call(world, increase, "a", { amount: 1_001n })).rejects.toMatchObject({
    code: "HANDLER_FAILED",
    message: expect.stringMatching(/counter\/a failed on .*Increase in frame \d+/),
  });
  expect(await within("a log line", line.promise)).toMatchObject({
    level: "error",
    address: "counter/a",
    text: expect.stringMatching(/counter\/a threw on .*Increase in frame \d+: Error: planned/),
  });
  expect(await call(world, increase, "a", { amount: 4n })).toMatchObject({ total: 4n });
});

test("a query for a key that is not active is NOT_FOUND and names those that are", async () => {
  const world = await start();
  await expect(call(world, getTotal, "nobody")).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: "there is no actor counter/nobody; of its kind, none is active",
  });
  await call(world, increase, "first", { amount: 1n });
  await call(world, increase, "second", { amount: 1n });
  const letter = Promise.withResolvers<DeadLetter>();
  world.onDeadLetter(letter.resolve);
  await expect(call(world, getTotal, "nobody")).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("active are counter/first, counter/second"),
  });
  expect(await within("a dead letter", letter.promise)).toMatchObject({
    target: "counter/nobody",
    type: "tellurion.test.v1.CounterService/GetTotal",
    reason: "no-such-actor",
  });
});

test.each(["", "No Such Key", "a/b"])("a call with the key %j harms nobody else", async (key) => {
  const world = await start();
  await expect(call(world, increase, key, { amount: 1n })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect(await call(world, increase, "a", { amount: 1n })).toMatchObject({ total: 1n });
});

test("a call that is not answered in time is DEADLINE_EXCEEDED; the world is not disturbed", async () => {
  const world = await start({ tickHz: 1 });
  // Answered when a frame ends: the next one is most of a second away.
  await call(world, increase, "a", { amount: 1n });
  await expect(call(world, increase, "a", { amount: 1n }, 1)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: expect.stringContaining(
      "Increase was not answered within 1 ms; it may still take effect",
    ),
  });
  expect(await call(world, getTotal, "a")).toMatchObject({ total: 2n });
});

test("no more calls wait than callsMax", async () => {
  const world = await start({ tickHz: 20, limits: { callsMax: 2 } });
  const calls = [1n, 2n].map((amount) => call(world, increase, "a", { amount }));
  await expect(call(world, increase, "a", { amount: 3n })).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
  });
  expect(await Promise.all(calls)).toMatchObject([{ total: 1n }, { total: 3n }]);
  expect(await call(world, increase, "a", { amount: 1n })).toMatchObject({ total: 4n });
});

test("a request for which the input ring has no room is refused, and the next one is taken", async () => {
  const world = await start({ tickHz: 20, limits: { inputRingBytes: 1_024 } });
  const calls = Array.from({ length: 40 }, () => call(world, increase, "a", { amount: 1n }));
  const outcomes = await Promise.allSettled(calls);
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThan(10);
  expect(refused[0]).toMatchObject({ reason: { code: "RESOURCE_EXHAUSTED" } });
  expect(await call(world, getTotal, "a")).toMatchObject({
    total: BigInt(outcomes.length - refused.length),
  });
});

test("only events that are listened to leave the world, frame by frame and in order", async () => {
  const world = await start({ bootstrap });
  const frames: { frame: number; texts: string[] }[] = [];
  const enough = Promise.withResolvers<void>();
  world.onFrame(({ frame, events, lost }) => {
    const texts = events.map(({ entry, topic, bytes, start, end }) => {
      const { newState } = codecOf(WeatherEventSchema).decode(bytes, start, end);
      return `${entry.number} ${topic} ${newState}`;
    });
    expect(lost).toBe(0);
    frames.push({ frame, texts });
    if (frames.length === 20) enough.resolve();
  });
  await call(world, increase, "a", { amount: 1n });
  await call(world, increase, "a", { amount: 1n });
  expect(frames).toEqual([]);
  world.listenTo([weatherNumber]);
  await within("20 frames", enough.promise);
  world.listenTo([]);
  const numbers = frames.map(({ frame }) => frame);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  // The first frame may have begun before anybody listened.
  for (const { frame, texts } of frames.slice(1, 20)) {
    expect(texts).toEqual(["one", "two", "three"].map((key) => `1 weather/${key} ${frame}`));
  }
});

/** Ports of this thread: a world that starts opens many at once. */
function portsOpen(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
}

test("output of the first frames, before anybody is there to read it, does not silence the world", async () => {
  for (const workers of [2, 3]) {
    const before = portsOpen();
    const starting = start({ workers, bootstrap });
    while (portsOpen() === before) await new Promise(setImmediate);
    // While the main thread stands still, the workers start, run frames and ring for attention.
    const until = performance.now() + 1_500;
    while (performance.now() < until);
    const world = await starting;
    expect(await call(world, increase, "a", { amount: 1n })).toMatchObject({ total: 1n });
  }
});

test("a failure that nobody takes reaches onFailure, refuses what waits and what comes", async () => {
  const world = await start();
  const failure = Promise.withResolvers<TellurionError>();
  world.onFailure(failure.resolve);
  const failed = {
    code: "WORLD_FAILED",
    message: expect.stringMatching(/fragile\/1 threw on tellurion.test.v1.Add in frame \d+/),
  };
  await call(world, increase, "a", { amount: 1_003n });
  expect(await within("the failure", failure.promise)).toMatchObject(failed);
  await expect(call(world, increase, "a", { amount: 1n })).rejects.toMatchObject(failed);
});

test("a call that waits when the world fails is refused with its failure", async () => {
  const world = await start({ tickHz: 20 });
  await call(world, increase, "a", { amount: 1_003n });
  // It takes some frames until the failure has reached the top: until then, each call follows the last one at once.
  let answered = 0;
  const refused = await (async () => {
    for (; answered < 10; answered += 1) await call(world, increase, "a", { amount: 1n });
  })().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "WORLD_FAILED" });
});

test.each([1, 3])(
  "a world of %i workers stops in under 2 s, and refuses calls from then on",
  async (workers) => {
    const world = await start({ workers, bootstrap, tickHz: 10 });
    await call(world, increase, "a", { amount: 1n });
    const waiting = call(world, increase, "a", { amount: 1n }).catch((error) => error);
    const began = performance.now();
    await world.stop();
    expect(performance.now() - began).toBeLessThan(2_000);
    const outcome = await within("the waiting call", waiting);
    expect(["WORLD_STOPPED", undefined]).toContain((outcome as { code?: string }).code);
    await expect(call(world, increase, "a", { amount: 1n })).rejects.toMatchObject({
      code: "WORLD_STOPPED",
    });
    await world.stop();
  },
);

test("a world whose handler never returns stops all the same: its worker is ended", async () => {
  const world = await start();
  const stuck = call(world, increase, "a", { amount: 1_002n }).catch((error) => error);
  await expect(call(world, getTotal, "a", {}, 200)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
  });
  const began = performance.now();
  await world.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
  expect(await within("the stuck call", stuck)).toMatchObject({ code: "WORLD_STOPPED" });
});

test("a module that cannot be imported is named, with its error", async () => {
  await expect(start({ actorsModule: modules.broken })).rejects.toMatchObject({
    code: "WORKER_START_FAILED",
    message: expect.stringMatching(/broken-world.ts cannot be imported: this module is broken/),
  });
  await expect(start({ actorsModule: modules.missing })).rejects.toMatchObject({
    code: "WORKER_START_FAILED",
    message: expect.stringContaining("no-such-file.js"),
  });
});

test("a module that only workers cannot import is named, with its error", async () => {
  await expect(start({ actorsModule: modules.halfBroken })).rejects.toMatchObject({
    code: "WORKER_START_FAILED",
    message: expect.stringMatching(
      /worker \d did not start: Error: this module is broken in workers[\s\S]*half-broken-world.ts/,
    ),
  });
});

test("a worker that exits before it is ready is an error, not a wait", async () => {
  await expect(start({ actorsModule: modules.exiting, workers: 2 })).rejects.toMatchObject({
    code: "WORKER_START_FAILED",
    message: expect.stringMatching(/worker \d exited by itself, with code 3/),
  });
});

test("a module without a list of actors is named", async () => {
  await expect(start({ actorsModule: modules.nonsense })).rejects.toMatchObject({
    code: "INVALID_DEFINITION",
    message: expect.stringContaining("nonsense-world.ts does not export `actors`"),
  });
});

test.each([
  { workers: 0 },
  { workers: 17 },
  { workers: 1.5 },
  { workers: Number.NaN },
  { tickHz: 0 },
  { tickHz: 241 },
  { tickHz: 1_000 },
  { tickHz: 0.5 },
  { seed: -1 },
  { seed: 1.5 },
  { seed: 2 ** 53 },
])("%j is refused by name", async (options) => {
  const [[name, value]] = Object.entries(options) as [[string, number]];
  await expect(start(options)).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringContaining(`${name}=${value} is not valid; valid are integers from`),
  });
});

test("counters of all workers are read while the world runs", async () => {
  const world = await start({ bootstrap });
  for (let i = 0; i < 5; i += 1) await call(world, increase, "a", { amount: 1n });
  await call(world, increase, "a", { amount: 1_001n }).catch(() => {});
  await call(world, getTotal, "nobody").catch(() => {});
  const metrics = world.metrics();
  expect(metrics.actors).toBe(4);
  expect(metrics.failures).toBe(1);
  expect(metrics.deadLetters).toBe(1);
  expect(metrics.deadLettersByReason["no-such-actor"]).toBe(1);
  expect(metrics.frame).toBeGreaterThan(5);
  expect(metrics.handled).toBeGreaterThanOrEqual(6 + 3 * 5);
  expect(metrics.published).toBeGreaterThanOrEqual(5);
  expect(metrics.workers).toHaveLength(2);
  const row = metrics.types.find(
    ({ type }) => type === "tellurion.test.v1.CounterService/Increase",
  );
  expect(row).toMatchObject({ kind: "counter", handled: 6, depthMax: 1 });
});

test("queries have a row of their own, and the busiest actors are told by their addresses", async () => {
  const world = await start({ bootstrap });
  for (let i = 0; i < 3; i += 1) await call(world, increase, "a", { amount: 1n });
  for (let i = 0; i < 2; i += 1) await call(world, getTotal, "a");
  const rows = world.metrics().types;
  const queries = rows.find(({ type }) => type === "tellurion.test.v1.CounterService/GetTotal");
  expect(queries?.handled).toBe(2);
  expect(queries?.timeMs).toBeGreaterThan(0);
  const loads = world.busiestActors(10);
  expect(loads).toHaveLength(world.metrics().actors);
  expect(loads.find(({ address }) => address === "counter/a")).toMatchObject({ handled: 3 });
  expect(loads.map(({ timeMs }) => timeMs)).toEqual(
    loads.map(({ timeMs }) => timeMs).sort((a, b) => b - a),
  );
});
