import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { TellurionError } from "../errors.ts";
import { wireType } from "./wire.ts";

/** What a field holds: a scalar type by its protobuf name, an enum or a message. */
export type ValueType = keyof typeof valueTypes;

/**
 * The fields of a message type in the terms that the compilers of encoder, decoder and view need.
 */
export interface MessagePlan {
  readonly desc: DescMessage;
  readonly typeName: string;
  /** By number: the order of the encoding. */
  readonly fields: readonly FieldPlan[];
  /** The property names of the message, in the order of its declaration. */
  readonly members: readonly MemberPlan[];
  /** The types of nested messages, each once. */
  readonly nested: readonly DescMessage[];
}

type MemberPlan =
  | { readonly field: FieldPlan; readonly oneof: undefined }
  | { readonly field: undefined; readonly oneof: OneofPlan };

export interface OneofPlan {
  readonly name: string;
  /** The lowest number of a member: what the oneof is told from others by. */
  readonly slot: number;
  readonly fields: readonly FieldPlan[];
}

export interface FieldPlan {
  readonly number: number;
  /** The property of the message. */
  readonly name: string;
  /** The name in the .proto file. */
  readonly protoName: string;
  readonly shape: "singular" | "list" | "map";
  readonly type: ValueType;
  /** A map's. */
  readonly keyType: ValueType;
  /** Property of the oneof that the field is a member of. */
  readonly oneof: string | undefined;
  /** Whether a default value is told from an absent one. */
  readonly explicit: boolean;
  readonly packed: boolean;
  /** Index into `nested`, or -1. */
  readonly nested: number;
  /** The wire types under which the field may come: one, or two for a list of numbers. */
  readonly wireTypes: readonly number[];
}

interface ValueTypeInfo {
  readonly wire: number;
  /** Bytes that a value can take at most, 0 if there is no such number. */
  readonly sizeMax: number;
  /** Bytes that a value takes at least. */
  readonly sizeMin: number;
  /** JavaScript source of the default value. */
  readonly zero: string;
  /** What a valid value is, for error texts. */
  readonly valid: string;
}

const varint = (sizeMax: number, zero: string, valid: string): ValueTypeInfo => ({
  wire: wireType.varint,
  sizeMax,
  sizeMin: 1,
  zero,
  valid,
});
const fixed = (size: 4 | 8, zero: string, valid: string): ValueTypeInfo => ({
  wire: size === 4 ? wireType.i32 : wireType.i64,
  sizeMax: size,
  sizeMin: size,
  zero,
  valid,
});
const delimited = (zero: string, valid: string): ValueTypeInfo => ({
  wire: wireType.len,
  sizeMax: 0,
  sizeMin: 1,
  zero,
  valid,
});

const int32Range = "an integer from -2147483648 to 2147483647";
const uint32Range = "an integer from 0 to 4294967295";
const int64Range = "a bigint from -9223372036854775808n to 9223372036854775807n";
const uint64Range = "a bigint from 0n to 18446744073709551615n";

export const valueTypes = {
  double: fixed(8, "0", "a number"),
  float: fixed(4, "0", "a number of at most 3.4028234663852886e38, an infinity or NaN"),
  int32: varint(10, "0", int32Range),
  int64: varint(10, "0n", int64Range),
  uint32: varint(5, "0", uint32Range),
  uint64: varint(10, "0n", uint64Range),
  sint32: varint(5, "0", int32Range),
  sint64: varint(10, "0n", int64Range),
  fixed32: fixed(4, "0", uint32Range),
  fixed64: fixed(8, "0n", uint64Range),
  sfixed32: fixed(4, "0", int32Range),
  sfixed64: fixed(8, "0n", int64Range),
  bool: varint(1, "false", "true or false"),
  string: delimited('""', "a string"),
  bytes: delimited("EMPTY", "a Uint8Array"),
  enum: varint(10, "0", int32Range),
  message: delimited("undefined", "an object"),
} as const satisfies Record<string, ValueTypeInfo>;

const scalarNames: Record<ScalarType, ValueType> = {
  [ScalarType.DOUBLE]: "double",
  [ScalarType.FLOAT]: "float",
  [ScalarType.INT32]: "int32",
  [ScalarType.INT64]: "int64",
  [ScalarType.UINT32]: "uint32",
  [ScalarType.UINT64]: "uint64",
  [ScalarType.SINT32]: "sint32",
  [ScalarType.SINT64]: "sint64",
  [ScalarType.FIXED32]: "fixed32",
  [ScalarType.FIXED64]: "fixed64",
  [ScalarType.SFIXED32]: "sfixed32",
  [ScalarType.SFIXED64]: "sfixed64",
  [ScalarType.BOOL]: "bool",
  [ScalarType.STRING]: "string",
  [ScalarType.BYTES]: "bytes",
};

