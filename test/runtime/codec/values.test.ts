import { create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import {
  BoolValueSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FieldOptions_JSType,
  FileDescriptorProtoSchema,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
  StructSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { codecOf } from "../../../src/runtime/codec/index.ts";
import { EverythingSchema, LeafSchema } from "../../gen/tellurion/test/v1/everything_pb.ts";

const codec = codecOf(EverythingSchema);
const type = "tellurion.test.v1.Everything";

const refused: [field: object, text: string][] = [
  [
    { int32Value: 2 ** 31 },
    "int32_value cannot be 2147483648: it is an integer from -2147483648 to 2147483647",
  ],
  [
    { int32Value: 1.5 },
    "int32_value cannot be 1.5: it is an integer from -2147483648 to 2147483647",
  ],
  [
    { int32Value: "5" },
    'int32_value cannot be "5": it is an integer from -2147483648 to 2147483647',
  ],
  [{ uint32Value: -1 }, "uint32_value cannot be -1: it is an integer from 0 to 4294967295"],
  [
    { fixed32Value: Number.NaN },
    "fixed32_value cannot be NaN: it is an integer from 0 to 4294967295",
  ],
  [
    { int64Value: 2n ** 63n },
    "int64_value cannot be 9223372036854775808n: " +
      "it is a bigint from -9223372036854775808n to 9223372036854775807n",
  ],
  [
    { uint64Value: -1n },
    "uint64_value cannot be -1n: it is a bigint from 0n to 18446744073709551615n",
  ],
  [
    { uint64Value: 1.5 },
    "uint64_value cannot be 1.5: it is a bigint from 0n to 18446744073709551615n",
  ],
  [
    { floatValue: 1e39 },
    "float_value cannot be 1e+39: " +
      "it is a number of at most 3.4028234663852886e38, an infinity or NaN",
  ],
  [{ doubleValue: "x" }, 'double_value cannot be "x": it is a number'],
  [{ boolValue: 1 }, "bool_value cannot be 1: it is true or false"],
  [{ stringValue: 5 }, "string_value cannot be 5: it is a string"],
  [{ bytesValue: "x" }, 'bytes_value cannot be "x": it is a Uint8Array'],
  [{ colour: "RED" }, 'colour cannot be "RED": it is an integer from -2147483648 to 2147483647'],
  [{ nested: 5 }, "nested cannot be 5: it is an object"],
  [{ optionalString: true }, "optional_string cannot be true: it is a string"],
  [{ int32s: 5 }, "int32s cannot be 5: it is an array"],
  [
    { int32s: [1, 2.5] },
    "int32s[1] cannot be 2.5: it is an integer from -2147483648 to 2147483647",
  ],
  [{ leaves: [undefined] }, "leaves[0] cannot be undefined: it is an object"],
  [{ strings: [null] }, "strings[0] cannot be null: it is a string"],
  [
    { stringToString: [], choice: { case: "choiceBool", value: 0 } },
    "choice_bool cannot be 0: it is true or false",
  ],
  [{ stringToString: { a: 5 } }, 'string_to_string["a"] cannot be 5: it is a string'],
  [{ choice: { case: "choiceString" } }, "choice_string cannot be undefined: it is a string"],
];

describe("a value that its field cannot hold", () => {
  test.each(refused)("%o is refused", (field, text) => {
    const expected = expect.objectContaining({
      code: "VALUE_OUT_OF_RANGE",
      message: `${type}.${text}`,
    });
    expect(() => codec.toBytes(field)).toThrow(expected);
  });

  test("a key that its map cannot hold is refused", () => {
    const int32 = "it is an integer from -2147483648 to 2147483647";
    const text = `a key of ${type}.int32_to_leaf cannot be "x": ${int32}`;
    expect(() => codec.toBytes({ int32ToLeaf: { x: {} } as never })).toThrow(text);
    const int64 = "it is an integer from -9223372036854775808 to 9223372036854775807";
    expect(() => codec.toBytes({ int64ToDouble: { "": 1 } })).toThrow(int64);
    expect(() => codec.toBytes({ boolToBytes: { yes: new Uint8Array() } })).toThrow(
      "it is true or false",
    );
  });

  test("a message of another type is refused", () => {
    const leaf = create(LeafSchema);
    const text =
      "cannot be a message of type tellurion.test.v1.Leaf: it is an object with its fields";
    expect(() => codec.toBytes({ nested: leaf as never })).toThrow(text);
  });

  test("a message that nests deeper than could be read is refused", () => {
    const root: { nested?: object } = {};
    root.nested = root;
    expect(() => codec.toBytes(root)).toThrow(
      "messages nest deeper than the 100 levels there may be",
    );
  });
});

describe("init objects", () => {
  test("64-bit fields accept what BigInt() does, as with @bufbuild/protobuf", () => {
    const loose = { int64Value: 5, uint64Value: "7", sint64Value: 0 } as never;
    expect(codec.toBytes(loose)).toEqual(codec.toBytes({ int64Value: 5n, uint64Value: 7n }));
  });

  test("null and undefined mean that a field is not given", () => {
    const empty = {
      stringValue: null,
      int32s: null,
      nested: undefined,
      choice: null,
      stringToString: null,
    };
    expect(codec.toBytes(empty as never)).toEqual(new Uint8Array());
  });

  test("are completed: defaults filled in at every level, nothing shared", () => {
    const int32s = [1, 2];
    const leaf = { name: "leaf" };
    const complete = codec.complete({ int32s, nested: { stringValue: "x" }, leaves: [leaf] });
    expect(complete).toEqual(
      create(EverythingSchema, { int32s: [1, 2], nested: { stringValue: "x" }, leaves: [leaf] }),
    );
    int32s.push(3);
    leaf.name = "changed";
    expect(complete.int32s).toEqual([1, 2]);
    expect(complete.leaves[0]?.name).toBe("leaf");
    expect(codec.complete(complete)).not.toBe(complete);
  });

  test("are completed as they would be read back: floats have 32 bits", () => {
    expect(codec.complete({ floatValue: 0.1, doubleValue: 0.1 })).toMatchObject({
      floatValue: Math.fround(0.1),
      doubleValue: 0.1,
    });
  });

  test("are encoded and completed whatever their size", () => {
    const strings = Array.from({ length: 5000 }, (_, i) => `string number ${i}`);
    const bytesValue = new Uint8Array(300_000).fill(7);
    const value = { strings, bytesValue, nested: { strings } };
    expect(codec.complete(value)).toMatchObject(value);
    expect(codec.decode(codec.toBytes(value))).toMatchObject(value);
  });
});

describe("message types", () => {
  test("have one codec each", () => {
    expect(codecOf(EverythingSchema)).toBe(codec);
    expect(codec.desc).toBe(EverythingSchema);
  });

  test("with fields that it does not support are refused when compiled, with the reason", () => {
    const field = { name: "value", number: 1, label: FieldDescriptorProto_Label.OPTIONAL };
    const message = { ...field, type: FieldDescriptorProto_Type.MESSAGE };
    const int64 = { ...field, type: FieldDescriptorProto_Type.INT64 };
    const jstype = FieldOptions_JSType.JS_STRING;
    const fields = {
      Wrapper: { ...message, typeName: ".google.protobuf.Int32Value" },
      Json: { ...message, typeName: ".google.protobuf.Struct" },
      Text: { ...int64, options: { jstype } },
      Name: { ...int64, name: "to_object" },
    };
    const file = create(FileDescriptorProtoSchema, {
      name: "unsupported.proto",
      syntax: "proto3",
      dependency: ["google/protobuf/wrappers.proto", "google/protobuf/struct.proto"],
      messageType: Object.entries(fields).map(([name, given]) => ({ name, field: [given] })),
    });
    const files = [file_google_protobuf_wrappers, file_google_protobuf_struct];
    const registry = createFileRegistry(file, (name) =>
      files.find(({ proto }) => proto.name === name),
    );
    const compile = (name: string) => () => codecOf(registry.getMessage(name) as DescMessage);
    expect(compile("Wrapper")).toThrow("use an optional field");
    expect(compile("Json")).toThrow("declare a message");
    expect(compile("Text")).toThrow("use bigint");
    expect(compile("Name")).toThrow("may not be called toObject");
  });

  test("of proto2 are refused when compiled", () => {
    const invalid = expect.objectContaining({ code: "INVALID_DEFINITION" });
    expect(() => codecOf(FieldDescriptorProtoSchema)).toThrow(invalid);
    expect(() => codecOf(FieldDescriptorProtoSchema)).toThrow("only proto3 is supported");
  });

  test("of google.protobuf are messages like any other", () => {
    const value = create(ValueSchema, {
      kind: {
        case: "structValue",
        value: { fields: { a: { kind: { case: "numberValue", value: 1 } } } },
      },
    });
    const values = codecOf(ValueSchema);
    expect(values.decode(values.toBytes(value))).toEqual(value);
    expect(codecOf(BoolValueSchema).decode(new Uint8Array([8, 1])).value).toBe(true);
    expect(codecOf(StructSchema).decode(new Uint8Array()).fields).toEqual({});
  });
});
