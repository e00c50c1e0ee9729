import { afterEach, expect, test, vi } from "vitest";
import type { Message } from "../../../src/bridges/out/message.ts";
import { OutSide } from "../../../src/bridges/out/out-side.ts";
import { Outbox } from "../../../src/bridges/out/outbox.ts";
import { noTracing } from "../../../src/bridges/tracing/tracing.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { FeedEvent } from "../../../src/runtime/index.ts";
import { eventsOfPack, feedEvent, schemaEvents } from "../../support/feed-events.ts";
import { outboxPath, outOf, worldId } from "../../support/mirroring.ts";
import { within } from "../../support/within.ts";

/** A feed of one event in each frame up to one that the test names. */
class Feed {
  lost = 0;
  lostFrame = 0;
  through: number;
  #read: number;

  constructor(after: number) {
    this.#read = after;
    this.through = after;
  }

  read(take: (frame: number, events: readonly FeedEvent[]) => void): number {
    while (this.#read < this.through) {
      this.#read += 1;
      take(this.#read, [feedEvent(WeatherEventSchema, {}, { sequence: this.#read })]);
    }
    return this.#read;
  }
}

class Topic {
  readonly messages: Message[] = [];
  isAway = false;

  async publish(message: Message): Promise<void> {
    if (this.isAway) throw new Error("connect ECONNREFUSED");
    this.messages.push(message);
  }

  get frames(): number[] {
    return this.messages
      .flatMap(({ body }) => eventsOfPack(Buffer.from(body, "base64url")))
      .map(({ frame }) => Number(frame));
  }
}

const sides = new Set<OutSide>();
afterEach(async () => {
  vi.restoreAllMocks();
  for (const side of sides) await side.close();
  sides.clear();
});

function outSide(
  topic: Topic,
  path: string,
  lingerMs = 60_000,
  warn: (text: string) => void = () => {},
): OutSide {
  const side = new OutSide({
    tracing: noTracing,
    ...{ out: outOf({ lingerMs, inFlightMax: 1 }), events: schemaEvents, topic },
    ...{ world: "moor", schema: "0123456789abcdef", outboxPath: path, warn },
  });
  sides.add(side);
  return side;
}

const end = (after: number) => ({ worldId, tickHz: 60, after, reached: after });
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test("what comes is published without anybody asking", async () => {
  const topic = new Topic();
  const side = outSide(topic, ":memory:", 0);
  const feed = new Feed(0);
  side.attach(end(0), feed);
  feed.through = 5;
  await vi.waitFor(() => expect(topic.frames).toEqual(upTo(5)), { timeout: 5_000 });
});

test("leaving the rings reads them to their end, and new ones go on from there", async () => {
  const topic = new Topic();
  const side = outSide(topic, ":memory:");
  const [first, second] = [new Feed(0), new Feed(7)];
  side.attach(end(0), first);
  first.through = 7;
  first.lost = 2;
  expect(side.detach()).toBe(7);
  side.attach(end(7), second);
  second.through = 9;
  second.lost = 3;
  await within("draining", side.drain(5_000));
  expect(topic.frames).toEqual(upTo(9));
  expect(side.counters().feedLost).toBe(5);
});

test("events that found no room are told when the rings are left, if not before", () => {
  const told: string[] = [];
  const side = outSide(new Topic(), ":memory:", 0, (text) => told.push(text));
  const feed = new Feed(3);
  side.attach(end(3), feed);
  feed.through = 7;
  Object.assign(feed, { lost: 12, lostFrame: 6 });
  side.detach();
  expect(told).toEqual([expect.stringContaining("12 events between the frames 4 and 6")]);
});

test("packs that the disk does not take are among what is counted, by their age too", async () => {
  const disk = vi.spyOn(Outbox.prototype, "write").mockImplementation(() => {
    throw new Error("database or disk is full");
  });
  const told: string[] = [];
  const topic = new Topic();
  const side = outSide(topic, ":memory:", 0, (text) => told.push(text));
  const feed = new Feed(0);
  side.attach(end(0), feed);
  feed.through = 5;
  side.detach();
  await vi.waitFor(() => expect(side.counters().outboxOldestAgeMs).toBeGreaterThan(20));
  expect(side.counters()).toMatchObject({ outboxPacks: 1, outboxUnwrittenPacks: 1 });
  expect(side.counters().outboxBytes).toBeGreaterThan(5 * 60);
  expect(told).toEqual([expect.stringContaining("the outbox takes nothing")]);
  disk.mockRestore();
  await within("draining", side.drain(5_000));
  expect(topic.frames).toEqual(upTo(5));
  expect(side.counters()).toMatchObject({
    outboxPacks: 0,
    outboxUnwrittenPacks: 0,
    outboxBytes: 0,
  });
});

test("packs of the world's earlier epoch, still on their way, are its own like those of the new one", async () => {
  const path = outboxPath();
  const first = outSide(Object.assign(new Topic(), { isAway: true }), path);
  const feed = new Feed(0);
  first.attach(end(0), feed);
  feed.through = 100;
  first.detach();
  await first.drain(0);
  sides.delete(first);
  await first.close();
  const topic = new Topic();
  const side = outSide(topic, path);
  // The world's file was restored: it stands before what was packed.
  const restored = new Feed(50);
  side.attach(end(50), restored);
  restored.through = 60;
  await within("draining", side.drain(5_000));
  const epochs = new Set(
    topic.messages.map(({ attributes }) => attributes["e"]?.StringValue ?? ""),
  );
  expect(epochs.size).toBe(2);
  for (const epoch of epochs) expect(side.isOwnEpoch(epoch)).toBe(true);
  expect(side.isOwnEpoch("ffffffff-00000000")).toBe(false);
});

test("draining gives up after its time; what has not arrived goes out after the next start", async () => {
  const topic = new Topic();
  const path = outboxPath();
  const side = outSide(topic, path);
  const feed = new Feed(0);
  side.attach(end(0), feed);
  feed.through = 40;
  topic.isAway = true;
  await within("giving up", side.drain(30));
  expect(side.counters()).toMatchObject({ packsPublished: 0, inFlight: 1 });
  expect(side.counters().outboxPacks).toBeGreaterThan(1);
  sides.delete(side);
  await side.close();
  topic.isAway = false;
  const next = outSide(topic, path);
  expect(next.since).toEqual({ worldId, frame: 40 });
  await within("draining", next.drain(5_000));
  expect(topic.frames).toEqual(upTo(40));
});
