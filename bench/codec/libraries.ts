import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { PbfReader, PbfWriter } from "pbf";
import { attach } from "../../src/runtime/codec/index.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { pbfFunctionsOf, protobufjsTypeOf } from "./descriptors.ts";
import type { Kind } from "./kinds.ts";

/** One way to encode and read messages of one type, as its authors would. */
interface Library {
  /** The n-th message as this library takes it. What it costs to make it is in no figure. */
  readonly at: (n: number) => object;
  /** Returns the bytes, or a view of them that is valid until the next call. */
  readonly encode: (message: never) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
  /** For libraries that need not decode all of a message to read a field. */
  readonly view?: (bytes: Uint8Array) => unknown;
}

const bytesMax = 4_096;

/** Into shared memory, as into a lane. */
function tellurion({ schema, at }: Kind): Library {
  const codec = codecOf(schema);
  const memory = new Uint8Array(new SharedArrayBuffer(bytesMax));
  const view = codec.createView();
  return {
    at,
    encode(message) {
      if (codec.sizeBound(message) > bytesMax) throw new Error("a message is too large");
      return memory.subarray(0, codec.encode(message, memory, 0));
    },
    decode: (bytes) => codec.decode(bytes),
    view: (bytes) => view[attach](bytes, 0, bytes.length),
  };
}

/** The message is made beforehand. */
function protobufEs({ schema, at }: Kind): Library {
  return {
    at: (n) => create(schema, at(n) as never),
    encode: (message) => toBinary(schema, message),
    decode: (bytes) => fromBinary(schema, bytes),
  };
}

/** `create` and `verify` are left out, as its documentation advises where messages are known to be valid. */
function protobufjs({ schema, plainAt }: Kind): Library {
  const type = protobufjsTypeOf(schema);
  return {
    at: (n) => type.create(plainAt(n)),
    encode: (message) => type.encode(message).finish(),
    decode: (bytes) => type.decode(bytes),
  };
}

/** A buffer that is large enough is there beforehand, so that it need not grow. */
function pbf({ schema, plainAt }: Kind): Library {
  const { read, write } = pbfFunctionsOf(schema);
  const buffer = new Uint8Array(bytesMax);
  return {
    at: plainAt,
    encode(message) {
      const writer = new PbfWriter(buffer);
      write(message, writer as never);
      return writer.finish();
    },
    decode: (bytes) => read(new PbfReader(bytes) as never),
  };
}

/** All the way to bytes. */
function json({ plainAt }: Kind): Library {
  return {
    at: plainAt,
    encode: (message) => Buffer.from(JSON.stringify(message)),
    decode: (bytes) =>
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()),
  };
}

/** It is installed apart. */
async function msgpackr({ plainAt }: Kind): Promise<Library> {
  const { href } = new URL("../peers/codec/msgpackr.ts", import.meta.url);
  const { pack, unpack } = (await import(href)) as {
    pack: (message: object) => Uint8Array;
    unpack: (bytes: Uint8Array) => unknown;
  };
  return { at: plainAt, encode: pack, decode: unpack };
}

export const libraries = { tellurion, "protobuf-es": protobufEs, protobufjs, pbf, msgpackr, json };

export type LibraryName = keyof typeof libraries;
