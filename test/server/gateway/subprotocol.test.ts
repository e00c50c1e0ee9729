import { expect, test } from "vitest";
import { binarySubprotocol } from "../../../src/server/gateway/subprotocol.ts";

test("of what a client says nothing is kept that nobody knows: there could be as much as there is room for", () => {
  /** Field 100, a varint. */
  const unknown = [0xa0, 0x06, 1];
  const hello = [0x0a, 1, 0x61, ...unknown];
  const bytes = Uint8Array.of(0x0a, hello.length, ...hello, ...unknown);
  const message = binarySubprotocol.decode(bytes);
  expect(message.body).toMatchObject({ case: "hello", value: { client: "a" } });
  expect(message.$unknown).toBeUndefined();
  expect(message.body.value?.$unknown).toBeUndefined();
});
