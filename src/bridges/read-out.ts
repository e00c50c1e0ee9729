import { type BridgedEvent, choosingField, typeNameOf } from "./bridged-event.ts";
import type { OutConfiguration, StreamConfiguration } from "./configuration.ts";
import { invalid, JsonSection, textOf } from "./json-section.ts";
import { eventBytesMax } from "./out/pack.ts";

const streamsMax = 64;
const namesMax = 1_000;
const whereMax = 8;
const lingerMsMax = 60_000;
const inFlightMaxMax = 64;
const day = 86_400_000;

const topicArn = /^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}([.]fifo)?$/;
const topicPattern = /^[a-z][a-z0-9-]*(\/(\*|[^\s/*]{1,64}))?$/;

/** Throws INVALID_OPTION. */
export function readOut(section: JsonSection, events: readonly BridgedEvent[]): OutConfiguration {
  const fifo = section.flag("fifo") ?? false;
  const format = section.choice("format", ["packs", "events", "json"]) ?? "packs";
  const out = {
    topicArn: section.require(
      "topicArn",
      section.text("topicArn", topicArn, "are names like arn:aws:sns:eu-west-1:123456789012:name"),
    ),
    fifo,
    format,
    compression: section.choice("compression", ["none", "zstd"]) ?? "none",
    lingerMs: section.whole("lingerMs", 0, lingerMsMax) ?? 5_000,
    packBytesMax: section.whole("packBytesMax", 1_024, eventBytesMax) ?? 46_080,
    inFlightMax: section.whole("inFlightMax", 1, inFlightMaxMax) ?? 8,
    outboxBytesMax: section.whole("outboxBytesMax", 2 ** 20, 2 ** 40) ?? 2 ** 30,
    streams:
      section.list("streams", streamsMax, (path, value) =>
        readStream(new JsonSection(path, value), events),
      ) ?? defaultStreams(),
  };
  section.end();
  if (out.topicArn.endsWith(".fifo") !== fifo) {
    throw invalid(
      section.pathOf("fifo"),
      fifo,
      "is true for a topic whose name ends in .fifo, and only for such a one",
    );
  }
  if (format !== "packs") refuseWithoutPacks(section, format, out.streams);
  refuseSharedNames(section, out.streams);
  return out;
}

/** One stream has one linger: several would each send their own few events at the end of it, and cost as often. */
function defaultStreams(): StreamConfiguration[] {
  const all = { types: undefined, topics: undefined, where: undefined };
  return [{ name: "world", ...all, everyMs: 0, urgent: false, lingerMs: undefined }];
}

function readStream(section: JsonSection, events: readonly BridgedEvent[]): StreamConfiguration {
  const mirrored = new Map(
    events.filter((event) => event.mirrored).map((event) => [typeNameOf(event), event]),
  );
  const name = section.text("name", /^[a-z0-9_.-]{1,64}$/, "are 1 to 64 of a-z, 0-9 and _ . -");
  const types = section.list("types", namesMax, (path, value) => {
    if (typeof value === "string" && mirrored.has(value)) return value;
    throw invalid(path, value, `are mirrored events: ${[...mirrored.keys()].join(", ")}`);
  });
  const chosen =
    types === undefined
      ? [...mirrored.values()]
      : types.flatMap((type) => mirrored.get(type) ?? []);
  const stream = {
    name: section.require("name", name),
    types,
    topics: section.list("topics", namesMax, (path, value) => topicOf(path, value, chosen)),
    where: section.record("where", whereMax, (path, value, key) =>
      wantedOf(path, value, key, chosen),
    ),
    everyMs: section.whole("everyMs", 0, day) ?? 0,
    urgent: section.flag("urgent") ?? false,
    lingerMs: section.whole("lingerMs", 0, lingerMsMax),
  };
  section.end();
  if (stream.urgent && stream.lingerMs !== undefined) {
    throw invalid(
      section.pathOf("lingerMs"),
      stream.lingerMs,
      "is none for an urgent stream: its packs do not wait",
    );
  }
  return stream;
}

function topicOf(path: string, value: unknown, events: readonly BridgedEvent[]): string {
  const topic = textOf(
    path,
    value,
    topicPattern,
    "are topics like weather/north-marsh, weather/* or time",
  );
  const first = topic.split("/")[0];
  if (events.some((event) => event.topic === first)) return topic;
  const topics = [...new Set(events.map((event) => event.topic))];
  throw invalid(
    path,
    value,
    `are topics of the stream's events, which begin with ${topics.join(", ")}`,
  );
}

function wantedOf(
  path: string,
  value: unknown,
  key: string,
  events: readonly BridgedEvent[],
): string {
  const fields = events.flatMap(({ desc }) => choosingField(desc, key) ?? []);
  if (fields.length === 0) {
    throw invalid(path, value, "are fields of text or of an enum that the stream's events have");
  }
  const text = textOf(path, value, /^/, "are texts");
  const isText = fields.some((field) => field.fieldKind === "scalar");
  const names = fields.flatMap((field) => field.enum?.values.map((one) => one.name) ?? []);
  if (isText || names.includes(text)) return text;
  throw invalid(path, value, `are ${[...new Set(names)].join(", ")}`);
}

/** With one event to a message there is nothing to wait for, to fill or to compress. */
function refuseWithoutPacks(
  section: JsonSection,
  format: string,
  streams: readonly StreamConfiguration[],
): void {
  const named = ["compression", "lingerMs", "packBytesMax"].find((name) => section.has(name));
  const bad =
    named ??
    (streams.some(({ lingerMs }) => lingerMs !== undefined) ? "streams.lingerMs" : undefined);
  if (bad === undefined) return;
  throw invalid(
    section.pathOf("format"),
    format,
    `with ${section.pathOf(bad)} is packs only: other formats send each event alone`,
  );
}

function refuseSharedNames(section: JsonSection, streams: readonly StreamConfiguration[]): void {
  for (const [i, { name }] of streams.entries()) {
    if (streams.findIndex((stream) => stream.name === name) === i) continue;
    throw invalid(
      `${section.pathOf("streams")}[${i}].name`,
      name,
      "are names that no other stream has",
    );
  }
}
