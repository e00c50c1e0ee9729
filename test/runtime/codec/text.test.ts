import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codecOf } from "../../../src/runtime/codec/index.ts";
import { LeafSchema } from "../../gen/tellurion/test/v1/everything_pb.ts";
import { text } from "./arbitraries.ts";

const codec = codecOf(LeafSchema);
const encoder = new TextEncoder();

describe("strings", () => {
  test("of every length are written as TextEncoder does and read back", () => {
    for (const unit of ["a", "é", "語", "😀"]) {
      for (let length = 1; length <= 300; length++) {
        const name = unit.repeat(length);
        const bytes = codec.toBytes({ name });
        const utf8 = encoder.encode(name);
        expect(bytes.subarray(bytes.length - utf8.length)).toEqual(utf8);
        expect(codec.decode(bytes).name).toBe(name);
      }
    }
  });

  test("read the same whether or not they, or others like them, were read before", () => {
    const property = fc.property(fc.array(text, { minLength: 1 }), (names) => {
      for (const name of [...names, ...names]) {
        expect(codec.decode(codec.toBytes({ name })).name).toBe(name.toWellFormed());
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("are told apart however alike they are, whichever came before and how often", () => {
    // Of one length, with the same beginning and the same end: they are kept in the same place.
    const alike = fc.constantFrom(
      "a-moor",
      "a.moor",
      "abmoor",
      "aämoor",
      "aémoor",
      "moor",
      "r",
      "",
    );
    const property = fc.property(fc.array(alike, { minLength: 1, maxLength: 30 }), (names) => {
      for (const name of names) {
        const utf8 = Buffer.from(name);
        const expected = name === "" ? [] : [0x0a, utf8.length, ...utf8];
        expect([...codec.toBytes({ name })]).toEqual(expected);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("stay right when more of them go by than are kept for reuse", () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100_000; i++) {
        const name = `npc-${i}`;
        const bytes = codec.toBytes({ name });
        if (codec.decode(bytes).name !== name) expect.fail(name);
      }
    }
  });

  test("that are invalid UTF-8 are told from valid ones as TextDecoder does", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xa0, 0x9f, 0xed, 0xf0, 0x90, 0xf4, 0x8f),
    );
    const property = fc.property(fc.array(byte, { minLength: 1, maxLength: 100 }), (utf8) => {
      const bytes = new Uint8Array([0x0a, utf8.length, ...utf8]);
      let expected: string | undefined;
      try {
        expected = decoder.decode(new Uint8Array(utf8));
      } catch {
        expect(() => codec.validate(bytes, 0, bytes.length)).toThrow("this is not UTF-8");
        expect(() => codec.decode(bytes)).toThrow("this is not UTF-8");
        return;
      }
      codec.validate(bytes, 0, bytes.length);
      expect(codec.decode(bytes).name).toBe(expected);
    });
    fc.assert(property, { numRuns: 3000 });
  });
});
