import { describe, expect, onTestFinished, test } from "vitest";
import { type Message, messageOf } from "../../../src/bridges/out/message.ts";
import { type ClosedPack, Outbox } from "../../../src/bridges/out/outbox.ts";
import { Publisher } from "../../../src/bridges/out/publisher.ts";
import { RefusedMessage, refusalOf } from "../../../src/bridges/out/topic.ts";
import { noTracing } from "../../../src/bridges/tracing/tracing.ts";
import { worldId } from "../../support/mirroring.ts";
import { within } from "../../support/within.ts";

interface Attempt {
  readonly message: Message;
  readonly key: string;
  arrive(): void;
  fail(error: Error): void;
}

/** A topic that answers when the test says so. */
class HeldTopic {
  readonly attempts: Attempt[] = [];
  #told = () => {};

  publish(message: Message): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { s, q } = message.attributes;
    const key = `${s?.StringValue} ${q?.StringValue}`;
    this.attempts.push({ message, key, arrive: resolve, fail: reject });
    this.#told();
    return promise;
  }

  /** The attempt of that number, when it has come. */
  async attempt(number: number): Promise<Attempt> {
    while (this.attempts.length < number) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#told = resolve;
      await within(`attempt ${number}`, promise);
    }
    return this.attempts[number - 1] as Attempt;
  }

  get keys(): string[] {
    return this.attempts.map(({ key }) => key);
  }
}

const pack = (stream: string, sequence: number): ClosedPack => ({
  ...{ stream, epoch: "e", sequence, events: 3, codec: "raw", schema: "0123456789abcdef" },
  ...{ closedMs: 1, traceparent: "", body: Uint8Array.of(sequence, 250, 251, 252) },
});

interface Options {
  readonly fifo?: boolean;
  readonly inFlightMax?: number;
  readonly packs: readonly ClosedPack[];
}

function publishing({ fifo = false, inFlightMax = 4, packs }: Options) {
  const outbox = new Outbox(":memory:", ["a", "b"]);
  outbox.begin({ worldId, after: 0, reached: 0 }, []);
  outbox.write({ packs, streams: [], sheds: [], taken: [], forget: [] });
  const topic = new HeldTopic();
  const pauses: number[] = [];
  const warnings: string[] = [];
  const publisher = new Publisher({
    tracing: noTracing,
    ...{ outbox, topic, fifo, inFlightMax, world: "moor" },
    random: () => 0.5,
    pause: async (ms) => void pauses.push(ms),
    warn: (text) => warnings.push(text),
  });
  onTestFinished(() => outbox.close());
  publisher.wake();
  return { outbox, topic, publisher, pauses, warnings };
}

const throttled = Object.assign(new Error("Rate exceeded"), { name: "ThrottledException" });
const late = Object.assign(new Error("socket timed out"), { name: "TimeoutError" });

test("a message says what a consumer has to know, in eight attributes at most", () => {
  const message = messageOf({ ...pack("a", 7), id: 1 }, "moor", true);
  expect(message).toEqual({
    body: Buffer.from([7, 250, 251, 252]).toString("base64url"),
    attributes: {
      s: { DataType: "String", StringValue: "a" },
      e: { DataType: "String", StringValue: "e" },
      q: { DataType: "Number", StringValue: "7" },
      n: { DataType: "Number", StringValue: "3" },
      c: { DataType: "String", StringValue: "raw" },
      v: { DataType: "String", StringValue: "0123456789abcdef" },
      world: { DataType: "String", StringValue: "moor" },
    },
    order: { group: "a", deduplication: "e-a-7" },
  });
  expect(messageOf({ ...pack("a", 7), id: 1 }, "moor", false).order).toBeUndefined();
});

test("what fails is sent again, as it was, until it has arrived", async () => {
  const { topic, publisher, outbox, pauses } = publishing({ packs: [pack("a", 1)] });
  for (const [i, error] of [throttled, late, throttled].entries()) {
    (await topic.attempt(i + 1)).fail(error);
  }
  (await topic.attempt(4)).arrive();
  await within("an empty outbox", publisher.empty());
  const [first, ...others] = topic.attempts.map(({ message }) => message);
  for (const message of others) expect(message).toEqual(first);
  expect(pauses).toEqual([25, 50, 100]);
  expect(outbox.packs).toBe(0);
  expect(publisher.counters).toEqual({ packs: 1, events: 3, requests: 4, retries: 3, refused: 0 });
});

