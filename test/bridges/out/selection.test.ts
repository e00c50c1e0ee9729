import { expect, test } from "vitest";
import type { StreamConfiguration } from "../../../src/bridges/configuration.ts";
import { Selection } from "../../../src/bridges/out/selection.ts";
import {
  LightningEventSchema,
  StormEventSchema,
  WeatherEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { feedEvent, schemaEvents } from "../../support/feed-events.ts";

const stream = (more: Partial<StreamConfiguration>): StreamConfiguration => ({
  ...{ name: "a", types: undefined, topics: undefined, where: undefined },
  ...{ everyMs: 0, urgent: false, lingerMs: undefined },
  ...more,
});
const selection = (...streams: Partial<StreamConfiguration>[]) =>
  new Selection(streams.map(stream), schemaEvents);
const weather = (region: string, newState = "rain") =>
  feedEvent(WeatherEventSchema, { region, newState }, { topic: `weather/${region}` });

test("an event belongs to the first stream that asks for it", () => {
  const streams = selection({ types: ["STORM"] }, { topics: ["weather/moor"] }, {});
  expect(streams.streamOf(feedEvent(StormEventSchema, {}, { topic: "storm/a" }))).toBe(0);
  expect(streams.streamOf(weather("moor"))).toBe(1);
  expect(streams.streamOf(weather("coast"))).toBe(2);
});

test("a star stands for all keys of a topic, and for no other topic", () => {
  const streams = selection({ topics: ["weather/*"] });
  expect(streams.streamOf(weather("moor"))).toBe(0);
  expect(streams.streamOf(feedEvent(StormEventSchema, {}, { topic: "storm/weather" }))).toBe(-1);
});

test("an event that the schema does not mirror belongs to no stream", () => {
  expect(selection({}).streamOf(feedEvent(LightningEventSchema, {}))).toBe(-1);
  expect(selection({}).events).toEqual(
    schemaEvents.filter(({ mirrored }) => mirrored).map(({ number }) => number),
  );
});

test("an event that came in through a bridge does not go out again", () => {
  const event = feedEvent(WeatherEventSchema, {}, { source: "bridge/main" });
  expect(selection({}).streamOf(event)).toBe(-1);
  expect(selection({}).streamOf({ ...event, source: "bridges/main" })).toBe(0);
});

test("all fields of `where` must have their values, and the event the fields", () => {
  const streams = selection({ where: { newState: "gale", region: "moor" } });
  expect(streams.streamOf(weather("moor", "gale"))).toBe(0);
  expect(streams.streamOf(weather("moor"))).toBe(-1);
  expect(streams.streamOf(weather("coast", "gale"))).toBe(-1);
  expect(streams.streamOf(feedEvent(WeatherSevereEventSchema, { region: "moor" }))).toBe(-1);
  expect(streams.events).toEqual([1]);
});

test("a field without a value has the empty one", () => {
  expect(selection({ where: { newState: "" } }).streamOf(weather("moor", ""))).toBe(0);
});

test("only events that some stream asks for are wanted", () => {
  expect(selection({ types: ["STORM"] }, { types: ["WEATHER_CHANGED"] }).events.toSorted()).toEqual(
    [1, 41],
  );
});
