import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/**
 * The protocol's own messages, without their generated code, which knows all events of the sample world. A message is
 * described by a table, and its type follows from it. What the messages carry, events and calls, is left as bytes.
 */
type Kind = "bool" | "uint" | "double" | "float" | "string" | "bytes" | Table;
type Field = readonly [number: number, kind: Kind, many?: "many"];
export type Table = { readonly [name: string]: Field };

interface ScalarValues {
  bool: boolean;
  /** 64-bit numbers too: they count frames, and 2^53 of these take four million years. */
  uint: number;
  double: number;
  float: number;
  string: string;
  bytes: Uint8Array | undefined;
}
type ItemOf<K> = K extends keyof ScalarValues
  ? NonNullable<ScalarValues[K]>
  : K extends Table
    ? Decoded<K>
    : never;
type ValueOf<F> = F extends readonly [number, infer K, "many"]
  ? ItemOf<K>[]
  : F extends readonly [number, infer K]
    ? K extends keyof ScalarValues
      ? ScalarValues[K]
      : ItemOf<K> | undefined
    : never;

/** A message as it was read: fields that were not there have their default. */
export type Decoded<T extends Table> = { -readonly [Name in keyof T]: ValueOf<T[Name]> };
/** A message to be written: fields at their default may be left out. */
export type Encodable<T extends Table> = {
  readonly [Name in keyof T]?: T[Name] extends readonly [number, infer K, "many"]
    ? readonly InputOf<K>[]
    : T[Name] extends readonly [number, infer K]
      ? InputOf<K> | undefined
      : never;
};
type InputOf<K> = K extends Table ? Encodable<K> : ItemOf<K>;

/** Reads a message. Fields that the table does not have are passed over. Throws where the bytes are no message. */
export function decode<const T extends Table>(table: T, bytes: Uint8Array): Decoded<T> {
  const message: Record<string, unknown> = {};
  const fields = fieldsOf(table);
  for (const field of fields) {
    if (field) message[field.name] = field.many ? [] : defaultOf(field.kind);
  }
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field && wireType === field.wireType) {
      const value = read(reader, field.kind);
      if (field.many) (message[field.name] as unknown[]).push(value);
      else message[field.name] = value;
    } else if (field?.many && wireType === WireType.LengthDelimited) {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) {
        (message[field.name] as unknown[]).push(read(packed, field.kind));
      }
    } else reader.skip(wireType);
  }
  return message as Decoded<T>;
}

export function encode<const T extends Table>(
  table: T,
  message: Encodable<T>,
): Uint8Array<ArrayBuffer> {
  return written(table, message as Record<string, unknown>).finish();
}

interface NamedField {
  readonly name: string;
  readonly kind: Kind;
  readonly many: boolean;
  readonly wireType: WireType;
}

const layouts = new WeakMap<Table, NamedField[]>();

/** The fields of a table by their numbers. */
function fieldsOf(table: Table): readonly NamedField[] {
  let fields = layouts.get(table);
  if (!fields) {
    fields = [];
    for (const [name, [number, kind, many]] of Object.entries(table)) {
      fields[number] = { name, kind, many: many !== undefined, wireType: wireTypeOf(kind) };
    }
    layouts.set(table, fields);
  }
  return fields;
}

function read(reader: BinaryReader, kind: Kind): unknown {
  if (typeof kind !== "string") return decode(kind, reader.bytes());
  return kind === "uint" ? Number(reader.uint64()) : reader[kind]();
}

function written(table: Table, message: Record<string, unknown>): BinaryWriter {
  const writer = new BinaryWriter();
  for (const [name, [number, kind, many]] of Object.entries(table)) {
    const value = message[name];
    for (const item of many ? ((value ?? []) as unknown[]) : [value]) {
      if (item === undefined || (!many && item === defaultOf(kind))) continue;
      writer.tag(number, wireTypeOf(kind));
      if (typeof kind !== "string") {
        writer.bytes(written(kind, item as Record<string, unknown>).finish());
      } else if (kind === "uint") writer.uint64(item as number);
      else writer[kind](item as never);
    }
  }
  return writer;
}

function wireTypeOf(kind: Kind): WireType {
  if (kind === "uint" || kind === "bool") return WireType.Varint;
  if (kind === "double") return WireType.Bit64;
  return kind === "float" ? WireType.Bit32 : WireType.LengthDelimited;
}

function defaultOf(kind: Kind): unknown {
  if (kind === "string") return "";
  if (kind === "bool") return false;
  return kind === "bytes" || typeof kind !== "string" ? undefined : 0;
}
