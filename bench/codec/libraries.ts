import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { PbfReader, PbfWriter } from "pbf";
import { attach } from "../../src/runtime/codec/index.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { pbfFunctionsOf, protobufjsTypeOf } from "./descriptors.ts";
import type { Kind } from "./kinds.ts";

/** One way to encode and read messages of one type, as its authors would. */
export interface Library {
  /** The n-th message as this library takes it. What it costs to make it is in no figure. */
  readonly at: (n: number) => object;
  readonly toBytes: (message: never) => Uint8Array;
  readonly decode: (encoded: never) => unknown;
  /** Where encodings go that are no array of bytes of their own. Returns how many bytes were written. */
  readonly encode?: (message: never) => number;
  /** What is decoded, where that is not an array of bytes for each message. */
  readonly place?: (encoded: readonly Uint8Array[]) => readonly unknown[];
  /** For libraries that need not decode all of a message to read a field. */
  readonly view?: (encoded: never) => unknown;
}

const bytesMax = 4_096;

interface Placed {
  readonly start: number;
  readonly end: number;
}

/** Records in shared memory, one behind the other as in a lane: written into it and read where they lie. */
function tellurion({ schema, at }: Kind): Library {
  const codec = codecOf(schema);
  const written = new Uint8Array(new SharedArrayBuffer(bytesMax));
  const lane = new Uint8Array(new SharedArrayBuffer(bytesMax * 256));
  const view = codec.createView();
  return {
    at,
    toBytes: (message) => codec.toBytes(message),
    encode(message) {
      if (codec.sizeBound(message) > bytesMax) throw new Error("a message is too large");
      return codec.encode(message, written, 0);
    },
    place(encoded) {
      let start = 0;
      return encoded.map((bytes): Placed => {
        lane.set(bytes, start);
        const record = { start, end: start + bytes.length };
        start = record.end;
        return record;
      });
    },
    decode: ({ start, end }: Placed) => codec.decode(lane, start, end),
    view: ({ start, end }: Placed) => view[attach](lane, start, end),
  };
}

/** The message is made beforehand. */
function protobufEs({ schema, at }: Kind): Library {
  return {
    at: (n) => create(schema, at(n) as never),
    toBytes: (message) => toBinary(schema, message),
    decode: (bytes) => fromBinary(schema, bytes),
  };
}

/** `create` and `verify` are left out, as its documentation advises where messages are known to be valid. */
function protobufjs({ schema, plainAt }: Kind): Library {
  const type = protobufjsTypeOf(schema);
  return {
    at: (n) => type.create(plainAt(n)),
    toBytes: (message) => type.encode(message).finish(),
    decode: (bytes) => type.decode(bytes),
  };
}

/** A buffer that is large enough is there beforehand, so that it need not grow. */
function pbf({ schema, plainAt }: Kind): Library {
  const { read, write } = pbfFunctionsOf(schema);
  const buffer = new Uint8Array(bytesMax);
  return {
    at: plainAt,
    toBytes(message) {
      const writer = new PbfWriter(buffer);
      write(message, writer as never);
      return writer.finish();
    },
    decode: (bytes: Uint8Array) => read(new PbfReader(bytes) as never),
  };
}

/** All the way to bytes. */
function json({ plainAt }: Kind): Library {
  return {
    at: plainAt,
    toBytes: (message) => Buffer.from(JSON.stringify(message)),
    decode: (bytes: Uint8Array) =>
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()),
  };
}

/** It is installed apart. */
async function msgpackr({ plainAt }: Kind): Promise<Library> {
  const name = "msgpackr";
  const { href } = new URL(`../peers/codec/${name}.ts`, import.meta.url);
  const { pack, unpack } = (await import(href)) as {
    pack: (message: object) => Uint8Array;
    unpack: (bytes: Uint8Array) => unknown;
  };
  return { at: plainAt, toBytes: pack, decode: unpack };
}

export const libraries = { tellurion, "protobuf-es": protobufEs, protobufjs, pbf, msgpackr, json };

export type LibraryName = keyof typeof libraries;
