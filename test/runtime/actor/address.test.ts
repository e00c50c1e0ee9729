import { expect, test } from "vitest";
import { addressOf, isKey, isKind, parseAddress } from "../../../src/runtime/actor/address.ts";

const kinds = ["a", "weather", "npc-2", `a${"b".repeat(31)}`];
const keys = ["0", "north-marsh", "a.b:c_d-e", "9".repeat(64), "-", ".", ":"];
const notKinds = ["", "A", "2npc", "-a", "a_b", "a.b", "a/b", `a${"b".repeat(32)}`, "a\n", "ä"];
const notKeys = ["", "A", "a/b", "a b", "ä", "a\n", "\n", "9".repeat(65), "a\u0000"];

test("every kind and key that is valid makes an address, which comes apart into them again", () => {
  for (const kind of kinds) {
    for (const key of keys) {
      const address = addressOf(kind, key);
      expect(address).toBe(`${kind}/${key}`);
      expect(parseAddress(address)).toEqual({ kind, key });
    }
  }
});

test("what is no kind or no key is refused by name", () => {
  for (const kind of notKinds) {
    expect(isKind(kind), kind).toBe(false);
    expect(() => addressOf(kind, "0")).toThrow(
      expect.objectContaining({
        code: "INVALID_ADDRESS",
        message: expect.stringContaining(`kind=${JSON.stringify(kind)}`),
      }),
    );
  }
  for (const key of notKeys) {
    expect(isKey(key), key).toBe(false);
    expect(() => addressOf("weather", key)).toThrow(
      expect.objectContaining({
        code: "INVALID_ADDRESS",
        message: expect.stringContaining(`key=${JSON.stringify(key)}`),
      }),
    );
  }
});

test.each([
  "",
  "weather",
  "/",
  "weather/",
  "/x",
  "weather/a/b",
  "Weather/a",
  "weather/a\n",
  " weather/a",
])("%j is not an address", (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS" }));
});

test("a text that is far too long is not repeated in full", () => {
  const refuse = (): unknown => parseAddress("x".repeat(100_000));
  expect(refuse).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS" }));
  expect(refuse).toThrow(/^.{0,300}$/);
});
