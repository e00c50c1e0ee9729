import { describe, expect, test } from "vitest";
import { readConfiguration } from "../../src/bridges/read-configuration.ts";
import { TellurionError } from "../../src/runtime/index.ts";
import { schemaEvents } from "../support/feed-events.ts";

const topicArn = "arn:aws:sns:eu-west-1:123456789012:moor-events";
const queueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/moor-commands";
const setWeather = "tellurion.v1.WeatherService/SetWeather";
const methods = [
  { name: setWeather, isQuery: false },
  { name: "tellurion.v1.WeatherService/GetWeather", isQuery: true },
];

const read = (json: unknown) => readConfiguration(json, { events: schemaEvents, methods });

test("what is left out stands at its default: one stream of all that is mirrored", () => {
  const { out, ...rest } = read({ out: { topicArn } });
  expect(rest).toEqual({
    ...{ region: "eu-west-1", endpoint: undefined },
    ...{ commands: undefined, events: undefined },
  });
  const { streams = [], ...others } = out ?? {};
  expect(others).toEqual({
    ...{ topicArn, fifo: false, format: "packs", compression: "none", lingerMs: 5_000 },
    ...{ packBytesMax: 46_080, inFlightMax: 8, outboxBytesMax: 2 ** 30 },
  });
  expect(streams).toEqual([
    {
      ...{ name: "world", types: undefined, topics: undefined, where: undefined },
      ...{ everyMs: 0, urgent: false, lingerMs: undefined },
    },
  ]);
});

test("everything that is said is taken", () => {
  const stream = {
    ...{ name: "gales", types: ["WEATHER_CHANGED"], topics: ["weather/*", "weather/moor"] },
    ...{ where: { newState: "gale" }, everyMs: 1_000, urgent: false, lingerMs: 50 },
  };
  const out = {
    ...{ topicArn: `${topicArn}.fifo`, fifo: true, format: "packs", compression: "zstd" },
    ...{ lingerMs: 100, packBytesMax: 190_000, inFlightMax: 5, outboxBytesMax: 2 ** 20 },
    streams: [stream],
  };
  const commands = {
    queueUrl,
    deadLetterQueueUrl: `${queueUrl}-dead`,
    methods: [setWeather],
    pollers: 3,
  };
  const events = { queueUrl: `${queueUrl}-2`, deadLetterQueueUrl: undefined };
  const json = { region: "eu-west-1", endpoint: "http://127.0.0.1:4566", out, commands, events };
  expect(read(json)).toEqual(json);
});

test("without a region, it is the topic's or the queue's; with an endpoint alone, any", () => {
  const url = "http://sqs.us-east-1.localhost:4566/000000000000/commands";
  const commands = { queueUrl: url, methods: [setWeather] };
  expect(read({ events: { queueUrl } }).region).toBe("eu-west-1");
  expect(read({ endpoint: "http://127.0.0.1:4566", commands }).region).toBe("us-east-1");
  expect(() => read({ commands })).toThrow("region=undefined is not valid; valid are regions");
});

describe("refused, with field, value and what would be valid, is", () => {
  const withOut = (more: object) => ({ out: { topicArn, ...more } });
  const withStream = (more: object) => withOut({ streams: [{ name: "a", ...more }] });
  const withCommands = (more: object) => ({
    commands: { queueUrl, methods: [setWeather], ...more },
  });
  const cases: [string, unknown, string][] = [
    ["no object", [], "[] is not valid; valid is an object"],
    ["nothing", {}, "valid is one with at least one of out, commands and events"],
    [
      "an unknown field",
      { ...withOut({}), ou: 1 },
      "ou=1 is not valid; valid are the fields endpoint, region, out",
    ],
    [
      "an unknown field of out",
      withOut({ linger: 1 }),
      "out.linger=1 is not valid; valid are the fields fifo, format, topicArn",
    ],
    ["an unknown field of a stream", withStream({ x: 1 }), "out.streams[0].x=1 is not valid"],
    ["a missing topic", { out: {} }, "out.topicArn is missing"],
    [
      "a topic of another form",
      { out: { topicArn: "moor" } },
      'out.topicArn="moor" is not valid; valid are names like arn:',
    ],
    [
      "a queue of another form",
      withCommands({ queueUrl: "moor" }),
      'commands.queueUrl="moor" is not valid; valid are addresses',
    ],
    [
      "a text for a number",
      withOut({ lingerMs: "5" }),
      'out.lingerMs="5" is not valid; valid are whole numbers from 0 to 60000',
    ],
    ["a number that is not whole", withOut({ inFlightMax: 1.5 }), "out.inFlightMax=1.5"],
    ["too large a pack", withOut({ packBytesMax: 190_001 }), "whole numbers from 1024 to 190000"],
    [
      "an unknown format",
      withOut({ format: "xml" }),
      'out.format="xml" is not valid; valid are packs, events, json',
    ],
    ["a FIFO topic without fifo", { out: { topicArn: `${topicArn}.fifo` } }, "out.fifo=false"],
    ["fifo without a FIFO topic", withOut({ fifo: true }), "out.fifo=true"],
    [
      "a linger where each event goes alone",
      withOut({ format: "json", lingerMs: 1 }),
      'out.format="json" is not valid; valid with out.lingerMs',
    ],
    [
      "two streams of one name",
      withOut({ streams: [{ name: "a" }, { name: "a" }] }),
      'out.streams[1].name="a"',
    ],
    ["a stream without a name", withOut({ streams: [{}] }), "out.streams[0].name is missing"],
    [
      "no streams",
      withOut({ streams: [] }),
      "out.streams=[] is not valid; valid are lists of 1 to 64",
    ],
    ["a name of another form", withStream({ name: "A b" }), 'out.streams[0].name="A b"'],
    [
      "an event that is not mirrored",
      withStream({ types: ["LIGHTNING"] }),
      'types[0]="LIGHTNING" is not valid; valid are mirrored events: WEATHER_CHANGED',
    ],
    [
      "a topic that no event has",
      withStream({ types: ["STORM"], topics: ["weather/*"] }),
      'topics[0]="weather/*" is not valid; valid are topics of the stream\'s events, which begin with storm',
    ],
    ["a topic with a star in its middle", withStream({ topics: ["weather/*/a"] }), "topics[0]"],
    [
      "a field that no event has",
      withStream({ where: { colour: "red" } }),
      'out.streams[0].where.colour="red"',
    ],
    ["a field that is no text", withStream({ types: ["STORM"], where: { x: "1" } }), 'where.x="1"'],
    [
      "a linger of an urgent stream",
      withStream({ urgent: true, lingerMs: 5 }),
      "out.streams[0].lingerMs=5",
    ],
    ["a query", withCommands({ methods: [methods[1]?.name] }), "commands.methods[0]="],
    [
      "an unknown method",
      withCommands({ methods: ["A/B"] }),
      'commands.methods[0]="A/B" is not valid; valid are commands',
    ],
    ["no methods", { commands: { queueUrl } }, "commands.methods is missing"],
    ["too many pollers", withCommands({ pollers: 17 }), "whole numbers from 1 to 16"],
    ["a region of another form", { ...withOut({}), region: "Europe" }, 'region="Europe"'],
    ["another region than the topic's", { ...withOut({}), region: "us-east-1" }, "out.topicArn="],
    [
      "an endpoint of another form",
      { ...withOut({}), endpoint: "127.0.0.1" },
      'endpoint="127.0.0.1"',
    ],
  ];
  test.each(cases)("%s", (_name, json, text) => {
    const refused = () => read(json);
    expect(refused).toThrow(TellurionError);
    expect(refused).toThrow(text);
    expect(refused).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
