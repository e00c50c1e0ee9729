import type { DescMessage } from "@bufbuild/protobuf";
import { WeatherEventSchema } from "../src/gen/tellurion/v1/weather_pb.ts";
import { LetterSchema, MoveSchema } from "../test/gen/tellurion/test/v1/bench_pb.ts";
import { digest, eventAt, plainEventAt, type ReadEvent } from "./events.ts";

/** What messages carry. The n-th is the same in every row, so that what was handled can be compared with what was sent. */
export interface Payload {
  readonly schema: DescMessage;
  readonly at: (n: number) => object;
  /** The same for formats without 64-bit integers. */
  readonly plainAt: (n: number) => object;
  /** What a message adds to a checksum, read as a handler would read it. */
  readonly digest: (message: never) => number;
}

interface Move {
  readonly entity: number;
  readonly x: number;
  readonly y: number;
  readonly pace: number;
}

interface Letter {
  readonly number: number;
  readonly writer: string;
  readonly reader: string;
  readonly text: string;
}

const firstEntity = 16_384;
const entities = 65_536;

export function moveAt(n: number): Move {
  const bits = Math.imul(n, 0x9e3779b1) >>> 0;
  return {
    entity: firstEntity + (n % entities),
    // Never 0, which would not be encoded.
    x: (bits + 1) / 65_536,
    y: (((bits ^ 0x5bd1e995) >>> 0) + 1) / 65_536,
    pace: 1 + (bits & 7),
  };
}

/** As many different texts as a world may well have on their way, of about a KiB with what is around them. */
const texts = Array.from({ length: 64 }, (_, i) => textOf(i));
const names = ["ash", "birch", "cedar", "elder", "fir", "hazel", "juniper", "larch"] as const;

function textOf(seed: number): string {
  let text = "";
  for (let n = seed; text.length < 1_000; n += 1) {
    text += `${plainEventAt(n).region} is ${plainEventAt(n).newState}; `;
  }
  // In one piece, as a text that came from outside is.
  return Buffer.from(text.slice(0, 1_000)).toString();
}

function letterAt(n: number): Letter {
  return {
    number: firstEntity + (n % entities),
    writer: names[n & 7] as string,
    reader: names[(n >>> 3) & 7] as string,
    text: texts[n & 63] as string,
  };
}

export const payloads = {
  weather: {
    schema: WeatherEventSchema,
    at: eventAt,
    plainAt: plainEventAt,
    digest: digest as (event: ReadEvent) => number,
  },
  numeric: {
    schema: MoveSchema,
    at: moveAt,
    plainAt: moveAt,
    digest: ({ entity, x, pace }: Move) => Math.imul(entity, pace) + (x | 0),
  },
  kilobyte: {
    schema: LetterSchema,
    at: letterAt,
    plainAt: letterAt,
    digest: ({ number, reader, text }: Letter) =>
      Math.imul(number, reader.length) + text.charCodeAt(number % text.length) + text.length,
  },
} as const satisfies Record<string, Payload>;

export type PayloadName = keyof typeof payloads;

/** The payload of a name, for code that handles any of them. */
export function payloadOf(name: PayloadName): Payload {
  return payloads[name];
}
