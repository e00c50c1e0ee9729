import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientMessage, serverMessage } from "../../../clients/typescript/src/messages.ts";
import { decode, encode, type Table } from "../../../clients/typescript/src/wire.ts";
import {
  ClientMessageSchema,
  ServerMessageSchema,
} from "../../../src/gen/tellurion/v1/client_pb.ts";

const scalars = {
  bool: fc.boolean(),
  uint: fc.oneof(fc.nat(300), fc.nat(2 ** 32 - 1)),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  float: fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 8),
  string: fc.string({ unit: "grapheme", maxLength: 20 }),
  // Each is a field of its own that a WorldEvent does not have.
  bytes: fc
    .uint8Array({ maxLength: 20 })
    .map((bytes) => Uint8Array.of(0xfa, 0x3f, bytes.length, ...bytes)),
};

/** Messages of a table, as the table's types have them. Never with what the schema does not know. */
function messages(table: Table, desc: DescMessage): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(table).map(([name, [, kind, many]]) => {
    const field = desc.fields.find(({ localName }) => localName === name);
    if (!field) return [name, fc.constant(false)] as const;
    const inner = field.message as DescMessage;
    const item: fc.Arbitrary<unknown> =
      typeof kind === "string" ? scalars[kind] : messages(kind, inner);
    return [name, many ? fc.array(item, { maxLength: 3 }) : item] as const;
  });
  return fc.record(Object.fromEntries(fields));
}

/** One member of a table, as a message has only one of them. */
function bodies(table: Table, desc: DescMessage) {
  return fc
    .constantFrom(...Object.keys(table))
    .chain((name) => messages({ [name]: table[name] as Table[string] }, desc));
}

/** The tables' messages as the generated schema writes them. */
function written(desc: DescMessage, message: Record<string, unknown>): Uint8Array {
  const [name = "", value] = Object.entries(message)[0] ?? [];
  const field = desc.fields.find(({ localName }) => localName === name);
  const body = { case: name, value: inner(field?.message as DescMessage, value as object) };
  return toBinary(desc, create(desc, { body } as never));
}

function inner(desc: DescMessage, value: object): Record<string, unknown> {
  const entries = Object.entries(value).flatMap(([name, given]): [string, unknown][] => {
    const field = desc.fields.find(({ localName }) => localName === name);
    if (!field) return [];
    const convert = (item: unknown): unknown => {
      const isWorldEvent = item instanceof Uint8Array && field.message;
      if (isWorldEvent) return fromBinary(field.message as DescMessage, item);
      if (field.message) return inner(field.message, item as object);
      return field.scalar === 4 ? BigInt(item as number) : item;
    };
    const converted = Array.isArray(given) ? given.map(convert) : convert(given);
    if (!field.oneof) return [[name, converted]];
    // Of a group of which one is set, the first that the table has.
    if (name !== "message") return [];
    return [[field.oneof.localName, { case: name, value: converted }]];
  });
  return Object.fromEntries(entries);
}

describe("the tables of the protocol's messages", () => {
  test("write what the generated schema writes", () => {
    fc.assert(
      fc.property(bodies(clientMessage, ClientMessageSchema), (message) => {
        const bytes = encode(clientMessage, message);
        expect(bytes).toEqual(written(ClientMessageSchema, message));
      }),
    );
  });

  test("read what the generated schema writes", () => {
    fc.assert(
      fc.property(bodies(serverMessage, ServerMessageSchema), (message) => {
        const read = decode(serverMessage, written(ServerMessageSchema, message));
        const [name = "", value] = Object.entries(message)[0] ?? [];
        const expected = { ...(value as object) };
        if (name === "callResult") Object.assign(expected, { problem: undefined });
        expect(read[name as keyof typeof read]).toEqual(expected);
      }),
    );
  });

  test.each([
    ["client", clientMessage, ClientMessageSchema, ["call.json"]],
    ["server", serverMessage, ServerMessageSchema, ["callResult.json"]],
  ] as const)("have every field of the %s's messages, but JSON", (_name, table, desc, left) => {
    const missing: string[] = [];
    const compare = (fields: Table, message: DescMessage, path: string): void => {
      for (const field of message.fields) {
        const [number, kind] = fields[field.localName] ?? [];
        if (number === undefined) missing.push(`${path}${field.localName}`);
        else expect(number).toBe(field.number);
        if (typeof kind === "object" && field.message) {
          compare(kind, field.message, `${path}${field.localName}.`);
        }
      }
    };
    compare(table, desc, "");
    expect(missing).toEqual(left);
  });
});

describe("reading", () => {
  test("passes over fields that it does not know, of every wire type", () => {
    const known = { ping: [5, { request: [1, "uint"] }] } as const satisfies Table;
    const unknown = [
      ...[0x78, 0x96, 0x01],
      ...[0x79, 1, 2, 3, 4, 5, 6, 7, 8],
      ...[0x7a, 2, 9, 9],
      ...[0x7d, 1, 2, 3, 4],
    ];
    const bytes = Uint8Array.of(...unknown, 0x2a, 2, 0x08, 7, ...unknown);
    expect(decode(known, bytes)).toEqual({ ping: { request: 7 } });
  });

  test("ends with what is no message, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(serverMessage, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(() => decode(serverMessage, Uint8Array.of(0x0a, 5, 1))).toThrow(/premature EOF/);
  });
});
