import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { InputSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import { TellurionError } from "../../../src/runtime/errors.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import type { JournalEntry } from "../../../src/runtime/journal/entries.ts";
import { digestOf } from "../../../src/runtime/journal/keyed-inputs.ts";
import { CallDesk, type CallDeskParts } from "../../../src/runtime/world/call-desk.ts";
import { catalogueOf, type MethodEntry } from "../../../src/runtime/world/catalogue.ts";
import { CommitGate } from "../../../src/runtime/world/commit-gate.ts";
import type { Outcome } from "../../../src/runtime/world/inbox.ts";
import type { QueuedInput } from "../../../src/runtime/world/input-queue.ts";
import { counter } from "../../support/counter.ts";
import { settled } from "../effects/virtual-clock.ts";

const catalogue = catalogueOf([counter()]);
const inputCodec = codecOf(InputSchema);
const request = Uint8Array.of(1, 2, 3);

function methodOf(name: string, durable = false): MethodEntry {
  const entry = catalogue.methodByName(`tellurion.test.v1.CounterService/${name}`);
  if (entry === undefined) throw new Error(`no method ${name}`);
  return { ...entry, durable };
}

const plain = methodOf("Increase");
const durable = methodOf("Increase", true);
const query = methodOf("GetTotal");

function ok(value: number): Outcome {
  return { error: undefined, payload: Uint8Array.of(value) };
}

function create(parts: Partial<CallDeskParts> = {}) {
  const gate = new CommitGate();
  const inputs: QueuedInput[] = [];
  const entries: JournalEntry[] = [];
  const desk = new CallDesk({
    ...{ callsMax: 10, inboxKeysMax: 10, gate },
    offer: (input) => inputs.push(input) > 0,
    journal: (entry) => void entries.push(entry),
    ...parts,
  });
  const told: string[] = [];
  /** Calls, and notes as `who value` or `who CODE` what comes back. */
  const call = (who: string, method = plain, idempotencyKey = "", bytes = request): number => {
    desk.call(method, "x", bytes, { timeoutMs: 1_000, idempotencyKey }).then(
      (payload) => told.push(`${who} ${payload[0]}`),
      ({ code }: TellurionError) => told.push(`${who} ${code}`),
    );
    const last = inputs.at(-1);
    return last ? inputCodec.decode(last.bytes).call : 0;
  };
  return { desk, gate, inputs, entries, told, call };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("a call becomes an input that says what is asked of whom, and its reply comes back", async () => {
  const { desk, inputs, told, call } = create();
  const number = call("Ann");
  expect(inputCodec.decode((inputs[0] as QueuedInput).bytes)).toMatchObject({
    address: "counter/x",
    what: { case: "method", value: "tellurion.test.v1.CounterService/Increase" },
    payload: request,
    call: number,
    key: "",
  });
  expect(inputs[0]).toMatchObject({ isQuery: false, isKeyed: false });
  desk.reply(1, number, ok(7));
  await settled();
  expect(told).toEqual(["Ann 7"]);
});

test("an error comes back with its code and text", async () => {
  const { desk } = create();
  const reply = desk.call(plain, "x", request, { timeoutMs: 1_000 });
  desk.reply(1, 1, { error: "FAILED_PRECONDITION", payload: Buffer.from("too much") });
  await expect(reply).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: "too much" });
});

test("the reply of a durable command waits for its frame's commit, that of any other does not", async () => {
  const { desk, gate, entries, told, call } = create();
  desk.reply(5, call("durable", durable), ok(1));
  desk.reply(5, call("plain"), ok(2));
  desk.reply(5, call("query", query), ok(3));
  await settled();
  expect(told).toEqual(["plain 2", "query 3"]);
  gate.commit(4);
  await settled();
  expect(told).toHaveLength(2);
  gate.commit(5);
  await settled();
  expect(told.at(-1)).toBe("durable 1");
  expect(entries).toEqual([]);
});

test("in a world that is kept nowhere no reply waits, and keys count all the same", async () => {
  const { desk, told, call } = create({ journal: undefined });
  desk.reply(5, call("Ann", durable), ok(1));
  desk.reply(5, call("Bob", plain, "k"), ok(2));
  call("Cid", plain, "k");
  await settled();
  expect(told).toEqual(["Ann 1", "Bob 2", "Cid 2"]);
});

