import { DatabaseSync } from "node:sqlite";
import { ReceiveMessageCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import {
  type Consumer,
  type ConsumerOptions,
  MemoryPositions,
  openConsumer,
  queueClient,
} from "../../../clients/consumer/src/index.ts";
import { SqlitePositions } from "../../../clients/consumer/src/sqlite-positions.ts";
import { startFauxqs } from "../../support/fauxqs.ts";
import { within } from "../../support/within.ts";
import { attributesOf, base64url, encoded, gameEvent, header, packOf } from "./support.ts";

let server: FauxqsServer;
let client: SQSClient;
let queues = 0;
beforeAll(async () => {
  server = await startFauxqs();
  client = clientAt(server.address);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

function clientAt(endpoint: string): SQSClient {
  const credentials = { accessKeyId: "none", secretAccessKey: "none" };
  return queueClient({ region: "us-east-1", endpoint, credentials });
}

interface Queues {
  readonly queueUrl: string;
  readonly poisonQueueUrl: string;
  readonly name: string;
}

function newQueues(attributes: Record<string, string> = {}): Queues {
  const name = `events-${++queues}`;
  const { queueUrl } = server.createQueue(name, { attributes });
  const poisonQueueUrl = server.createQueue(`${name}-poison`).queueUrl;
  return { queueUrl, poisonQueueUrl, name };
}

/** A pack with the events `from` to `to`. */
function send(name: string, q: number, from: number, to = from, damaged?: number): void {
  const events = Array.from({ length: to - from + 1 }, (_, i) => encoded(gameEvent(from + i)));
  if (damaged !== undefined) events[damaged] = Uint8Array.of(0x0a, 99);
  sendBody(name, base64url(packOf(events)), header(q, events.length));
}

function sendBody(name: string, body: string, texts: Readonly<Record<string, string>>): void {
  server.sendMessage(name, body, { messageAttributes: attributesOf(texts) });
}

type Given = Partial<ConsumerOptions> & Pick<ConsumerOptions, "queueUrl">;

async function open(options: Given): Promise<Consumer> {
  const usual = { client, waitSeconds: 1, pollers: 1, positions: new MemoryPositions() };
  const onProblem = () => {};
  const consumer = await openConsumer({ onProblem, ...usual, ...options });
  onTestFinished(() => consumer.close());
  return consumer;
}

/** Numbers of the events that come, and a promise of so many of them. */
function collector() {
  const seen: number[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    seen,
    note: (frames: readonly number[]) => {
      seen.push(...frames);
      for (const { count, resolve } of waiting) if (seen.length >= count) resolve();
    },
    until: (count: number) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      if (seen.length >= count) resolve();
      return within(`${count} events`, promise, 20_000);
    },
  };
}

function left(name: string): number {
  const messages = server.inspectQueue(name)?.messages;
  if (messages === undefined) throw new Error(`no queue ${name}`);
  return messages.ready.length + messages.inflight.length + messages.delayed.length;
}

async function untilEmpty(name: string): Promise<void> {
  await expect.poll(() => left(name), { timeout: 20_000 }).toBe(0);
}

test("packs that come out of order and twice are handed over in order and once, and are gone from the queue", async () => {
  const { queueUrl, name } = newQueues();
  const events = collector();
  send(name, 3, 7, 9);
  send(name, 2, 4, 6);
  send(name, 2, 4, 6);
  const consumer = await open({
    queueUrl,
    onEvents: (delivery) => events.note(delivery.events.map(({ frame }) => frame)),
  });
  send(name, 1, 1, 3);
  send(name, 3, 7, 9);
  await events.until(9);
  expect(events.seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await untilEmpty(name);
  expect(consumer.counters).toMatchObject({ packs: 3, events: 9, heldPacks: 0, gaps: 0 });
  expect(consumer.positions).toEqual([{ stream: "all", epoch: "e1", next: 4, missing: [] }]);
});

test("a pack that the world has sent twice is taken once, and neither message stays", async () => {
  const { queueUrl, name } = newQueues();
  const done = Promise.withResolvers<void>();
  let calls = 0;
  send(name, 1, 1);
  send(name, 1, 1);
  const consumer = await open({
    queueUrl,
    onEvents: () => {
      calls += 1;
      return done.promise;
    },
  });
  await expect.poll(() => consumer.counters.messages, { timeout: 10_000 }).toBe(2);
  expect(left(name)).toBe(2);
  done.resolve();
  await untilEmpty(name);
  expect(calls).toBe(1);
});

test("a message stays in the queue until its events have been acknowledged", async () => {
  const { queueUrl, name } = newQueues();
  const called = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  send(name, 1, 1);
  await open({
    queueUrl,
    onEvents: () => {
      called.resolve();
      return done.promise;
    },
  });
  await within("the handler", called.promise);
  expect(left(name)).toBe(1);
  done.resolve();
  await untilEmpty(name);
});

test("a slow handler's messages are kept hidden for longer than they were at first", async () => {
  const { queueUrl, name } = newQueues();
  const done = Promise.withResolvers<void>();
  const called = Promise.withResolvers<number>();
  send(name, 1, 1);
  const consumer = await open({
    queueUrl,
    visibilitySeconds: 1,
    gapTimeoutMs: 5_000,
    onEvents: () => {
      called.resolve(performance.now());
      return done.promise;
    },
  });
  const since = await within("the handler", called.promise);
  const deadlines = () => server.inspectQueue(name)?.messages.inflight ?? [];
  await expect.poll(() => performance.now() - since > 2_500, { timeout: 10_000 }).toBe(true);
  expect(deadlines()).toHaveLength(1);
  expect(consumer.counters.messages).toBe(1);
  done.resolve();
  await untilEmpty(name);
});

test("a handler that fails is called again with the same events, and nothing is lost or out of order", async () => {
  const { queueUrl, name } = newQueues();
  const events = collector();
  const problems: string[] = [];
  let calls = 0;
  for (const n of [1, 2, 3]) send(name, n, n);
  const consumer = await open({
    queueUrl,
    deliveryEventsMax: 1,
    onProblem: ({ kind, text }) => problems.push(`${kind}: ${text}`),
    onEvent: ({ frame }) => {
      calls += 1;
      if (frame === 2 && calls < 4) throw new Error("the database is away");
      events.note([frame]);
    },
  });
  await events.until(3);
  expect(events.seen).toEqual([1, 2, 3]);
  expect(consumer.counters.handlerFailures).toBe(2);
  expect(problems[0]).toBe("handler: packs 2 to 2 of stream all: the database is away");
  await untilEmpty(name);
});

test("one bad event goes to the poison queue with the reason, and its pack is acknowledged", async () => {
  const { queueUrl, poisonQueueUrl, name } = newQueues();
  const events = collector();
  send(name, 1, 1, 4, 2);
  const consumer = await open({
    queueUrl,
    poisonQueueUrl,
    onEvents: (delivery) => {
      const { events: all } = delivery;
      for (const event of all) if (event.frame === 4) delivery.refuse(event, "no such region ☂");
      events.note(all.map(({ frame }) => frame));
    },
  });
  await events.until(3);
  expect(events.seen).toEqual([1, 2, 4]);
  await untilEmpty(name);
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: poisonQueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
    }),
  );
  const read = Messages.map(({ Body, MessageAttributes = {} }) => {
    const texts = ["reason", "error", "q", "i", "c"].map((n) => MessageAttributes[n]?.StringValue);
    return [Body, ...texts];
  });
  expect(read).toHaveLength(2);
  const damaged = expect.stringContaining("not a GameEvent");
  expect(read).toContainEqual(["CmM", "undecodable", damaged, "1", "2", "event"]);
  const whole = base64url(encoded(gameEvent(4)));
  expect(read).toContainEqual([whole, "refused", "no such region ?", "1", "2", "event"]);
  expect(consumer.counters).toMatchObject({ poisoned: 2, events: 3, packs: 1 });
});

