import { zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Outbox, type OutboxBatch } from "../../../src/bridges/out/outbox.ts";
import { GameEventSchema } from "../../../src/gen/tellurion/v1/game_event_pb.ts";
import { StormEventSchema, WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf, type FeedEvent } from "../../../src/runtime/index.ts";
import { eventsOfPack, feedEvent } from "../../support/feed-events.ts";
import { idsOf, Mirroring, outboxPath, outOf, streamOf, worldId } from "../../support/mirroring.ts";

const weather = (sequence: number, newState = "rain") =>
  feedEvent(WeatherEventSchema, { region: "moor", newState }, { sequence });
const storm = (sequence: number, name = "a") =>
  feedEvent(StormEventSchema, { storm: name }, { sequence, topic: `storm/${name}` });
const many = (count: number) => Array.from({ length: count }, (_, i) => weather(i + 1));
const id = (frame: number, sequence: number) => `${worldId}:${frame}:1:${sequence}`;

function mirroring(...parameters: ConstructorParameters<typeof Mirroring>): Mirroring {
  const run = new Mirroring(...parameters);
  run.mirror.begin({ worldId, tickHz: 60, after: 0, reached: 0 });
  return run;
}

describe("a pack is closed", () => {
  test("when another event would make it too large", () => {
    const run = mirroring(outOf());
    run.mirror.take(1, many(40));
    run.mirror.settle();
    expect(run.packs.length).toBeGreaterThan(2);
    for (const pack of run.packs) expect(pack.body.length).toBeLessThanOrEqual(1_024);
    const [first] = run.packs;
    expect(first?.events).toBe(idsOf(first as never).length);
    run.mirror.finish();
    expect(run.ids).toEqual(many(40).map((_, i) => id(1, i + 1)));
  });

  test("when its first event has waited for long enough, and not before", () => {
    const run = mirroring(outOf({ lingerMs: 50 }));
    run.mirror.take(1, [weather(1)]);
    run.nowMs += 49;
    run.mirror.take(2, [weather(2)]);
    run.mirror.settle();
    expect(run.packs).toEqual([]);
    run.nowMs += 1;
    run.mirror.settle();
    expect(run.packs.map(idsOf)).toEqual([[id(1, 1), id(2, 2)]]);
  });

  test("at once, when its stream is urgent", () => {
    const streams = [streamOf("sky", { types: ["STORM"], urgent: true }), streamOf("rest")];
    const run = mirroring(outOf({ streams }));
    run.mirror.take(1, [weather(1), storm(2), storm(3)]);
    run.mirror.settle();
    expect(run.packs.map(({ stream }) => stream)).toEqual(["sky"]);
    expect(run.ids).toEqual([id(1, 2), id(1, 3)]);
  });
});

test("a frame that comes again is passed over", () => {
  const run = mirroring(outOf());
  run.mirror.take(1, [weather(1)]);
  run.mirror.take(1, [weather(1)]);
  run.mirror.finish();
  expect(run.ids).toEqual([id(1, 1)]);
});

test("a stream with a rate takes an event of a type and topic once in so much world time", () => {
  const run = mirroring(outOf({ streams: [streamOf("slow", { everyMs: 100 })] }));
  for (let frame = 1; frame <= 20; frame += 1) {
    run.mirror.take(frame, [storm(frame), storm(100 + frame, "b"), weather(200 + frame)]);
  }
  run.mirror.finish();
  const frames = run.ids.map((one) => one.split(":")[1]);
  expect(frames).toEqual(["1", "1", "1", "7", "7", "7", "13", "13", "13", "19", "19", "19"]);
});

test("an event that is larger than a pack has a pack of its own", () => {
  const run = mirroring(outOf());
  const large = weather(2, "x".repeat(150_000));
  run.mirror.take(1, [weather(1), large, weather(3)]);
  run.mirror.finish();
  expect(run.packs.map(idsOf)).toEqual([[id(1, 1)], [id(1, 2)], [id(1, 3)]]);
});