test("the reply under a key is journalled, and comes back when its frame is on the disk", async () => {
  const { desk, gate, entries, inputs, told, call } = create();
  const number = call("Ann", plain, "k");
  expect(inputs[0]?.isKeyed).toBe(true);
  desk.reply(5, number, ok(9));
  const { address, what, payload } = inputCodec.decode((inputs[0] as QueuedInput).bytes);
  const digest = digestOf({ address, what, payload });
  expect(entries).toEqual([{ kind: "reply", key: "k", frame: 5, digest, ...ok(9) }]);
  await settled();
  expect(told).toEqual([]);
  gate.commit(5);
  await settled();
  expect(told).toEqual(["Ann 9"]);
});

test("all who ask under one key get the one outcome of the one command", async () => {
  const { desk, gate, inputs, told, call } = create();
  const number = call("Ann", plain, "k");
  call("Bob", plain, "k");
  desk.reply(5, number, ok(9));
  call("Cid", plain, "k");
  gate.commit(5);
  call("Dot", plain, "k");
  await settled();
  expect(inputs).toHaveLength(1);
  expect(told).toEqual(["Ann 9", "Bob 9", "Cid 9", "Dot 9"]);
});

test("a key that was used for another request is refused, and the first caller waits on", async () => {
  const { desk, gate, inputs, told, call } = create();
  const number = call("Ann", plain, "k");
  call("Bob", plain, "k", Uint8Array.of(9));
  await settled();
  expect(told).toEqual(["Bob IDEMPOTENCY_KEY_REUSED"]);
  expect(inputs).toHaveLength(1);
  desk.reply(1, number, ok(1));
  gate.commit(1);
  await settled();
  expect(told.at(-1)).toBe("Ann 1");
});

test("a key means nothing to a query", async () => {
  const { desk, inputs, told, call } = create();
  const numbers = ["Ann", "Bob"].map((who) => call(who, query, "k"));
  expect(inputs.map(({ isQuery, isKeyed }) => [isQuery, isKeyed])).toEqual([
    [true, false],
    [true, false],
  ]);
  for (const number of numbers) desk.reply(1, number, ok(number));
  await settled();
  expect(told).toEqual(["Ann 1", "Bob 2"]);
});

test("a call that finds no room is refused at once, and its key is free again", async () => {
  let room = false;
  const { desk, gate, told, call } = create({ offer: () => room });
  call("Ann", plain, "k");
  call("Bob");
  await settled();
  expect(told).toEqual(["Ann RESOURCE_EXHAUSTED", "Bob RESOURCE_EXHAUSTED"]);
  room = true;
  const reply = desk.call(plain, "x", Uint8Array.of(9), { timeoutMs: 1_000, idempotencyKey: "k" });
  desk.reply(1, 0x4000_0003, ok(5));
  gate.commit(1);
  expect(await reply).toEqual(Uint8Array.of(5));
});

test("more calls than callsMax do not wait", async () => {
  const { desk, inputs, told, call } = create({ callsMax: 2 });
  const number = call("Ann");
  call("Bob");
  call("Cid");
  await settled();
  expect(told).toEqual(["Cid RESOURCE_EXHAUSTED"]);
  expect(inputs).toHaveLength(2);
  desk.reply(1, number, ok(1));
  call("Dot");
  await settled();
  expect(told.at(-1)).toBe("Ann 1");
  desk.refuseAll(new TellurionError("WORLD_STOPPED", "over"));
});

test("a caller who stops waiting is told so; the outcome is there for whoever asks again under the key", async () => {
  const { desk, gate, told, call } = create();
  const number = call("Ann", plain, "k");
  vi.advanceTimersByTime(999);
  await settled();
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  await settled();
  expect(told).toEqual(["Ann DEADLINE_EXCEEDED"]);
  desk.reply(5, number, ok(3));
  gate.commit(5);
  call("Ann again", plain, "k");
  await settled();
  expect(told.at(-1)).toBe("Ann again 3");
});

test("queries are refused when a worker is lost, commands wait on; when the world ends, all are refused", async () => {
  const { desk, told, call } = create();
  call("query", query);
  call("plain");
  call("keyed", plain, "k");
  desk.refuseQueries();
  await settled();
  expect(told).toEqual(["query UNAVAILABLE"]);
  desk.refuseAll(new TellurionError("WORLD_STOPPED", "over"));
  await settled();
  expect(told.slice(1).sort()).toEqual(["keyed WORLD_STOPPED", "plain WORLD_STOPPED"]);
});

