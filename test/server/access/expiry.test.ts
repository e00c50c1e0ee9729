import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { atExpiry } from "../../../src/server/access/expiry.ts";

const dayMs = 86_400_000;
let ended = 0;
const end = () => {
  ended += 1;
};
beforeEach(() => {
  ended = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("a token of sixty days ends after sixty days, not when a timer of Node is full", () => {
  atExpiry(Date.now() + 60 * dayMs, end);
  vi.advanceTimersByTime(60 * dayMs - 1);
  expect(ended).toBe(0);
  vi.advanceTimersByTime(1);
  expect(ended).toBe(1);
});

test("a time that is over ends at once; one that was cancelled, or never comes, does not", () => {
  atExpiry(Date.now() - 1, end);
  atExpiry(Number.POSITIVE_INFINITY, end);
  const cancel = atExpiry(Date.now() + 40 * dayMs, end);
  vi.advanceTimersByTime(30 * dayMs);
  cancel();
  vi.advanceTimersByTime(30 * dayMs);
  expect(ended).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
