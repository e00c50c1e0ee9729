import fc from "fast-check";
import { expect, test } from "vitest";
import { Outbox, type OutboxBatch } from "../../../src/bridges/out/outbox.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { StormEventSchema, WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { FeedEvent } from "../../../src/runtime/index.ts";
import { feedEvent } from "../../support/feed-events.ts";
import { idsOf, Mirroring, outboxPath, outOf, streamOf, worldId } from "../../support/mirroring.ts";

const out = outOf({
  streams: [
    streamOf("sky", { types: ["STORM"], everyMs: 50 }),
    streamOf("urgent", { topics: ["weather/coast"], urgent: true }),
    streamOf("rest", { lingerMs: 100 }),
  ],
});

const kinds = ["moor", "coast", "time", "storm.a", "storm.b"] as const;

/** What a world publishes, frame by frame: the same whenever it is run. */
const world = fc
  .array(fc.array(fc.constantFrom(...kinds), { maxLength: 40 }), { minLength: 1, maxLength: 25 })
  .map((frames) => {
    let sequence = 0;
    return frames.map((frame) =>
      frame.map((kind) => {
        sequence += 1;
        return eventOf(kind, sequence);
      }),
    );
  });

function eventOf(kind: (typeof kinds)[number], sequence: number): FeedEvent {
  if (kind === "time") return feedEvent(TimeEventSchema, {}, { sequence, topic: "time" });
  if (kind === "moor" || kind === "coast") {
    return feedEvent(WeatherEventSchema, { region: kind }, { sequence, topic: `weather/${kind}` });
  }
  return feedEvent(StormEventSchema, { storm: kind }, { sequence, topic: `storm/${kind}` });
}

/** What happens to a process, often first. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("one frame", "three frames") },
  { weight: 3, arbitrary: fc.constant("settle") },
  { weight: 2, arbitrary: fc.constantFrom("time", "long time") },
  { weight: 2, arbitrary: fc.constant("publish") },
  { weight: 2, arbitrary: fc.constant("crash") },
  { weight: 1, arbitrary: fc.constantFrom("disk full", "disk free") },
);

/** The disk is full now and then. */
let isFull = false;
class FullOutbox extends Outbox {
  override write(batch: OutboxBatch): void {
    if (isFull) throw new Error("database or disk is full");
    super.write(batch);
  }
}

/** Processes that come one after the other, and what they made of a world's events. */
class History {
  /** Ids of events by stream and sequence. */
  readonly packs = new Map<string, Map<number, string[]>>();
  readonly epochs = new Set<string>();
  readonly #frames: readonly FeedEvent[][];
  readonly #path: string;
  #run: Mirroring;
  #at = 0;

  constructor(frames: readonly FeedEvent[][], path: string) {
    this.#frames = frames;
    this.#path = path;
    this.#run = this.#begin();
  }

  /** The streams' events in the order of their packs. */
  get streams(): Record<string, string[]> {
    return Object.fromEntries(
      [...this.packs].map(([stream, packs]) => {
        const numbers = [...packs.keys()].sort((a, b) => a - b);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        return [stream, numbers.flatMap((number) => packs.get(number) ?? [])];
      }),
    );
  }

  live(steps: readonly string[]): void {
    for (const one of steps) this.#step(one);
    isFull = false;
    this.#take(this.#frames.length);
    this.#run.mirror.finish();
    this.#publish(Number.POSITIVE_INFINITY);
    this.#run.outbox.close();
  }

  #step(step: string): void {
    if (step === "one frame") this.#take(1);
    else if (step === "three frames") this.#take(3);
    else if (step === "settle") this.#run.mirror.settle(this.#at);
    else if (step === "time") this.#run.nowMs += 60;
    else if (step === "long time") this.#run.nowMs += 600;
    else if (step === "publish") this.#publish(2);
    else if (step === "crash") {
      this.#run.outbox.close();
      this.#run = this.#begin();
    } else isFull = step === "disk full";
  }

  #begin(): Mirroring {
    const run = new Mirroring(out, this.#path, (...given) => new FullOutbox(...given));
    this.#at = run.outbox.since?.frame ?? 0;
    run.mirror.begin({ worldId, tickHz: 60, after: this.#at, reached: Infinity });
    return run;
  }

  #take(frames: number): void {
    for (const events of this.#frames.slice(this.#at, this.#at + frames)) {
      this.#at += 1;
      this.#run.mirror.take(this.#at, events);
    }
  }

  #publish(packs: number): void {
    for (const pack of this.#run.packs.slice(0, packs)) {
      const stream = this.packs.get(pack.stream) ?? new Map<number, string[]>();
      const before = stream.get(pack.sequence);
      // What is sent again is the same.
      if (before) expect(idsOf(pack)).toEqual(before);
      else this.#run.outbox.published(pack);
      stream.set(pack.sequence, idsOf(pack));
      this.packs.set(pack.stream, stream);
      this.epochs.add(pack.epoch);
    }
  }
}

test("whenever the process ends, each event comes to be in one pack, in its stream's order", () => {
  fc.assert(
    fc.property(world, fc.array(step, { maxLength: 40 }), (frames, steps) => {
      const undisturbed = new History(frames, ":memory:");
      undisturbed.live([]);
      const history = new History(frames, outboxPath());
      history.live(steps);
      expect(history.streams).toEqual(undisturbed.streams);
      expect(history.epochs.size).toBeLessThan(2);
    }),
    { numRuns: 60 },
  );
});
