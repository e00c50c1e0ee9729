import { TellurionError } from "./errors.ts";

/**
 * Protobuf's wire format, as much of it as the protocol's own messages need. A message is described by a table, and
 * its type follows from it. What the messages carry, events and calls, is left as bytes.
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

const varint = 0;
const fixed64 = 1;
const lengthPrefixed = 2;
const fixed32 = 5;
const varintBytesMax = 10;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();

/** Reads values one after the other. Throws MALFORMED_MESSAGE where the bytes end too early. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  uint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < varintBytesMax; i++) {
      const byte = this.#view.getUint8(this.#take(1));
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed("a number has more than 10 bytes");
  }

  /** A zigzag-encoded number. */
  sint(): number {
    const value = this.uint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  block(): Uint8Array {
    const length = this.uint();
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  string(): string {
    return utf8Decoder.decode(this.block());
  }

  bool(): boolean {
    return this.uint() !== 0;
  }

  skip(wireType: number): void {
    if (wireType === varint) this.uint();
    else if (wireType === fixed64) this.#take(8);
    else if (wireType === lengthPrefixed) this.block();
    else if (wireType === fixed32) this.#take(4);
    else throw malformed(`wire type ${wireType} is not known`);
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.bytes.length) throw malformed("the message ends too early");
    this.#at = start + length;
    return start;
  }
}

/** Reads a message. Fields that the table does not have are passed over. */
export function decode<const T extends Table>(table: T, bytes: Uint8Array): Decoded<T> {
  const message: Record<string, unknown> = {};
  const fields = fieldsOf(table);
  for (const field of fields) {
    if (field) message[field.name] = field.many ? [] : defaultOf(field.kind);
  }
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const tag = reader.uint();
    const field = fields[Math.floor(tag / 8)];
    const wireType = tag % 8;
    if (!field) reader.skip(wireType);
    else if (!field.many && wireType === field.wireType) {
      message[field.name] = read(reader, field.kind);
    } else if (field.many && wireType === field.wireType) {
      (message[field.name] as unknown[]).push(read(reader, field.kind));
    } else if (field.many && wireType === lengthPrefixed) {
      const packed = new Reader(reader.block());
      while (!packed.isAtEnd) (message[field.name] as unknown[]).push(read(packed, field.kind));
    } else reader.skip(wireType);
  }
  return message as Decoded<T>;
}

interface NamedField {
  readonly name: string;
  readonly kind: Kind;
  readonly many: boolean;
  readonly wireType: number;
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

export function encode<const T extends Table>(
  table: T,
  message: Encodable<T>,
): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  write(out, table, message as Record<string, unknown>);
  return Uint8Array.from(out);
}

function read(reader: Reader, kind: Kind): unknown {
  if (typeof kind !== "string") return decode(kind, reader.block());
  return kind === "bytes" ? reader.block() : reader[kind]();
}

function write(out: number[], table: Table, message: Record<string, unknown>): void {
  for (const [name, [number, kind, many]] of Object.entries(table)) {
    const value = message[name];
    for (const item of many ? ((value ?? []) as unknown[]) : [value]) {
      if (item === undefined || (!many && (item === "" || item === 0 || item === false))) continue;
      writeUint(out, number * 8 + wireTypeOf(kind));
      writeItem(out, kind, item);
    }
  }
}

function writeItem(out: number[], kind: Kind, item: unknown): void {
  if (kind === "uint" || kind === "bool") writeUint(out, Number(item));
  else if (kind === "double") out.push(...new Uint8Array(Float64Array.of(item as number).buffer));
  else if (kind === "float") out.push(...new Uint8Array(Float32Array.of(item as number).buffer));
  else {
    const block = blockOf(kind, item);
    writeUint(out, block.length);
    for (const byte of block) out.push(byte);
  }
}

function blockOf(
  kind: "string" | "bytes" | Table,
  item: unknown,
): ArrayLike<number> & Iterable<number> {
  if (kind === "string") return utf8Encoder.encode(item as string);
  if (kind === "bytes") return item as Uint8Array;
  const inner: number[] = [];
  write(inner, kind, item as Record<string, unknown>);
  return inner;
}

function writeUint(out: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  out.push(rest);
}

function wireTypeOf(kind: Kind): number {
  if (kind === "uint" || kind === "bool") return varint;
  if (kind === "double") return fixed64;
  return kind === "float" ? fixed32 : lengthPrefixed;
}

function defaultOf(kind: Kind): unknown {
  if (kind === "string") return "";
  if (kind === "bool") return false;
  return kind === "bytes" || typeof kind !== "string" ? undefined : 0;
}

function malformed(what: string): TellurionError {
  return new TellurionError("MALFORMED_MESSAGE", what);
}