test("while the disk takes nothing, what is known is told, and what must not be lost is refused", async () => {
  const { desk, gate, inputs, told, call } = create();
  desk.reply(1, call("first", plain, "k"), ok(7));
  gate.commit(1);
  await settled();
  const taken = inputs.length;
  const ask = (who: string, method = plain, idempotencyKey = ""): void => {
    desk.call(method, "x", request, { timeoutMs: 1_000, idempotencyKey }, "the disk is full").then(
      (payload) => told.push(`${who} ${payload[0]}`),
      ({ code }: TellurionError) => told.push(`${who} ${code}`),
    );
  };
  ask("again", plain, "k");
  ask("new", plain, "l");
  ask("durable", durable);
  ask("passing");
  await settled();
  expect(told.sort()).toEqual([
    "again 7",
    "durable WORLD_NOT_DURABLE",
    "first 7",
    "new WORLD_NOT_DURABLE",
  ]);
  expect(inputs.length).toBe(taken + 1);
  desk.refuseAll(new TellurionError("WORLD_STOPPED", "over"));
});

test("a command in quarantine is refused to all who ask for it under its key", async () => {
  const { desk, told, call } = create();
  const number = call("first", plain, "k");
  call("second", plain, "k");
  desk.quarantine(number);
  call("third", plain, "k");
  await settled();
  expect(told).toEqual(["first", "second", "third"].map((who) => `${who} MESSAGE_QUARANTINED`));
});

const question = {
  address: "counter/x",
  what: { case: "method", value: plain.name },
  payload: request,
} as const;
const digest = digestOf(question);
const earlierCall = 0x4000_0001;

test("what an earlier process answered is answered again, without an input", async () => {
  const { desk, inputs, told, call } = create();
  desk.restore([{ key: "k", frame: 3, digest, ...ok(8) }], [], 9);
  call("Ann", plain, "k");
  call("Bob", plain, "k", Uint8Array.of(9));
  await settled();
  expect(told).toEqual(["Ann 8", "Bob IDEMPOTENCY_KEY_REUSED"]);
  expect(inputs).toEqual([]);
});

test("what an earlier process took and did not answer is answered when its frame has run again", async () => {
  const { desk, gate, entries, inputs, told, call } = create();
  gate.commit(9);
  desk.restore([], [{ key: "k", frame: 4, call: earlierCall, digest }], 9);
  call("Ann", plain, "k");
  expect(inputs).toEqual([]);
  desk.reply(4, earlierCall, ok(6));
  await settled();
  expect(told).toEqual(["Ann 6"]);
  expect(entries).toEqual([{ kind: "reply", key: "k", frame: 4, digest, ...ok(6) }]);
});

test("a reply of an earlier process's frame goes to no call of this one, whatever its number", async () => {
  const { desk, gate, entries, told, call } = create();
  gate.commit(9);
  desk.restore([], [{ key: "earlier", frame: 9, call: earlierCall, digest }], 9);
  const numbers = [call("Ann"), call("Bob", durable), call("Cid", plain, "k")];
  expect(numbers).toEqual([1, 2, 0x4000_0003]);
  for (const number of [...numbers, earlierCall]) desk.reply(9, number, ok(99));
  await settled();
  expect(told).toEqual([]);
  expect(entries).toHaveLength(1);
  for (const [i, number] of numbers.entries()) desk.reply(10, number, ok(i));
  gate.commit(10);
  await settled();
  expect(told.sort()).toEqual(["Ann 0", "Bob 1", "Cid 2"]);
});

test("calls of several earlier processes may have one number: the frame tells them apart", async () => {
  const { desk, gate, told, call } = create();
  gate.commit(9);
  const other = { ...question, payload: Uint8Array.of(9) };
  const keyed = [
    { key: "first", frame: 3, call: earlierCall, digest },
    { key: "second", frame: 7, call: earlierCall, digest: digestOf(other) },
  ];
  desk.restore([], keyed, 9);
  call("Ann", plain, "first");
  call("Bob", plain, "second", other.payload);
  desk.reply(7, earlierCall, ok(7));
  desk.reply(3, earlierCall, ok(3));
  await settled();
  expect(told).toEqual(["Bob 7", "Ann 3"]);
});
