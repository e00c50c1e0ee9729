import { expect, test } from "vitest";
import { TokenBuckets } from "../../../src/server/gateway/token-buckets.ts";

test("each name may come twice its rate at once, and its rate from then on", () => {
  const clock = { now: 0 };
  const buckets = new TokenBuckets(2, () => clock.now);
  const takes = (name: string) => [1, 2, 3, 4, 5].map(() => buckets.take(name));
  expect(takes("anna")).toEqual([true, true, true, true, false]);
  expect(takes("bob")).toEqual([true, true, true, true, false]);
  clock.now = 1_000;
  expect(takes("anna")).toEqual([true, true, false, false, false]);
});

test("of too many names, the one that came longest ago is forgotten", () => {
  const buckets = new TokenBuckets(1, () => 0);
  const isFull = (name: string) => [1, 2].map(() => buckets.take(name)).join() === "true,true";
  expect([isFull("first"), isFull("second"), isFull("first")]).toEqual([true, true, false]);
  // One more than there are places: the second makes room, for the first has come again since.
  for (let i = 0; i < 16_383; i += 1) buckets.take(`other ${i}`);
  expect([isFull("first"), isFull("second")]).toEqual([false, true]);
});
