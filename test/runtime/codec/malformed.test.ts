import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { attach, codecOf } from "../../../src/runtime/codec/index.ts";
import { EverythingSchema } from "../../gen/tellurion/test/v1/everything_pb.ts";

const codec = codecOf(EverythingSchema);
const type = "tellurion.test.v1.Everything";
const varint11 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1];

/** Bytes, what the error says, and whether attaching a view finds it too. */
const cases: [name: string, bytes: number[], text: string, shallow: boolean][] = [
  [
    "a tag cut short",
    [0x80],
    `${type} at byte 0: the tag is cut short or takes more than 32 bits`,
    true,
  ],
  [
    "a tag of more than 32 bits",
    [0xf8, 0xff, 0xff, 0xff, 0x1f, 0],
    `${type} at byte 0: the tag is cut short or takes more than 32 bits`,
    true,
  ],
  ["field number 0", [0x18, 1, 0x00, 1], `${type} at byte 2: there is no field number 0`, true],
  [
    "a varint cut short",
    [0x18, 0x80],
    `${type}.int32_value at byte 1: the varint is cut short`,
    true,
  ],
  [
    "a varint of eleven bytes",
    [0x20, ...varint11],
    `${type}.int64_value at byte 1: the varint takes more than 10 bytes`,
    true,
  ],
  [
    "a double cut short",
    [0x09, 1, 2, 3],
    `${type}.double_value at byte 1: it takes 8 bytes, but only 3 are left`,
    true,
  ],
  [
    "a float cut short",
    [0x15, 1, 2, 3],
    `${type}.float_value at byte 1: it takes 4 bytes, but only 3 are left`,
    true,
  ],
  [
    "a string longer than the record",
    [0x72, 5, 0x61],
    `${type}.string_value at byte 1: its length is 5, but only 1 bytes are left`,
    true,
  ],
  [
    "a length of more than 32 bits",
    [0x72, 0x81, 0x80, 0x80, 0x80, 0x10, 0x61],
    `${type}.string_value at byte 1: its length is 4294967297, but only 1 bytes are left`,
    true,
  ],
  [
    "a wrong wire type",
    [0x1a, 1, 0],
    `${type}.int32_value at byte 0: its wire type is LEN, not VARINT`,
    true,
  ],
  [
    "a wrong wire type of a list",
    [0xfd, 1, 0, 0, 0, 0],
    `${type}.doubles at byte 0: its wire type is I32, not I64 or LEN`,
    true,
  ],
  ["an unknown wire type", [0xa6, 6], `${type} at byte 0: there is no wire type 6`, true],
  ["the end of no group", [0xa4, 6], `${type} at byte 0: a group ends that never began`, true],
  [
    "a group that does not end",
    [0xa3, 6],
    `${type} at byte 2: the tag is cut short or takes more than 32 bits`,
    true,
  ],
  [
    "a group that ends as another",
    [0xa3, 6, 0xac, 6],
    `${type} at byte 2: group 100 ends as group 101`,
    true,
  ],
  [
    "invalid UTF-8",
    [0x72, 3, 0x61, 0xc3, 0x28],
    `${type}.string_value at byte 3: this is not UTF-8`,
    false,
  ],
  [
    "a surrogate in UTF-8",
    [0x72, 3, 0xed, 0xa0, 0x80],
    `${type}.string_value at byte 2: this is not UTF-8`,
    false,
  ],
  [
    "a packed list whose last number is cut short",
    [0x8a, 2, 2, 1, 0x80],
    `${type}.int32s at byte 4: the varint is cut short`,
    false,
  ],
  [
    "a packed list of doubles of seven bytes",
    [0xfa, 1, 7, 1, 2, 3, 4, 5, 6, 7],
    `${type}.doubles at byte 3: it takes 8 bytes, but only 7 are left`,
    false,
  ],
  [
    "a nested message that goes on beyond its end",
    [0x8a, 1, 3, 0x72, 5, 0x61, 0x18, 1],
    `${type}.string_value at byte 4: its length is 5, but only 1 bytes are left`,
    false,
  ],
  [
    "a wrong wire type of a map's key",
    [0xea, 3, 2, 0x08, 1],
    `${type}.string_to_string at byte 3: the wire type of an entry's key is VARINT, not LEN`,
    false,
  ],
  [
    "a map's value that is not UTF-8",
    [0xea, 3, 3, 0x12, 1, 0xff],
    `${type}.string_to_string at byte 5: this is not UTF-8`,
    false,
  ],
  [
    "a message of a list that is malformed",
    [0xfa, 2, 2, 0x0a, 7],
    "tellurion.test.v1.Leaf.name at byte 4: its length is 7, but only 0 bytes are left",
    false,
  ],
];

describe("malformed bytes", () => {
  test.each(cases)(
    "%s: the error says type, field, offset and what is wrong",
    (_, list, text, shallow) => {
      const expected = expect.objectContaining({ code: "MALFORMED_MESSAGE", message: text });
      const bytes = new Uint8Array(list);
      expect(() => codec.decode(bytes)).toThrow(expected);
      expect(() => codec.validate(bytes, 0, bytes.length)).toThrow(expected);
      const embedded = new Uint8Array([9, 9, 9, ...list, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
      expect(() => codec.decode(embedded, 3, 3 + list.length)).toThrow(expected);
      const attaching = () => codec.createView()[attach](embedded, 3, 3 + list.length);
      if (shallow) expect(attaching).toThrow(expected);
      else expect(() => attaching().toObject()).toThrow(expected);
    },
  );

  test("messages may nest as deep as @bufbuild/protobuf lets them, and no deeper", () => {
    const nest = (levels: number) => {
      const writer: number[] = [];
      let body: number[] = [];
      for (let i = 1; i < levels; i++) {
        const size =
          body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
        body = [0x8a, 1, ...size, ...body];
      }
      return new Uint8Array([...writer, ...body]);
    };
    const deepest = nest(100);
    expect(codec.decode(deepest)).toEqual(fromBinary(EverythingSchema, deepest));
    expect(codec.toBytes(codec.decode(deepest))).toEqual(deepest);
    const tooDeep = nest(101);
    const error = expect.objectContaining({
      code: "MALFORMED_MESSAGE",
      message: expect.stringContaining("nested deeper than 100"),
    });
    expect(() => fromBinary(EverythingSchema, tooDeep)).toThrow();
    expect(() => codec.decode(tooDeep)).toThrow(error);
    expect(() => codec.validate(tooDeep, 0, tooDeep.length)).toThrow(error);
    let view: { nested?: unknown } = codec.createView()[attach](tooDeep, 0, tooDeep.length);
    expect(() => {
      for (let i = 0; i < 100; i++) view = view.nested as typeof view;
    }).toThrow(error);
  });

  test("unknown groups may nest as deep as @bufbuild/protobuf lets them, and no deeper", () => {
    const groups = (levels: number) =>
      new Uint8Array([...Array(levels).fill([0xa3, 6]), ...Array(levels).fill([0xa4, 6])].flat());
    const deepest = groups(99);
    expect(codec.decode(deepest)).toEqual(fromBinary(EverythingSchema, deepest));
    expect(toBinary(EverythingSchema, codec.decode(deepest))).toEqual(deepest);
    expect(() => fromBinary(EverythingSchema, groups(100))).toThrow();
    expect(() => codec.decode(groups(100))).toThrow("nested deeper than 100");
    expect(() => codec.decode(groups(100_000))).toThrow("nested deeper than 100");
  });
});
