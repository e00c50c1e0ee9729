import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { attach } from "../../src/runtime/codec/index.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { type BenchEvent, eventAt, plainEventAt, type ReadEvent } from "../events.ts";

/** What one row does with one event. */
export interface CodecCase {
  /** Goes through all events once. Returns what came of it. */
  readonly pass: () => number;
  /** What must come of it. */
  readonly expected: number;
}

/** Few enough to stay in the processor's cache, as an event does that was just made. */
export const count = 256;
/** More than the codec remembers strings. */
const uniqueCount = 16_384;
const recordBytesMax = 256;

const codec = codecOf(WeatherEventSchema);

export function range<T>(length: number, at: (n: number) => T): T[] {
  return Array.from({ length }, (_, n) => at(n));
}

/** Looks at the three fields that are read, and costs next to nothing: less than a checksum of whole strings would. */
function weigh({ region, newState, intensity }: ReadEvent): number {
  return region.length * 31 + newState.length + ((Math.fround(intensity) * 2 ** 24) | 0);
}

/** Three strings that no other event has. */
function uniqueEventAt(n: number): BenchEvent {
  const event = eventAt(n);
  const suffix = n.toString(36).padStart(4, "0");
  return {
    ...event,
    oldState: flat(`${event.oldState}-${suffix}`),
    newState: flat(`${event.newState}-${suffix}`),
    region: flat(`${event.region}-${suffix}`),
  };
}

/** A string of one piece, as one that came from outside is. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Into shared memory, from one place to the next, as into a lane. */
function tellurionEncode(events: readonly BenchEvent[]): CodecCase {
  const bytes = new Uint8Array(new SharedArrayBuffer(count * recordBytesMax));
  return {
    pass() {
      let size = 0;
      for (let i = 0; i < events.length; i += 1) {
        const event = events[i] as BenchEvent;
        if (codec.sizeBound(event) > recordBytesMax) throw new Error("an event is too large");
        const at = (i % count) * recordBytesMax;
        size += codec.encode(event, bytes, at) - at;
      }
      return size;
    },
    expected: total(events.map((event) => codec.toBytes(event).length)),
  };
}

/** Events in shared memory, one behind the other. */
function records(events: readonly BenchEvent[]): { bytes: Uint8Array; ends: Int32Array } {
  const bytes = new Uint8Array(new SharedArrayBuffer(events.length * recordBytesMax));
  const ends = new Int32Array(events.length);
  let at = 0;
  events.forEach((event, i) => {
    at = codec.encode(event, bytes, at);
    ends[i] = at;
  });
  return { bytes, ends };
}

function tellurionView(events: readonly BenchEvent[]): CodecCase {
  const { bytes, ends } = records(events);
  const view = codec.createView();
  return {
    pass() {
      let sum = 0;
      let start = 0;
      for (let i = 0; i < ends.length; i += 1) {
        const end = ends[i] as number;
        sum += weigh(view[attach](bytes, start, end));
        start = end;
      }
      return sum;
    },
    expected: total(events.map(weigh)),
  };
}

function tellurionDecode(events: readonly BenchEvent[]): CodecCase {
  const { bytes, ends } = records(events);
  return {
    pass() {
      let sum = 0;
      let start = 0;
      for (let i = 0; i < ends.length; i += 1) {
        const end = ends[i] as number;
        sum += weigh(codec.decode(bytes, start, end));
        start = end;
      }
      return sum;
    },
    expected: total(events.map(weigh)),
  };
}

/** One result for each input, added up. */
export function each<Input>(
  inputs: readonly Input[],
  run: (input: Input) => number,
  expected: number,
): CodecCase {
  return {
    pass() {
      let sum = 0;
      for (let i = 0; i < inputs.length; i += 1) sum += run(inputs[i] as Input);
      return sum;
    },
    expected,
  };
}

/** The message is made beforehand: its cost is not in the figure. */
function protobufEsEncode(): CodecCase {
  const messages = range(count, (n) => create(WeatherEventSchema, eventAt(n)));
  const sizes = total(messages.map((message) => toBinary(WeatherEventSchema, message).length));
  return each(messages, (message) => toBinary(WeatherEventSchema, message).length, sizes);
}

function protobufEsDecode(): CodecCase {
  const encoded = range(count, (n) => codec.toBytes(eventAt(n)));
  const sum = total(range(count, eventAt).map(weigh));
  return each(encoded, (bytes) => weigh(fromBinary(WeatherEventSchema, bytes)), sum);
}

function jsonStringify(): CodecCase {
  const events = range(count, plainEventAt);
  const sizes = total(events.map((event) => Buffer.byteLength(JSON.stringify(event))));
  return each(events, (event) => Buffer.from(JSON.stringify(event)).length, sizes);
}

function jsonParse(): CodecCase {
  const encoded = range(count, (n) => Buffer.from(JSON.stringify(plainEventAt(n))));
  const sum = total(range(count, plainEventAt).map(weigh));
  return each(encoded, (bytes) => weigh(JSON.parse(bytes.toString())), sum);
}

/** By the name of their row. */
export const codecCases = {
  "tellurion-encode": () => tellurionEncode(range(count, eventAt)),
  "tellurion-view": () => tellurionView(range(count, eventAt)),
  "tellurion-decode": () => tellurionDecode(range(count, eventAt)),
  "tellurion-encode-unique": () => tellurionEncode(range(uniqueCount, uniqueEventAt)),
  "tellurion-view-unique": () => tellurionView(range(uniqueCount, uniqueEventAt)),
  "protobuf-es-encode": protobufEsEncode,
  "protobuf-es-decode": protobufEsDecode,
  "json-stringify-bytes": jsonStringify,
  "json-parse-bytes": jsonParse,
} as const;

export type CodecCaseName = keyof typeof codecCases;

/** Events that a pass goes through. */
export function eventsIn(name: CodecCaseName): number {
  return name.endsWith("-unique") ? uniqueCount : count;
}