test.each([190_000, 5_000_000])(
  "an event of %d bytes, which no message holds, is left out and counted",
  (size) => {
    const run = mirroring(outOf());
    run.mirror.take(1, [weather(1), weather(2, "x".repeat(size)), weather(3)]);
    run.mirror.finish();
    expect(run.ids).toEqual([id(1, 1), id(1, 3)]);
    expect(run.outbox.sheds()).toEqual([{ stream: "all", what: "too-large", events: 1 }]);
  },
);

describe("the body of a message", () => {
  const events = [weather(1), storm(2)];
  const bodies = (more: Parameters<typeof outOf>[0]) => {
    const run = mirroring(outOf(more));
    run.mirror.take(1, events);
    run.mirror.finish();
    return run.packs;
  };

  test("is packed with zstd where that is asked for", () => {
    const [pack] = bodies({ compression: "zstd" });
    const ids = eventsOfPack(zstdDecompressSync(pack?.body as Uint8Array)).map(
      (one) => one.eventId,
    );
    expect([pack?.codec, ids]).toEqual(["zstd", [id(1, 1), id(1, 2)]]);
  });

  test("is one event, where events go alone: sequences count events", () => {
    const packs = bodies({ format: "events" });
    expect(packs.map(({ sequence, events: count, codec }) => [sequence, count, codec])).toEqual([
      [1, 1, "event"],
      [2, 1, "event"],
    ]);
    const ids = packs.map(({ body }) => codecOf(GameEventSchema).decode(body).eventId);
    expect(ids).toEqual([id(1, 1), id(1, 2)]);
  });

  test("is ASCII text that anybody can read, as JSON", () => {
    const run = mirroring(outOf({ format: "json" }));
    run.mirror.take(3, [weather(7, "Nieselregen über 🌊\u0000")]);
    run.mirror.settle();
    const [pack] = run.packs;
    const text = Buffer.from(pack?.body ?? []).toString("latin1");
    expect(text).toMatch(/^[ -~]+$/);
    expect([pack?.codec, JSON.parse(text)]).toEqual([
      "json",
      {
        ...{ eventId: id(3, 7), eventType: "EVENT_TYPE_WEATHER_CHANGED", worldTimeMs: "50" },
        ...{ source: "weather/moor", topic: "weather/moor", frame: "3" },
        event: { weatherChanged: { region: "moor", newState: "Nieselregen über 🌊\u0000" } },
      },
    ]);
  });
});

test("an event whose JSON no message holds is left out and counted, and takes no number", () => {
  const run = mirroring(outOf({ format: "json" }));
  run.mirror.take(1, [weather(1, "ü".repeat(50_000)), weather(2)]);
  run.mirror.finish();
  expect(run.packs.map(({ sequence, events }) => [sequence, events])).toEqual([[1, 1]]);
  expect(run.outbox.sheds()).toEqual([{ stream: "all", what: "too-large", events: 1 }]);
});

describe("when the outbox is full", () => {
  test("latest-wins events are left out at twice its size, and reliable ones at three times", () => {
    const run = mirroring(outOf({ outboxBytesMax: 2_048, lingerMs: 0 }));
    for (let frame = 1; frame <= 80; frame += 1) {
      run.mirror.take(frame, [weather(frame), storm(1_000 + frame)]);
      run.mirror.settle();
    }
    run.mirror.finish();
    const ids = run.ids;
    const storms = ids.filter((one) => Number(one.split(":")[3]) > 1_000).length;
    const rains = ids.length - storms;
    expect(rains).toBeGreaterThan(storms);
    expect(run.outbox.bytes).toBeGreaterThanOrEqual(3 * 2_048);
    expect(run.outbox.bytes).toBeLessThan(3 * 2_048 + 400);
    expect(run.outbox.sheds()).toEqual([
      { stream: "all", what: "latest-wins", events: 80 - storms },
      { stream: "all", what: "reliable", events: 80 - rains },
    ]);
    // What is left out has no number: there is no gap.
    expect(run.packs.map(({ sequence }) => sequence)).toEqual(run.packs.map((_, i) => i + 1));
  });
});

