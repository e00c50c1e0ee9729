import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KindName, kinds } from "../../bench/codec/kinds.ts";
import { type Library, libraries } from "../../bench/codec/libraries.ts";
import { type PayloadName, payloadOf, payloads } from "../../bench/payloads.ts";
import { codecOf } from "../../src/runtime/index.ts";

const number = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe.each(Object.keys(payloads) as PayloadName[])("the payload %s", (name) => {
  const { schema, at, plainAt, digest } = payloadOf(name);
  const codec = codecOf(schema);

  test("comes to the same checksum encoded, as JSON and as it was made", () => {
    fc.assert(
      fc.property(number, (n) => {
        const sum = digest(at(n) as never);
        expect(digest(codec.decode(codec.toBytes(at(n) as never)) as never)).toBe(sum);
        expect(digest(JSON.parse(JSON.stringify(plainAt(n))) as never)).toBe(sum);
      }),
    );
  });

  test("comes to different checksums for different numbers", () => {
    const sums = new Set(Array.from({ length: 100 }, (_, n) => digest(at(n) as never)));
    expect(sums.size).toBeGreaterThan(90);
  });
});

test("payloads are as large as their tables say", () => {
  const sizeOf = (name: PayloadName, n: number): number => {
    const { schema, at } = payloadOf(name);
    return codecOf(schema).toBytes(at(n) as never).length;
  };
  for (const n of [0, 1, 1_000, 1_000_000]) {
    expect(sizeOf("numeric", n)).toBe(24);
    expect(Math.abs(sizeOf("kilobyte", n) - 1_024)).toBeLessThan(16);
  }
});

describe.each(Object.keys(kinds) as KindName[])("messages of the kind %s", (kind) => {
  const bytesOf = ({ at, toBytes }: Library, n: number): Buffer =>
    Buffer.from(toBytes(at(n) as never).slice());

  test("have the same bytes in each library of protobuf", () => {
    fc.assert(
      fc.property(number, (n) => {
        const expected = bytesOf(libraries.tellurion(kinds[kind]), n);
        for (const name of ["protobuf-es", "protobufjs", "pbf"] as const) {
          expect(bytesOf(libraries[name](kinds[kind]), n).equals(expected), name).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("are read by each library as they were made", () => {
    const { weigh, glance, plainAt } = kinds[kind] as {
      weigh: (message: object) => number;
      glance: (message: object) => number;
      plainAt: (n: number) => object;
    };
    for (const name of ["tellurion", "protobuf-es", "protobufjs", "pbf", "json"] as const) {
      const library: Library = libraries[name](kinds[kind]);
      const bytes = library.toBytes(library.at(7) as never).slice();
      const [encoded] = (library.place?.([bytes]) ?? [bytes]) as [never];
      expect(weigh(library.decode(encoded) as object), name).toBe(weigh(plainAt(7)));
      const read = library.view ?? library.decode;
      expect(glance(read(encoded) as object), name).toBe(glance(plainAt(7)));
    }
  });
});
