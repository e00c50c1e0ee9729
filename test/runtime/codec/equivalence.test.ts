import { deepStrictEqual } from "node:assert";
import { create, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attach, codecOf, detach } from "../../../src/runtime/codec/index.ts";
import { TellurionError } from "../../../src/runtime/errors.ts";
import { EverythingSchema, LeafSchema } from "../../gen/tellurion/test/v1/everything_pb.ts";
import { init, message } from "./arbitraries.ts";

const codec = codecOf(EverythingSchema);
const view = codec.createView();

/** What a view shows, read field by field. */
function readAll(viewed: object): unknown {
  if (viewed instanceof Uint8Array) return viewed;
  if (Array.isArray(viewed)) return viewed.map((item) => readValue(item));
  const unknown = (viewed as Message).$unknown;
  const fields = Object.entries(viewed).filter(
    ([, value]) => typeof value !== "function" && value !== undefined,
  );
  const copy = Object.fromEntries(fields.map(([name, value]) => [name, readValue(value)]));
  return unknown === undefined ? copy : { ...copy, $unknown: unknown };
}

function readValue(value: unknown): unknown {
  return typeof value === "object" && value !== null ? readAll(value) : value;
}

function expectSameReading(bytes: Uint8Array): void {
  const expected = fromBinary(EverythingSchema, bytes);
  deepStrictEqual(codec.decode(bytes), expected);
  codec.validate(bytes, 0, bytes.length);
  view[attach](bytes, 0, bytes.length);
  deepStrictEqual(view.toObject(), expected);
  deepStrictEqual(readAll(view), readAll(expected));
  deepStrictEqual(codec.toBytes(view as never), toBinary(EverythingSchema, expected));
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

describe("against @bufbuild/protobuf", () => {
  test("a message is encoded to the same bytes", () => {
    const property = fc.property(message, (value) => {
      deepStrictEqual(codec.toBytes(value), toBinary(EverythingSchema, value));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("an init object is encoded to the bytes of the message that create() makes of it", () => {
    const property = fc.property(init, (value) => {
      const whole = create(EverythingSchema, structuredClone(value));
      deepStrictEqual(codec.toBytes(value), toBinary(EverythingSchema, whole));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("an encoding is read as the same message, by decode, by a view and by its toObject", () => {
    const property = fc.property(message, (value) => {
      expectSameReading(toBinary(EverythingSchema, value));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("encodings that follow each other are read as one message, merged", () => {
    const property = fc.property(fc.array(message, { minLength: 2, maxLength: 3 }), (values) => {
      expectSameReading(concat(values.map((value) => toBinary(EverythingSchema, value))));
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("lists of numbers are read packed, unpacked, and as any mixture", () => {
    const chunk = fc.record({
      number: fc.constantFrom(33, 37, 48),
      values: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }),
      packed: fc.boolean(),
    });
    const property = fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
      const writer = new BinaryWriter();
      for (const { number, values, packed } of chunks) {
        if (packed) writer.tag(number, WireType.LengthDelimited).fork();
        for (const value of values) {
          if (!packed) writer.tag(number, WireType.Varint);
          writer.int32(value);
        }
        if (packed) writer.join();
      }
      expectSameReading(writer.finish());
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("@bufbuild/protobuf encodes a view as it would its message", () => {
    const property = fc.property(message, (value) => {
      const bytes = toBinary(EverythingSchema, value);
      view[attach](bytes, 0, bytes.length);
      const expected = toBinary(EverythingSchema, fromBinary(EverythingSchema, bytes));
      deepStrictEqual(toBinary(EverythingSchema, view as never), expected);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("a member of a oneof that comes again merges, unless another came in between", () => {
    const member = (choice: object) => codec.toBytes({ choice } as never);
    const first = member({ case: "choiceLeaf", value: { name: "first", marks: [1] } });
    const second = member({ case: "choiceLeaf", value: { weight: 2n, marks: [2] } });
    const other = member({ case: "choiceInt32", value: 5 });
    const inits = [
      [first, second],
      [first, other, second],
      [other, first, second],
      [first, second, other],
      [first, other],
    ];
    for (const pieces of inits) expectSameReading(concat(pieces));
    view[attach](concat([first, second]), 0, first.length + second.length);
    const merged = { case: "choiceLeaf", value: { name: "first", weight: 2n, marks: [1, 2] } };
    expect(view.toObject().choice).toMatchObject(merged);
  });

  test("entries of maps may lack key or value, or have them twice", () => {
    const leaf = codecOf(LeafSchema);
    const value = (fields: object) => {
      const bytes = leaf.toBytes(fields);
      return [0x12, bytes.length, ...bytes];
    };
    const entries = [
      [],
      [8, 5],
      value({ name: "only a value" }),
      [8, 5, 8, 6, ...value({ name: "twice" }), ...value({ weight: 3n })],
      [0x1a, 1, 0, 8, 7],
    ];
    for (const entry of entries) {
      expectSameReading(new Uint8Array([0xf2, 3, entry.length, ...entry]));
    }
  });
});

describe("mutated bytes", () => {
  /** What @bufbuild/protobuf lets pass, or reads as something else, and this codec does not. */
  const stricter = [
    /its wire type is/,
    /the wire type of an entry's (key|value) is/,
    /its length is \d+, but only \d+ bytes are left/,
    /it takes [48] bytes, but only \d+ are left/,
    /the varint (is cut short|takes more than 10 bytes)/,
    /the tag is cut short/,
  ];

  const mutation = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)),
    how: fc.constantFrom("replace", "insert", "remove", "cut"),
  });

  const mutated = fc
    .tuple(message, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([value, mutations]) => {
      const bytes = [...toBinary(EverythingSchema, value)];
      for (const { at, byte, how } of mutations) {
        const position = at % (bytes.length + 1);
        if (how === "replace") bytes[Math.min(position, bytes.length)] = byte;
        if (how === "insert") bytes.splice(position, 0, byte);
        if (how === "remove") bytes.splice(position, 1);
        if (how === "cut") bytes.length = position;
      }
      return new Uint8Array(bytes);
    });

  function attempt<T>(action: () => T): { value: T } | { error: Error } {
    try {
      return { value: action() };
    } catch (error) {
      return { error: error as Error };
    }
  }

  function readView(bytes: Uint8Array): unknown {
    return readAll(view[attach](bytes, 0, bytes.length));
  }

  test("are refused with one typed error or read as @bufbuild/protobuf reads them", () => {
    const property = fc.property(mutated, (bytes) => {
      const ours = attempt(() => codec.decode(bytes));
      const validated = attempt(() => codec.validate(bytes, 0, bytes.length));
      const viewed = attempt(() => readView(bytes));
      const theirs = attempt(() => fromBinary(EverythingSchema, bytes));
      if ("value" in ours) {
        if ("error" in theirs) throw theirs.error;
        if ("error" in validated) throw validated.error;
        if ("error" in viewed) throw viewed.error;
        deepStrictEqual(ours.value, theirs.value);
        deepStrictEqual(viewed.value, readAll(theirs.value));
        return;
      }
      expect(ours.error).toMatchObject({ name: "TellurionError", code: "MALFORMED_MESSAGE" });
      expect(validated).toMatchObject({ error: { message: ours.error.message } });
      // A view does not look into what a later value replaces, until it is asked for the whole.
      const whole = attempt(() => view[attach](bytes, 0, bytes.length).toObject());
      expect(whole).toMatchObject({ error: { code: "MALFORMED_MESSAGE" } });
      if ("error" in viewed) expect(viewed.error).toMatchObject({ code: "MALFORMED_MESSAGE" });
      if ("value" in theirs) {
        const { message: text } = ours.error;
        expect(
          stricter.some((pattern) => pattern.test(text)),
          text,
        ).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("are read without the fields that are not known, where that is asked for, and no other difference", () => {
    const property = fc.property(mutated, (bytes) => {
      const known = attempt(() => codec.decodeKnown(bytes));
      const all = attempt(() => codec.decode(bytes));
      if ("error" in known) {
        expect(all).toMatchObject({ error: { message: known.error.message } });
        return;
      }
      const readUnknownFields = false;
      deepStrictEqual(known.value, fromBinary(EverythingSchema, bytes, { readUnknownFields }));
      deepStrictEqual(all, { value: fromBinary(EverythingSchema, bytes) });
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("give the same result wherever they lie, whatever lies around them", () => {
    const around = fc.uint8Array({ minLength: 1, maxLength: 20 });
    const property = fc.property(mutated, around, around, (bytes, before, after) => {
      const space = new Uint8Array(
        new SharedArrayBuffer(before.length + bytes.length + after.length),
      );
      space.set(before);
      space.set(bytes, before.length);
      space.set(after, before.length + bytes.length);
      const start = before.length;
      const end = start + bytes.length;
      const outcomes = [
        [() => codec.decode(bytes), () => codec.decode(space, start, end)],
        [() => readView(bytes), () => readAll(view[attach](space, start, end))],
      ];
      for (const [alone, embedded] of outcomes) {
        const expected = attempt(alone as () => unknown);
        const found = attempt(embedded as () => unknown);
        if ("error" in expected)
          expect(found).toMatchObject({ error: { message: expected.error.message } });
        else deepStrictEqual(found, expected);
      }
      view[detach]();
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("room", () => {
  const names = EverythingSchema.members.map(({ localName }) => localName);
  const field = fc.constantFrom(...names, "$unknown", "$typeName");

  function encodeBetweenMarks(value: object): { end: number; intact: boolean } {
    const bound = codec.sizeBound(value as never);
    const bytes = new Uint8Array(new SharedArrayBuffer(bound + 128)).fill(0xa5);
    let end = -1;
    try {
      end = codec.encode(value as never, bytes, 64);
    } catch (error) {
      if (!(error instanceof TellurionError) || error.code !== "VALUE_OUT_OF_RANGE") throw error;
    }
    const around = [...bytes.subarray(0, 64), ...bytes.subarray(64 + bound)];
    return { end: end - bound, intact: around.every((byte) => byte === 0xa5) };
  }

  test("an encoding touches nothing outside of its size bound", () => {
    const property = fc.property(message, (value) => {
      const { end, intact } = encodeBetweenMarks(value);
      expect(end).toBeLessThanOrEqual(64);
      expect(intact).toBe(true);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("nor does the encoding of what is no message: it is refused with one typed error", () => {
    const anything = fc.anything({
      withBigInt: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    const property = fc.property(init, fc.array(fc.tuple(field, anything)), (value, others) => {
      const { intact } = encodeBetweenMarks({ ...value, ...Object.fromEntries(others) });
      expect(intact).toBe(true);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
