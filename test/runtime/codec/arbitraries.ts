import { create, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type Everything, EverythingSchema } from "../../gen/tellurion/test/v1/everything_pb.ts";

/** Random messages of the type that has every kind of field. */

const edge64 = [0n, 1n, -1n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 53n];
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(...edge64, -(2n ** 63n), 2n ** 63n - 1n, -(2n ** 31n), -(2n ** 32n)),
);
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(...edge64.filter((value) => value >= 0n), 2n ** 63n, 2n ** 64n - 1n),
);
const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(0, -0, 1, -1, 63, 64, -64, -65, 127, 128, 16383, 16384, 2 ** 31 - 1, -(2 ** 31)),
);
const uint32 = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 127, 128, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32 - 1),
);
const double = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE),
);
const float = fc.oneof(
  fc.float(),
  fc.double({ min: -1e30, max: 1e30 }),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 3.4028234663852886e38),
);

/** Texts of every size around the limits of the ways to read and write them. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("clear", "overcast", "north-marsh", "", "a", "ab", "abc", "abcd", "abcde"),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 150 }),
  fc.string({ minLength: 100, maxLength: 300 }),
  fc.constantFrom("\ud800", "x\udc00y", "\ufefftext", "😀".repeat(20), "é".repeat(63), "\0"),
);
const bytes = fc.uint8Array({ maxLength: 50 });
const colour = fc.oneof(fc.constantFrom(0, 1, 2, -7), int32);

const leaf = fc.record(
  { name: text, weight: int64, marks: fc.array(uint32, { maxLength: 5 }) },
  { requiredKeys: [] },
);

/** Fields with numbers that the type does not have, as protobuf-es keeps them. */
const unknownFields = fc.array(
  fc.oneof(
    fc.record({
      no: fc.constantFrom(18, 100, 5000),
      wireType: fc.constant(0),
      data: fc.constantFrom(new Uint8Array([5]), new Uint8Array([0x80, 0x80, 1])),
    }),
    fc.record({
      no: fc.constantFrom(19, 101),
      wireType: fc.constant(1),
      data: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    }),
    fc.record({
      no: fc.constantFrom(20, 536870910),
      wireType: fc.constant(2),
      data: fc.uint8Array({ maxLength: 100 }).map((data) => new Uint8Array([data.length, ...data])),
    }),
    fc.record({
      no: fc.constant(102),
      wireType: fc.constant(5),
      data: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    }),
    fc.record({
      no: fc.constant(103),
      wireType: fc.constant(3),
      data: fc.constant(new Uint8Array([8, 1, 0x13, 0x14, 0xbc, 6])),
    }),
  ),
  { minLength: 1, maxLength: 4 },
);

const singulars = {
  doubleValue: double,
  floatValue: float,
  int32Value: int32,
  int64Value: int64,
  uint32Value: uint32,
  uint64Value: uint64,
  sint32Value: int32,
  sint64Value: int64,
  fixed32Value: uint32,
  fixed64Value: uint64,
  sfixed32Value: int32,
  sfixed64Value: int64,
  boolValue: fc.boolean(),
  stringValue: text,
  bytesValue: bytes,
  colour,
  optionalDouble: double,
  optionalInt32: int32,
  optionalInt64: int64,
  optionalBool: fc.boolean(),
  optionalString: text,
  optionalBytes: bytes,
  optionalColour: colour,
  farString: text,
  farthest: int32,
};

const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 6 });
const lists = {
  doubles: list(double),
  floats: list(float),
  int32s: fc.oneof(list(int32), fc.array(int32, { minLength: 120, maxLength: 140 })),
  int64s: list(int64),
  uint32s: list(uint32),
  uint64s: list(uint64),
  sint32s: list(int32),
  sint64s: list(int64),
  fixed32s: list(uint32),
  fixed64s: list(uint64),
  sfixed32s: list(int32),
  sfixed64s: list(int64),
  bools: list(fc.boolean()),
  strings: list(text),
  bytesList: list(bytes),
  colours: list(colour),
  leaves: list(leaf),
  unpackedInt32s: list(int32),
  unpackedDoubles: list(double),
};

const key = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "toString", "1"));
function map<T>(keys: fc.Arbitrary<{ toString(): string }>, value: fc.Arbitrary<T>) {
  return fc
    .array(fc.tuple(keys, value), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries.map(([name, item]) => [String(name), item])));
}
const maps = {
  stringToString: map(key, text),
  int32ToLeaf: map(int32, leaf),
  int64ToDouble: map(int64, double),
  boolToBytes: map(fc.boolean(), bytes),
  stringToColour: map(key, colour),
  fixed64ToUint32: map(uint64, uint32),
};

const member = <C extends string, T>(name: C, value: fc.Arbitrary<T>) =>
  fc.record({ case: fc.constant(name), value });
const choice = fc.oneof(
  member("choiceString", text),
  member("choiceInt32", int32),
  member("choiceUint64", uint64),
  member("choiceLeaf", leaf),
  member("choiceBool", fc.boolean()),
  member("choiceColour", colour),
  member("choiceBytes", bytes),
  fc.constant({ case: undefined }),
);

export type Init = MessageInitShape<typeof EverythingSchema>;

/** Objects with some of the fields, nested some levels deep. */
export const init: fc.Arbitrary<Init> = fc.letrec<{ init: Init }>((tie) => ({
  init: fc
    .record(
      {
        singulars: fc.record(singulars, { requiredKeys: [] }),
        lists: fc.record(lists, { requiredKeys: [] }),
        maps: fc.record(maps, { requiredKeys: [] }),
        choice,
        nested: fc.option(tie("init"), { depthSize: "small", maxDepth: 4, nil: undefined }),
      },
      { requiredKeys: ["singulars"] },
    )
    .map((parts) => {
      const { singulars, lists, maps, ...rest } = parts;
      return { ...singulars, ...lists, ...maps, ...rest } as Init;
    }),
})).init;

/** Whole messages, some with unknown fields. */
export const message: fc.Arbitrary<Everything> = fc
  .tuple(init, fc.option(unknownFields, { nil: undefined }))
  .map(([fields, unknown]) => {
    const whole = create(EverythingSchema, fields);
    if (unknown !== undefined) whole.$unknown = unknown;
    return whole;
  });