test("a message that cannot be read is left to the queue's policy, and its stream goes on after the gap", async () => {
  const dead = server.createQueue("dead-1");
  const policy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 2 });
  const { queueUrl, name } = newQueues({ RedrivePolicy: policy });
  const events = collector();
  const gaps: unknown[] = [];
  send(name, 1, 1);
  sendBody(name, "not base64!", header(2, 1));
  send(name, 3, 3);
  const consumer = await open({
    queueUrl,
    visibilitySeconds: 1,
    gapTimeoutMs: 1_500,
    onGap: (gap) => gaps.push(gap),
    onEvents: (delivery) => events.note(delivery.events.map(({ frame }) => frame)),
  });
  await events.until(2);
  expect(events.seen).toEqual([1, 3]);
  expect(gaps).toEqual([
    { stream: "all", epoch: "e1", first: 2, last: 2, packs: 1, joined: false },
  ]);
  await expect.poll(() => left("dead-1"), { timeout: 20_000 }).toBe(1);
  await untilEmpty(name);
  expect(consumer.counters).toMatchObject({ undecodable: 2, gaps: 1, lostPacks: 1 });
});

test("effects and position are committed together: after a crash anywhere, each effect is there once", async () => {
  const { queueUrl, name } = newQueues();
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  database.exec("CREATE TABLE seen (frame INTEGER)");
  const seen = () =>
    database
      .prepare("SELECT frame FROM seen")
      .all()
      .map((row) => Number(row["frame"]));
  const insert = database.prepare("INSERT INTO seen VALUES (?)");
  for (const n of [1, 2, 3, 4]) send(name, n, n);
  const failed = Promise.withResolvers<void>();
  const options = { queueUrl, visibilitySeconds: 1, gapTimeoutMs: 20_000, deliveryEventsMax: 1 };
  const first = await open({
    ...options,
    positions: new SqlitePositions(database),
    onProblem: () => failed.resolve(),
    onEvent: ({ frame }) => {
      insert.run(frame);
      if (frame === 3) throw new Error("a crash after the effect");
    },
  });
  await within("the crash", failed.promise);
  await first.close();
  expect(seen()).toEqual([1, 2]);
  // The queue delivers what was acknowledged once more, as it may.
  send(name, 1, 1);
  const second = await open({
    ...options,
    positions: new SqlitePositions(database),
    onEvent: ({ frame }) => void insert.run(frame),
  });
  await expect.poll(seen, { timeout: 20_000 }).toEqual([1, 2, 3, 4]);
  await untilEmpty(name);
  expect(second.counters.repeated).toBe(1);
});

