import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { afterEach, expect, test } from "vitest";
import type { CallOutcome, RemoteCall } from "../../../src/bridges/call-port.ts";
import { stalledAfterMs } from "../../../src/bridges/in/poller.ts";
import { visibilitySeconds } from "../../../src/bridges/in/queue.ts";
import { type BridgeIn, startInlets } from "../../../src/bridges/in/start-in.ts";
import { RemoteCommandSchema } from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import { packOf, weatherEvent } from "../../actors/bridge/packs.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { VirtualQueue } from "./virtual-queue.ts";

const method = "tellurion.v1.WeatherService/SetWeather";
const queueUrl = "http://queue/commands";
const deadLetterQueueUrl = "http://queue/commands-dead";
const done: CallOutcome = { ok: true };

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

interface Rig {
  readonly queue: VirtualQueue;
  readonly clock: VirtualClock;
  readonly calls: RemoteCall[];
  readonly bridgeIn: BridgeIn;
  readonly log: string[];
}

function start(
  answer: (call: RemoteCall) => Promise<CallOutcome> | CallOutcome = () => done,
  options: { deadLetters?: string | undefined; pollers?: number } = {},
): Rig {
  const { deadLetters = deadLetterQueueUrl, pollers = 1 } = options;
  const queue = new VirtualQueue();
  const clock = new VirtualClock();
  const calls: RemoteCall[] = [];
  const log: string[] = [];
  const hasDeadLetters = !("deadLetters" in options) || options.deadLetters !== undefined;
  const commands = {
    queueUrl,
    deadLetterQueueUrl: hasDeadLetters ? deadLetters : undefined,
    methods: [method],
    pollers,
  };
  const call = async (command: RemoteCall) => {
    calls.push(command);
    return await answer(command);
  };
  const clients = { polls: queue, requests: queue };
  const parts = { clock, random: () => 0.5, log: (_: string, text: string) => log.push(text) };
  const bridgeIn = startInlets({ commands, events: undefined }, clients, call, parts);
  stop = async () => {
    const stopped = bridgeIn.stop();
    await clock.pass(20_000);
    await stopped;
  };
  return { queue, clock, calls, bridgeIn, log };
}

function command(commandId: string, more: { deadlineMs?: bigint } = {}): string {
  const payload = { case: "json", value: '{"region":"moor"}' } as const;
  return toJsonString(
    RemoteCommandSchema,
    create(RemoteCommandSchema, { commandId, method, payload, ...more }),
  );
}

test("a command leaves the queue after the world has said that it is done, and not before", async () => {
  const answer = Promise.withResolvers<CallOutcome>();
  const { queue, clock, calls, bridgeIn } = start(() => answer.promise);
  const receipt = queue.put(command("c-1"), { c: "json" });
  await clock.pass(5_000);
  expect(calls).toEqual([
    {
      method,
      payload: { json: '{"region":"moor"}' },
      idempotencyKey: "sqs/c-1",
      timeoutMs: 30_000,
    },
  ]);
  expect(queue.deleted).toEqual([]);
  answer.resolve(done);
  await clock.pass(100);
  expect(queue.deleted).toEqual([receipt]);
  expect(bridgeIn.counters()).toMatchObject({ commandsReceived: 1, commandsDone: 1 });
});

test("a command in binary is carried out like one in JSON", async () => {
  const { queue, clock, calls } = start();
  const payload = { case: "message", value: Uint8Array.of(1, 2) } as const;
  const remote = create(RemoteCommandSchema, { commandId: "c-2", method, payload });
  const bytes = toBinary(RemoteCommandSchema, remote);
  queue.put(Buffer.from(bytes).toString("base64url"), { c: "proto" });
  await clock.pass(100);
  expect(calls).toMatchObject([
    { idempotencyKey: "sqs/c-2", payload: { message: Buffer.from(payload.value) } },
  ]);
});

test.each([
  ["INVALID_ARGUMENT"],
  ["NOT_FOUND"],
  ["FAILED_PRECONDITION"],
  ["IDEMPOTENCY_KEY_REUSED"],
  ["HANDLER_FAILED"],
])("a command that is refused with %s goes to the dead-letter queue as it came", async (code) => {
  const { queue, clock, bridgeIn } = start(() => ({
    ok: false,
    code,
    text: "region=x is no region",
  }));
  const body = command("c-3");
  const receipt = queue.put(body, { c: "json", traceparent: "00-1-2-01" });
  await clock.pass(100);
  expect(queue.sent).toEqual([
    {
      QueueUrl: deadLetterQueueUrl,
      MessageBody: body,
      MessageAttributes: {
        c: { DataType: "String", StringValue: "json" },
        traceparent: { DataType: "String", StringValue: "00-1-2-01" },
        reason: { DataType: "String", StringValue: "refused" },
        error: { DataType: "String", StringValue: `${code}: region=x is no region` },
      },
    },
  ]);
  expect(queue.deleted).toEqual([receipt]);
  expect(bridgeIn.counters()).toMatchObject({ commandsRefused: 1, commandsDeadLettered: 1 });
});

