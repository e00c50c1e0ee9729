import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OutConfiguration, StreamConfiguration } from "../../../src/bridges/configuration.ts";
import { Mirror } from "../../../src/bridges/out/mirror.ts";
import { Outbox, type StoredPack } from "../../../src/bridges/out/outbox.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { StormEventSchema, WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { FeedEvent } from "../../../src/runtime/index.ts";
import { eventsOfPack, feedEvent, schemaEvents } from "../../support/feed-events.ts";

const worldId = "0a1b2c3d-0000-4000-8000-000000000001";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outbox-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stream = (name: string, more: Partial<StreamConfiguration> = {}): StreamConfiguration => ({
  name,
  types: undefined,
  topics: undefined,
  where: undefined,
  everyMs: 0,
  urgent: false,
  lingerMs: undefined,
  ...more,
});

const outOf = (more: Partial<OutConfiguration>): OutConfiguration => ({
  topicArn: "arn:aws:sns:eu-west-1:123456789012:moor-events",
  fifo: false,
  format: "packs",
  compression: "none",
  lingerMs: 5_000,
  packBytesMax: 1_024,
  inFlightMax: 4,
  outboxBytesMax: 2 ** 30,
  streams: [stream("all")],
  ...more,
});

interface Run {
  readonly outbox: Outbox;
  readonly mirror: Mirror;
}

let clockMs = 0;
const warnings: string[] = [];

function open(out: OutConfiguration, path = join(folder, "w.outbox")): Run {
  const outbox = new Outbox(
    path,
    out.streams.map(({ name }) => name),
  );
  const mirror = new Mirror({
    out,
    events: schemaEvents,
    schema: "0123456789abcdef",
    outbox,
    now: () => clockMs,
    warn: (text) => warnings.push(text),
  });
  return { outbox, mirror };
}

function packsIn(outbox: Outbox): StoredPack[] {
  const packs: StoredPack[] = [];
  for (let pack = outbox.next(0); pack; pack = outbox.next(pack.id)) packs.push(pack);
  return packs;
}

const idsOf = (pack: StoredPack) => eventsOfPack(pack.body).map(({ eventId }) => eventId);

const weather = (sequence: number, region = "moor") =>
  feedEvent(
    WeatherEventSchema,
    { region, newState: "rain" },
    { sequence, topic: `weather/${region}` },
  );
const time = (sequence: number) =>
  feedEvent(TimeEventSchema, {}, { actor: 2, sequence, source: "clock/main", topic: "time" });
const storm = (sequence: number, name: string) =>
  feedEvent(
    StormEventSchema,
    { storm: name },
    { actor: 3, sequence, source: "sky/main", topic: `storm/${name}` },
  );

/** A world that makes the same events in the same frames each time. */
const world = fc.array(
  fc.array(
    fc.oneof(
      fc.constantFrom("moor", "coast").map((region) => ({ make: "weather" as const, region })),
      fc.constant({ make: "time" as const, region: "" }),
      fc.constantFrom("a", "b").map((region) => ({ make: "storm" as const, region })),
    ),
    { maxLength: 40 },
  ),
  { minLength: 1, maxLength: 25 },
);

type Plan = readonly (readonly { readonly make: string; readonly region: string }[])[];

function framesOf(plan: Plan): FeedEvent[][] {
  let sequence = 0;
  return plan.map((frame) =>
    frame.map(({ make, region }) => {
      sequence += 1;
      if (make === "weather") return weather(sequence, region);
      return make === "time" ? time(sequence) : storm(sequence, region);
    }),
  );
}

const threeStreams = outOf({
  streams: [
    stream("sky", { types: ["STORM"], everyMs: 50 }),
    stream("urgent", { topics: ["weather/coast"], urgent: true }),
    stream("rest", { lingerMs: 100 }),
  ],
});

/** Names of the events of each stream, in the order of its packs, when nothing happens to the process. */
function undisturbed(frames: readonly FeedEvent[][]): Map<string, string[]> {
  const { outbox, mirror } = open(threeStreams, ":memory:");
  mirror.begin(worldId, 60, 0);
  for (const [i, events] of frames.entries()) mirror.take(i + 1, events);
  mirror.finish();
  const found = new Map<string, string[]>();
  for (const pack of packsIn(outbox)) {
    found.set(pack.stream, [...(found.get(pack.stream) ?? []), ...idsOf(pack)]);
  }
  outbox.close();
  return found;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant("take" as const),
      frames: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant("settle" as const), frames: fc.constant(0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("wait" as const), frames: fc.constant(0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("publish" as const), frames: fc.constant(0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("crash" as const), frames: fc.constant(0) }),
  },
);

test("whenever the process ends, each event comes to be in one pack, in its stream's order", () => {
  fc.assert(
    fc.property(world, fc.array(step, { maxLength: 40 }), (plan, steps) => {
      const path = join(folder, `${Math.random()}.outbox`);
      const frames = framesOf(plan);
      const delivered = new Map<string, string[]>();
      const deliver = (outbox: Outbox, count: number): void => {
        for (const pack of packsIn(outbox).slice(0, count)) {
          const key = `${pack.epoch} ${pack.stream} ${pack.sequence}`;
          // What is sent again is the same.
          if (delivered.has(key)) expect(idsOf(pack)).toEqual(delivered.get(key));
          delivered.set(key, idsOf(pack));
          outbox.published(pack);
        }
      };
      let run = open(threeStreams, path);
      run.mirror.begin(worldId, 60, 0);
      let at = 0;
      for (const { what, frames: count } of steps) {
        if (what === "take") {
          for (const events of frames.slice(at, at + count)) {
            at += 1;
            run.mirror.take(at, events);
          }
        } else if (what === "settle") run.mirror.settle(at);
        else if (what === "wait") clockMs += 60;
        else if (what === "publish") deliver(run.outbox, 2);
        else {
          run.outbox.close();
          run = open(threeStreams, path);
          at = run.outbox.since?.frame ?? 0;
          run.mirror.begin(worldId, 60, at);
        }
      }
      for (const events of frames.slice(at)) {
        at += 1;
        run.mirror.take(at, events);
      }
      run.mirror.finish();
      deliver(run.outbox, Number.POSITIVE_INFINITY);
      run.outbox.close();
      const found = new Map<string, string[]>();
      for (const { name } of threeStreams.streams) {
        const keys = [...delivered.keys()].filter((key) => key.split(" ")[1] === name);
        const numbers = keys.map((key) => Number(key.split(" ")[2])).sort((a, b) => a - b);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        const ids = numbers.flatMap(
          (number) =>
            delivered.get(keys.find((key) => key.endsWith(` ${name} ${number}`)) ?? "") ?? [],
        );
        if (ids.length > 0) found.set(name, ids);
      }
      expect(new Set([...delivered.keys()].map((key) => key.split(" ")[0])).size).toBeLessThan(2);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(undisturbed(frames)));
    }),
    { numRuns: 60 },
  );
});