test("closing gives back what waits for its turn", async () => {
  const { queueUrl, name } = newQueues();
  send(name, 2, 2);
  const sent = vi.spyOn(client, "send");
  onTestFinished(() => sent.mockRestore());
  const consumer = await open({
    queueUrl,
    visibilitySeconds: 100,
    gapTimeoutMs: 200_000,
    onEvent: () => {},
  });
  await expect.poll(() => consumer.counters.heldPacks, { timeout: 10_000 }).toBe(1);
  await consumer.close();
  const given = sent.mock.calls.flatMap(([{ input }]): object[] => {
    return "Entries" in input ? (input.Entries ?? []) : [];
  });
  expect(given).toEqual([expect.objectContaining({ VisibilityTimeout: 1 })]);
});

test("a backlog larger than what can be held comes through in order, and the rest of it waits in the queue", async () => {
  const policy = { deadLetterTargetArn: server.createQueue("dead-2").queueArn, maxReceiveCount: 5 };
  const { queueUrl, name } = newQueues({ RedrivePolicy: JSON.stringify(policy) });
  const sent = vi.spyOn(client, "send");
  onTestFinished(() => sent.mockRestore());
  for (const n of [6, 5, 3, 2, 4, 1]) send(name, n, n);
  const events = collector();
  const consumer = await open({
    queueUrl,
    heldPacksMax: 3,
    gapTimeoutMs: 8_000,
    visibilitySeconds: 5,
    onEvent: ({ frame }) => events.note([frame]),
  });
  await events.until(6);
  expect(events.seen).toEqual([1, 2, 3, 4, 5, 6]);
  await untilEmpty(name);
  expect(left("dead-2")).toBe(0);
  expect(consumer.counters).toMatchObject({ packs: 6, gaps: 0, latePacks: 0, putBack: 2 });
  const hidden = sent.mock.calls.flatMap(([{ input }]): object[] => {
    return "Entries" in input ? (input.Entries ?? []) : [];
  });
  const times = hidden.flatMap((entry) =>
    "VisibilityTimeout" in entry ? [entry.VisibilityTimeout] : [],
  );
  expect(times).toEqual([1, 1]);
});