test("pauses between attempts grow up to five seconds at most", async () => {
  const { topic, publisher, pauses } = publishing({ packs: [pack("a", 1)] });
  for (let i = 1; i <= 10; i += 1) (await topic.attempt(i)).fail(throttled);
  (await topic.attempt(11)).arrive();
  await within("an empty outbox", publisher.empty());
  expect(pauses.slice(-4)).toEqual([1_600, 2_500, 2_500, 2_500]);
});

test("so many messages are on their way at one time, and no more", async () => {
  const packs = [1, 2, 3, 4, 5].map((sequence) => pack("a", sequence));
  const { topic, publisher } = publishing({ inFlightMax: 2, packs });
  expect([topic.keys, publisher.inFlight]).toEqual([["a 1", "a 2"], 2]);
  (await topic.attempt(2)).arrive();
  await topic.attempt(3);
  expect(topic.keys).toEqual(["a 1", "a 2", "a 3"]);
});

test("of a FIFO topic, a stream's next message waits for the one before, and for no other stream's", async () => {
  const packs = [pack("a", 1), pack("a", 2), pack("b", 1), pack("a", 3), pack("b", 2)];
  const { topic, publisher } = publishing({ fifo: true, packs });
  expect(topic.keys).toEqual(["a 1", "b 1"]);
  (await topic.attempt(1)).fail(throttled);
  (await topic.attempt(2)).arrive();
  await topic.attempt(4);
  expect(topic.keys.slice(2).toSorted()).toEqual(["a 1", "b 2"]);
  for (let number = 3; number <= 6; number += 1) (await topic.attempt(number)).arrive();
  await within("an empty outbox", publisher.empty());
  expect(topic.keys.filter((key) => key.startsWith("a"))).toEqual(["a 1", "a 1", "a 2", "a 3"]);
});

test("a message that is refused for good is kept apart, and holds up nothing", async () => {
  const packs = [pack("a", 1), pack("a", 2)];
  const { topic, publisher, outbox, warnings } = publishing({ fifo: true, packs });
  (await topic.attempt(1)).fail(new RefusedMessage("InvalidParameter: odd", undefined));
  (await topic.attempt(2)).arrive();
  await within("an empty outbox", publisher.empty());
  expect(topic.keys).toEqual(["a 1", "a 2"]);
  expect(outbox.refused()).toMatchObject([{ sequence: 1, reason: "InvalidParameter: odd" }]);
  expect(publisher.counters).toMatchObject({ packs: 1, refused: 1 });
  expect(warnings).toEqual([expect.stringContaining("pack 1 of stream a")]);
});

test("failures in a row are told of at the first, second, fourth … of them, and when it works again", async () => {
  const { topic, warnings, publisher } = publishing({ packs: [pack("a", 1)] });
  for (let number = 1; number <= 5; number += 1) (await topic.attempt(number)).fail(late);
  (await topic.attempt(6)).arrive();
  await within("an empty outbox", publisher.empty());
  expect(warnings.map((text) => text.match(/\d+/)?.[0])).toEqual(["1", "2", "4", "5"]);
});

test("what is on its way when publishing is stopped stays in the outbox", async () => {
  const { topic, publisher, outbox } = publishing({ packs: [pack("a", 1)] });
  const attempt = await topic.attempt(1);
  const stopped = publisher.stop();
  attempt.fail(new Error("aborted"));
  await within("the end", stopped);
  expect([outbox.packs, topic.attempts.length]).toEqual([1, 1]);
});

describe("an error of SNS", () => {
  const error = (name: string, message: string, status = 400) =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
  test.each([
    [
      "about a parameter of the message refuses it",
      error("InvalidParameterException", "Invalid parameter: Message too long"),
      true,
    ],
    ["about its size refuses it", error("Unknown", "UnknownError", 413), true],
    [
      "about the topic's name does not",
      error("InvalidParameterException", "Invalid parameter: TopicArn"),
      false,
    ],
    [
      "about a topic that is not there does not",
      error("NotFoundException", "Topic does not exist", 404),
      false,
    ],
    ["about rights does not", error("AuthorizationErrorException", "not authorized", 403), false],
    ["about the rate does not", error("ThrottledException", "Rate exceeded", 429), false],
    ["about itself does not", error("InternalErrorException", "oops", 500), false],
    ["of the line does not", new Error("socket hang up"), false],
  ])("%s", (_name, thrown, refuses) => {
    expect(refusalOf(thrown) instanceof RefusedMessage).toBe(refuses);
  });
});