test.each([
  ["UNAVAILABLE"],
  ["RESOURCE_EXHAUSTED"],
  ["DEADLINE_EXCEEDED"],
  ["WORLD_NOT_DURABLE"],
  ["WORLD_STOPPED"],
])(
  "a command that is refused with %s stays in the queue, out of sight for longer each time",
  async (code) => {
    const { queue, clock, bridgeIn } = start(() => ({ ok: false, code, text: "not now" }));
    const receipts = [1, 2, 3].map((receives) =>
      queue.put(command("c-4"), { c: "json" }, receives),
    );
    await clock.pass(10_000);
    expect(queue.hidden).toEqual([
      { receipt: receipts[0], seconds: 4 },
      { receipt: receipts[1], seconds: 15 },
      { receipt: receipts[2], seconds: 60 },
    ]);
    expect(queue.deleted).toEqual([]);
    expect(queue.sent).toEqual([]);
    expect(bridgeIn.counters()).toMatchObject({ commandsPutOff: 3, commandsDuplicate: 2 });
  },
);

test("a world that takes nothing for an hour is asked seldom, and with one command at a time", async () => {
  const { queue, clock } = start(() => ({
    ok: false,
    code: "WORLD_NOT_DURABLE",
    text: "disk full",
  }));
  for (let i = 0; i < 2_000; i += 1) queue.put(command(`c-${i}`), { c: "json" });
  // As much as may be handled at one time is there before the world has answered for the first.
  await clock.settle();
  expect(queue.polls.length).toBeLessThan(8);
  const before = queue.polls.length;
  await clock.pass(3_600_000);
  expect(queue.polls.slice(before).every((count) => count === 1)).toBe(true);
  expect(queue.polls.length).toBeLessThan(400);
});

test("commands come ten at a time again as soon as the world takes one", async () => {
  let ok = false;
  const { queue, clock } = start(() => (ok ? done : { ok: false, code: "UNAVAILABLE", text: "" }));
  for (const id of ["c-1", "c-2"]) {
    queue.put(command(id), { c: "json" });
    await clock.pass(10_000);
  }
  ok = true;
  queue.put(command("c-3"), { c: "json" });
  await clock.pass(1_000);
  expect(queue.polls).toEqual([10, 10, 1, 10]);
});

test("a message stays out of sight as long as its call runs", async () => {
  const answer = Promise.withResolvers<CallOutcome>();
  const { queue, clock } = start(() => answer.promise);
  const receipt = queue.put(command("c-5"), { c: "json" });
  await clock.pass(34_000);
  expect(queue.hidden).toEqual([{ receipt, seconds: visibilitySeconds }]);
  answer.resolve(done);
  await clock.pass(90_000);
  expect(queue.hidden).toHaveLength(1);
});

test("a world that never answers is as one that did not answer in time", async () => {
  const { queue, clock, bridgeIn } = start(() => new Promise(() => {}));
  queue.put(command("c-6"), { c: "json" });
  await clock.pass(36_000);
  expect(bridgeIn.counters()).toMatchObject({ commandsPutOff: 1, commandsDone: 0 });
  expect(queue.deleted).toEqual([]);
});

test("a command whose deadline is over is not carried out", async () => {
  const { queue, clock, calls } = start();
  await clock.pass(10_000);
  queue.put(command("late", { deadlineMs: BigInt(clock.epochMs()) }), { c: "json" });
  queue.put(command("soon", { deadlineMs: BigInt(clock.epochMs() + 700) }), { c: "json" });
  await clock.pass(100);
  expect(calls).toMatchObject([{ idempotencyKey: "sqs/soon", timeoutMs: 700 }]);
  expect(queue.sent).toMatchObject([{ MessageAttributes: { reason: { StringValue: "expired" } } }]);
});

test("of a command that comes again after its deadline it is told that it may have taken effect", async () => {
  const { queue, clock, calls } = start();
  const body = command("again", { deadlineMs: BigInt(clock.epochMs() + 10_000) });
  queue.put(body, { c: "json" });
  await clock.pass(30_000);
  // The process was killed before it was deleted.
  queue.put(body, { c: "json" }, 2);
  await clock.pass(30_000);
  expect(calls).toHaveLength(1);
  const [dead] = queue.sent;
  expect(dead?.MessageAttributes).toMatchObject({
    reason: { StringValue: "expired" },
    error: { StringValue: expect.stringContaining("for time 2: it may have taken effect") },
  });
});

test("a message stays where it is while the dead-letter queue takes nothing", async () => {
  const { queue, clock, bridgeIn } = start(() => ({ ok: false, code: "NOT_FOUND", text: "" }));
  queue.problem = new Error("503");
  queue.put(command("c-7"), { c: "json" });
  await clock.pass(1_000);
  expect(queue.deleted).toEqual([]);
  expect(bridgeIn.counters()).toMatchObject({ commandsDeadLettered: 0, commandsPutOff: 1 });
});