/** Throws INVALID_DEFINITION for what the codec does not support. */
export function planOf(desc: DescMessage): MessagePlan {
  const nested: DescMessage[] = [];
  const byField = new Map(desc.fields.map((field) => [field, planField(field, nested)]));
  const planned = (field: DescField) => byField.get(field) as FieldPlan;
  const members = desc.members.map(
    (member): MemberPlan =>
      member.kind === "field"
        ? { field: planned(member), oneof: undefined }
        : {
            field: undefined,
            oneof: planOneof(member.localName, member.fields.map(planned)),
          },
  );
  for (const { field, oneof } of members) checkName(desc, field?.name ?? oneof?.name ?? "");
  return {
    desc,
    typeName: desc.typeName,
    fields: [...byField.values()].sort((a, b) => a.number - b.number),
    members,
    nested,
  };
}

function planOneof(name: string, fields: readonly FieldPlan[]): OneofPlan {
  return { name, slot: Math.min(...fields.map((field) => field.number)), fields };
}

// protoc and protobuf-es let these names through; as properties of a view or a message they mean
// something else.
const reservedNames = new Set(["toObject", "__proto__"]);

function checkName(desc: DescMessage, name: string): void {
  if (reservedNames.has(name)) unsupported(desc.typeName, `a field may not be called ${name}`);
}

function unsupported(what: string, why: string): never {
  throw new TellurionError("INVALID_DEFINITION", `${what}: ${why}`);
}

function planField(field: DescField, nested: DescMessage[]): FieldPlan {
  checkField(field);
  const shape =
    field.fieldKind === "list" || field.fieldKind === "map" ? field.fieldKind : "singular";
  const type = typeOf(field);
  const { wire } = valueTypes[type];
  const packable = shape === "list" && wire !== wireType.len;
  const elementWire = shape === "map" ? wireType.len : wire;
  return {
    number: field.number,
    name: field.localName,
    protoName: field.name,
    shape,
    type,
    keyType: field.fieldKind === "map" ? scalarNames[field.mapKey] : "string",
    oneof: shape === "singular" && "oneof" in field ? field.oneof?.localName : undefined,
    explicit: shape === "singular" && field.presence !== implicitPresence,
    packed: field.fieldKind === "list" && field.packed,
    nested: field.message === undefined ? -1 : indexOf(nested, field.message),
    wireTypes: packable ? [elementWire, wireType.len] : [elementWire],
  };
}

// Values of google.protobuf.FeatureSet.FieldPresence.
const implicitPresence = 2;
const requiredPresence = 3;

function typeOf(field: DescField): ValueType {
  if (field.message !== undefined) return "message";
  if (field.enum !== undefined) return "enum";
  return scalarNames[field.scalar as ScalarType];
}

function indexOf(nested: DescMessage[], desc: DescMessage): number {
  const index = nested.indexOf(desc);
  return index === -1 ? nested.push(desc) - 1 : index;
}

const proto3Edition = 999;

function checkField(field: DescField): void {
  const name = `${field.parent.typeName}.${field.name}`;
  if (field.parent.file.edition !== proto3Edition) unsupported(name, "only proto3 is supported");
  if (field.presence === requiredPresence) unsupported(name, "required fields are not supported");
  if ("delimitedEncoding" in field && field.delimitedEncoding) {
    unsupported(name, "groups are not supported");
  }
  if ("longAsString" in field && field.longAsString) {
    unsupported(name, "jstype = JS_STRING is not supported: use bigint");
  }
  if (field.enum !== undefined) checkEnum(name, field.enum);
  const message = field.message?.typeName ?? "";
  if (message === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value") {
    unsupported(name, "google.protobuf.Struct is not supported: declare a message");
  }
  if (field.fieldKind === "message" && !field.oneof && isWrapperDesc(field.message)) {
    unsupported(name, `${message} is not supported: use an optional field`);
  }
}

function checkEnum(name: string, desc: DescEnum): void {
  if (!desc.open) unsupported(name, `closed enums such as ${desc.typeName} are not supported`);
}
