import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type PayloadName, payloadOf } from "../payloads.ts";

/** A way to carry messages over postMessage, as one would write it by hand. */
export interface Format {
  readonly at: (n: number) => object;
  readonly pack: (message: unknown) => unknown;
  readonly unpack: (message: unknown) => unknown;
  /** Messages that one post carries: 1 is the message itself, more is a list. */
  readonly batch: number;
}

const json = {
  pack: (message: unknown) => JSON.stringify(message),
  unpack: (message: unknown) => JSON.parse(message as string),
};
const clone = {
  pack: (message: unknown) => message,
  unpack: (message: unknown) => message,
};
/** Messages in a list: so much is the cost of a post, not of a message. */
const batch = 64;

/** By the name of their row. */
export const formatNames = [
  "json-postmessage",
  "clone-postmessage",
  "protobuf-es-postmessage",
  "json-postmessage-batched",
  "clone-postmessage-batched",
] as const;

export type FormatName = (typeof formatNames)[number];

export function formatOf(name: FormatName, payload: PayloadName): Format {
  const { schema, at, plainAt } = payloadOf(payload);
  switch (name) {
    case "json-postmessage":
      return { ...json, at: plainAt, batch: 1 };
    case "clone-postmessage":
      return { ...clone, at: plainAt, batch: 1 };
    case "json-postmessage-batched":
      return { ...json, at: plainAt, batch };
    case "clone-postmessage-batched":
      return { ...clone, at: plainAt, batch };
    case "protobuf-es-postmessage":
      return {
        at,
        pack: (message) => toBinary(schema, create(schema, message as never)),
        unpack: (message) => fromBinary(schema, message as Uint8Array),
        batch: 1,
      };
  }
}
