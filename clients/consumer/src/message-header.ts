import { ConsumerError } from "./consumer-error.ts";

export const codecs = ["raw", "zstd", "event", "json"] as const;
export type Codec = (typeof codecs)[number];

/** What a message's attributes announce. */
export interface MessageHeader {
  readonly stream: string;
  readonly epoch: string;
  /** From 1 without gaps, per stream and epoch. */
  readonly sequence: number;
  readonly count: number;
  readonly codec: Codec;
  /** First 16 hexadecimal digits of the schema's hash. */
  readonly schema: string;
  readonly world: string;
  /** W3C trace context of the pack, or empty. */
  readonly traceparent: string;
}

/** As the SDK hands them over. */
export type MessageAttributes = Readonly<
  Record<string, { readonly StringValue?: string | undefined } | undefined>
>;

const nameLengthMax = 128;
/** The shortest event, on its own, has this many bytes with its length. */
const eventBytesMin = 8;
export const packBytesMaxDefault = 1_048_576;

/** Throws MESSAGE_UNDECODABLE, with the attribute that is missing or wrong. */
export function readHeader(attributes: MessageAttributes): MessageHeader {
  const read = (name: string): string => attributes[name]?.StringValue ?? "";
  return {
    stream: nameOf("s", read("s")),
    epoch: nameOf("e", read("e")),
    sequence: numberOf("q", read("q"), Number.MAX_SAFE_INTEGER),
    count: numberOf("n", read("n"), packBytesMaxDefault / eventBytesMin),
    codec: codecOf(read("c")),
    schema: read("v"),
    world: read("world"),
    traceparent: read("traceparent"),
  };
}

function nameOf(attribute: string, value: string): string {
  if (value.length >= 1 && value.length <= nameLengthMax) return value;
  throw wrong(attribute, value, `1 to ${nameLengthMax} characters`);
}

function numberOf(attribute: string, text: string, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= max) return value;
  throw wrong(attribute, text, `a whole number of 1 to ${max}`);
}

function codecOf(text: string): Codec {
  const codec = codecs.find((known) => known === text);
  if (codec !== undefined) return codec;
  throw wrong("c", text, `one of ${codecs.join(", ")}`);
}

function wrong(attribute: string, value: string, valid: string): ConsumerError {
  const shown = JSON.stringify(value.slice(0, nameLengthMax));
  return new ConsumerError(
    "MESSAGE_UNDECODABLE",
    `attribute ${attribute}=${shown} of a message is not ${valid}`,
  );
}
