import { expect, test } from "vitest";
import type { StreamConfiguration } from "../../../src/bridges/configuration.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { feedEvent } from "../../support/feed-events.ts";
import { idsOf, Mirroring, outboxPath, outOf, streamOf, worldId } from "../../support/mirroring.ts";

const crashedAt = 100;
const end = 120;

/** What the world publishes in a frame: the same whenever it is run. */
const eventsOf = (frame: number) => [
  feedEvent(WeatherEventSchema, {}, { sequence: 2 * frame, topic: "weather/moor" }),
  feedEvent(TimeEventSchema, {}, { sequence: 2 * frame + 1, topic: "time" }),
];
const idsOfFrame = (frame: number) =>
  eventsOf(frame).map(({ sequence }) => `${worldId}:${frame}:1:${sequence}`);
const frames = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A process with these streams takes the world up, and lives through the frames up to one. */
function live(streams: readonly StreamConfiguration[], path: string, reached: number, to: number) {
  const run = new Mirroring(outOf({ streams }), path);
  const after = run.outbox.since?.frame ?? reached;
  run.mirror.begin({ worldId, tickHz: 60, after, reached });
  for (const frame of frames(after + 1, to)) {
    run.nowMs += 17;
    run.mirror.take(frame, eventsOf(frame));
    run.mirror.settle(frame);
  }
  return run;
}

const sky = { types: ["WEATHER_CHANGED"] };
const skyAndTime = { types: ["WEATHER_CHANGED", "TIME_CHANGED"] };
const changes: Record<string, readonly (readonly StreamConfiguration[])[]> = {
  "has another name": [[streamOf("world")], [streamOf("all")]],
  "has another name beside one that stays": [
    [streamOf("sky", sky), streamOf("world")],
    [streamOf("sky", sky), streamOf("all")],
  ],
  "has given a type to one that was further": [
    [streamOf("fast", { ...sky, urgent: true }), streamOf("rest")],
    [streamOf("fast", { ...skyAndTime, urgent: true }), streamOf("rest")],
  ],
  "is gone, and another one takes its events": [
    [streamOf("slow", { types: ["TIME_CHANGED"] }), streamOf("rest", { urgent: true })],
    [streamOf("rest", { urgent: true })],
  ],
};

test.each(Object.entries(changes))(
  "after a crash, a stream %s: no event is left out",
  (...given) => {
    const [, [before = [], after = []]] = given;
    const path = outboxPath();
    live(before, path, 0, crashedAt).outbox.close();
    const run = live(after, path, crashedAt, end);
    run.mirror.finish();
    expect(new Set(run.ids)).toEqual(new Set(frames(1, end).flatMap(idsOfFrame)));
    run.outbox.close();
  },
);

test("streams that are as they were make nothing twice", () => {
  const path = outboxPath();
  const streams = [streamOf("fast", { ...sky, urgent: true }), streamOf("rest")];
  live(streams, path, 0, crashedAt).outbox.close();
  const run = live(streams, path, crashedAt, end);
  run.mirror.finish();
  expect(run.ids.toSorted()).toEqual(frames(1, end).flatMap(idsOfFrame).toSorted());
  run.outbox.close();
});

test("what is made twice is in the world's order, behind what was there", () => {
  const path = outboxPath();
  live([streamOf("fast", { ...sky, urgent: true }), streamOf("rest")], path, 0, 10).outbox.close();
  const run = live([streamOf("fast", { urgent: true })], path, 10, 15);
  run.mirror.finish();
  const fast = run.packs.filter(({ stream }) => stream === "fast").flatMap(idsOf);
  const weather = frames(1, 10).map((frame) => idsOfFrame(frame)[0]);
  expect(fast).toEqual([...weather, ...frames(1, 15).flatMap(idsOfFrame)]);
  run.outbox.close();
});