test("without a dead-letter queue, what the world refuses is dropped and counted", async () => {
  const { queue, clock, bridgeIn } = start(() => ({ ok: false, code: "NOT_FOUND", text: "" }), {
    deadLetters: undefined,
  });
  const receipt = queue.put(command("c-8"), { c: "json" });
  await clock.pass(1_000);
  expect(queue.deleted).toEqual([receipt]);
  expect(bridgeIn.counters()).toMatchObject({ commandsRefused: 1, commandsDeadLettered: 0 });
});

test("without a dead-letter queue, what nobody can read leaves the queue after ten times", async () => {
  const { queue, clock } = start(() => done, { deadLetters: undefined });
  queue.put("00ff", { c: "hex" }, 9);
  const last = queue.put("00ff", { c: "hex" }, 10);
  await clock.pass(1_000);
  expect(queue.deleted).toEqual([last]);
});

test("polls that fail are repeated, each pause longer than the one before", async () => {
  const { queue, clock, bridgeIn, log } = start();
  await clock.settle();
  queue.poll = () => Promise.reject(new Error("ECONNREFUSED"));
  queue.put(command("c-9"), { c: "json" });
  await clock.pass(700);
  expect(queue.polls).toHaveLength(5);
  await clock.pass(60_000);
  expect(queue.polls.length).toBeLessThan(16);
  queue.poll = undefined;
  const receipt = queue.put(command("c-10"), { c: "json" });
  await clock.pass(20_000);
  expect(queue.deleted).toContain(receipt);
  expect(bridgeIn.counters().retries).toBeGreaterThan(5);
  expect(log[0]).toContain("poll 1 in a row failed: Error: ECONNREFUSED");
});

test("a poller whose poll never ends begins anew, and what the old one still brings is left alone", async () => {
  const { queue, clock, calls, bridgeIn, log } = start();
  const json = { c: { DataType: "String", StringValue: "json" } };
  const stuck = Promise.withResolvers<{ Messages?: [] }>();
  await clock.settle();
  queue.poll = () => stuck.promise;
  queue.put(command("c-11"), { c: "json" });
  await clock.pass(stalledAfterMs - 20_000);
  expect(bridgeIn.counters().pollerRestarts).toBe(0);
  queue.poll = undefined;
  await clock.pass(40_000);
  expect(bridgeIn.counters().pollerRestarts).toBe(1);
  expect(log.at(-1)).toContain("a poll has not ended in 60000 ms");
  queue.put(command("c-12"), { c: "json" });
  await clock.pass(100);
  expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["sqs/c-11", "sqs/c-12"]);
  const late = { MessageId: "old", Body: command("c-13"), MessageAttributes: json };
  stuck.resolve({ Messages: [late] as never });
  await clock.pass(100);
  expect(calls).toHaveLength(2);
});

test("messages that are handled at one time are bounded", async () => {
  const waiting: ((outcome: CallOutcome) => void)[] = [];
  const { queue, clock, calls } = start(() => new Promise((resolve) => waiting.push(resolve)));
  for (let i = 0; i < 200; i += 1) queue.put(command(`c-${i}`), { c: "json" });
  await clock.pass(1_000);
  expect(calls).toHaveLength(60);
  while (waiting.length > 0) {
    for (const resolve of waiting.splice(0)) resolve(done);
    await clock.pass(100);
  }
  expect(queue.deleted).toHaveLength(200);
});

test("a stop finishes what has been received, and asks for no more", async () => {
  const answer = Promise.withResolvers<CallOutcome>();
  const { queue, clock, calls, bridgeIn } = start(() => answer.promise, { pollers: 3 });
  const receipt = queue.put(command("c-14"), { c: "json" });
  await clock.settle();
  const stopped = bridgeIn.stop();
  queue.put(command("c-15"), { c: "json" });
  answer.resolve(done);
  await clock.pass(1_000);
  await stopped;
  expect(queue.deleted).toEqual([receipt]);
  expect(calls).toHaveLength(1);
});

test("what a part hears of itself on a topic that it shares is ignored", async () => {
  const queue = new VirtualQueue();
  const clock = new VirtualClock();
  const calls: RemoteCall[] = [];
  const bridgeIn = startInlets(
    { commands: undefined, events: { queueUrl, deadLetterQueueUrl } },
    { polls: queue, requests: queue },
    async (call) => {
      calls.push(call);
      return done;
    },
    { clock, isOwnEpoch: (epoch) => epoch.startsWith("own-") },
  );
  stop = () => bridgeIn.stop();
  const body = Buffer.from(packOf(weatherEvent(1))).toString("base64url");
  const attributes = { s: "weather", q: "1", n: "1", c: "raw" };
  const receipts = ["own-1", "other-1"].map((e) => queue.put(body, { ...attributes, e }));
  await clock.pass(100);
  expect(calls).toHaveLength(1);
  expect(queue.deleted.toSorted()).toEqual(receipts);
  expect(bridgeIn.counters()).toMatchObject({
    remotePacksIgnored: 1,
    remotePacksDone: 1,
    remotePacksRefused: 0,
  });
});
