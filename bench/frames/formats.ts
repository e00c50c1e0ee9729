import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { type BenchEvent, eventAt, plainEventAt, type ReadEvent } from "../events.ts";

/** A way to carry events over postMessage, as one would write it by hand. */
export interface Format {
  readonly eventAt: (n: number) => ReadEvent;
  readonly pack: (event: unknown) => unknown;
  readonly unpack: (message: unknown) => unknown;
  /** Events that one message carries: 1 is the event itself, more is a list. */
  readonly batch: number;
}

const json = {
  eventAt: plainEventAt,
  pack: (event: unknown) => JSON.stringify(event),
  unpack: (message: unknown) => JSON.parse(message as string),
};
const clone = {
  eventAt: plainEventAt,
  pack: (event: unknown) => event,
  unpack: (message: unknown) => message,
};
const protobufEs = {
  eventAt,
  pack: (event: unknown) =>
    toBinary(WeatherEventSchema, create(WeatherEventSchema, event as BenchEvent)),
  unpack: (message: unknown) => fromBinary(WeatherEventSchema, message as Uint8Array),
};
const batch = 64;

/** By the name of their row. The batched ones show how much is the cost of a message, not of an event. */
export const formats = {
  "json-postmessage": { ...json, batch: 1 },
  "clone-postmessage": { ...clone, batch: 1 },
  "protobuf-es-postmessage": { ...protobufEs, batch: 1 },
  "json-postmessage-batched": { ...json, batch },
  "clone-postmessage-batched": { ...clone, batch },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