test("messages sent with the SDK are read, of each codec", async () => {
  const { queueUrl } = newQueues();
  const events = collector();
  const bodies = [
    [base64url(packOf([encoded(gameEvent(1))])), "raw"],
    [base64url(encoded(gameEvent(2))), "event"],
    [
      '{"eventId":"w1:3:7:3","eventType":"EVENT_TYPE_WEATHER_CHANGED","frame":"3","event":{"weatherChanged":{}}}',
      "json",
    ],
  ] as const;
  await open({ queueUrl, onEvent: ({ frame }) => events.note([frame]) });
  for (const [i, [MessageBody, codec]] of bodies.entries()) {
    const MessageAttributes = attributesOf(header(i + 1, 1, codec));
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, MessageAttributes }),
    );
  }
  await events.until(3);
  expect(events.seen).toEqual([1, 2, 3]);
});

test.each([
  [{ pollers: 0 }, "pollers=0 is not a whole number of 1 to 32"],
  [{ waitSeconds: 21 }, "waitSeconds=21 is not a whole number of 0 to 20"],
  [{ gapTimeoutMs: 30_000 }, "gapTimeoutMs=30000 must be above visibilitySeconds=30"],
  [{ onEvents: () => {} }, "exactly one of onEvents and onEvent"],
])("options %j are refused", async (wrong, text) => {
  const options = { client, queueUrl: "none", positions: new MemoryPositions(), onEvent: () => {} };
  await expect(openConsumer({ ...options, ...wrong })).rejects.toThrow(text);
  await expect(openConsumer({ ...options, ...wrong })).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
  });
});

test("a FIFO queue's streams are read as those of any other", async () => {
  const { queueUrl, queueName: name } = server.createQueue("events.fifo", {
    attributes: { FifoQueue: "true" },
  });
  const events = collector();
  for (const n of [1, 2, 3, 4]) {
    server.sendMessage(name, base64url(packOf([encoded(gameEvent(n))])), {
      messageAttributes: attributesOf(header(n, 1)),
      messageGroupId: "all",
      messageDeduplicationId: `e1-all-${n}`,
    });
  }
  await open({ queueUrl, onEvent: ({ frame }) => events.note([frame]) });
  await events.until(4);
  expect(events.seen).toEqual([1, 2, 3, 4]);
  await untilEmpty(name);
});

test.each(["all", "a stream with spaces ".repeat(6).trim()])(
  "events that cannot be read do not stop a stream of FIFO queues: %s",
  async (stream) => {
    const fifo = { attributes: { FifoQueue: "true" } };
    const { queueUrl, queueName: name } = server.createQueue(`fifo-${++queues}.fifo`, fifo);
    const poison = server.createQueue(`fifo-${queues}-poison.fifo`, fifo);
    const events = collector();
    const damaged = Uint8Array.of(0x0a, 99);
    const packs = [[encoded(gameEvent(1))], [damaged, damaged], [encoded(gameEvent(3))]];
    for (const [i, pack] of packs.entries()) {
      server.sendMessage(name, base64url(packOf(pack)), {
        messageAttributes: attributesOf(header(i + 1, pack.length, "raw", stream)),
        ...{ messageGroupId: "all", messageDeduplicationId: `${i}` },
      });
    }
    await open({
      queueUrl,
      poisonQueueUrl: poison.queueUrl,
      onEvent: ({ frame }) => events.note([frame]),
    });
    await events.until(2);
    expect(events.seen).toEqual([1, 3]);
    await untilEmpty(name);
    expect(left(poison.queueName)).toBe(2);
    const ready = server.inspectQueue(poison.queueName)?.messages.ready ?? [];
    if (stream === "all") {
      expect(ready.map((each) => [each.messageGroupId, each.messageDeduplicationId])).toEqual([
        ["all", "e1-all-2-0"],
        ["all", "e1-all-2-1"],
      ]);
    }
  },
);