/** The disk takes nothing for a while. */
class FullOutbox extends Outbox {
  isFull = false;
  override write(batch: OutboxBatch): void {
    if (this.isFull) throw new Error("database or disk is full");
    super.write(batch);
  }
}

describe("when the disk is full", () => {
  const fullable = () => {
    const run = mirroring(
      outOf({ lingerMs: 0 }),
      ":memory:",
      (path, streams) => new FullOutbox(path, streams),
    );
    return { run, disk: run.outbox as FullOutbox };
  };

  test("packs are kept and written later, as they are, in their order", () => {
    const { run, disk } = fullable();
    disk.isFull = true;
    for (let frame = 1; frame <= 3; frame += 1) {
      run.mirror.take(frame, [weather(frame)]);
      run.mirror.settle();
    }
    expect([run.packs, run.mirror.unwritten.packs, run.warnings.length]).toEqual([[], 3, 1]);
    disk.isFull = false;
    run.mirror.settle();
    expect(run.packs).toEqual([]);
    run.nowMs += 500;
    run.mirror.settle();
    expect(run.packs.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(run.ids).toEqual([id(1, 1), id(2, 2), id(3, 3)]);
    expect([run.mirror.unwritten.packs, run.warnings.length]).toEqual([0, 2]);
  });

  test("events are left out, and counted, when memory for packs is full too", () => {
    const { run, disk } = fullable();
    disk.isFull = true;
    const large = weather(1, "x".repeat(180_000));
    const frames = 500;
    for (let frame = 1; frame <= frames; frame += 1) run.mirror.take(frame, [large]);
    const kept = run.mirror.unwritten;
    expect(kept.bytes).toBeLessThan(2 ** 26 + 400_000);
    expect(kept.packs * 180_000).toBeLessThan(kept.bytes);
    expect(run.mirror.unwrittenSheds("reliable")).toBeGreaterThan(100);
    disk.isFull = false;
    run.mirror.finish();
    expect(run.mirror.unwritten).toEqual({ packs: 0, bytes: 0, oldestMs: undefined });
    expect(run.mirror.unwrittenSheds("reliable")).toBe(0);
    expect(run.packs.length).toBeGreaterThan(300);
    expect(run.outbox.sheds()).toEqual([
      { stream: "all", what: "reliable", events: frames - run.packs.length },
    ]);
  });
});

test("what was left out is counted once, though the process ends before its stream goes on", () => {
  const path = outboxPath();
  const tooLarge = weather(2, "x".repeat(190_000));
  const frame: FeedEvent[] = [weather(1), tooLarge, weather(3)];
  for (const process of [1, 2, 3]) {
    const run = new Mirroring(outOf(), path);
    const after = run.outbox.since?.frame ?? 0;
    run.mirror.begin({ worldId, tickHz: 60, after, reached: after + 1 });
    run.mirror.take(1, frame);
    run.nowMs += 2_000;
    // Marks are written, but the pack stays open: its events are made again.
    run.mirror.settle();
    if (process === 3) run.mirror.finish();
    expect(run.outbox.sheds()).toHaveLength(process === 3 ? 1 : 0);
    expect(run.ids).toEqual(process === 3 ? [id(1, 1), id(1, 3)] : []);
    run.outbox.close();
  }
});

test("streams that nothing comes for do not hold back the mark", () => {
  const path = outboxPath();
  const streams = [streamOf("sky", { types: ["STORM"] }), streamOf("rest")];
  const run = mirroring(outOf({ streams }), path);
  run.mirror.take(1, [weather(1)]);
  run.nowMs += 5_000;
  run.mirror.settle(40);
  run.outbox.close();
  const next = new Mirroring(outOf({ streams }), path);
  expect(next.outbox.since).toEqual({ worldId, frame: 40 });
  next.outbox.close();
});
