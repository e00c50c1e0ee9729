import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FeedOptions } from "../../../src/runtime/feed/feed.ts";
import type { Catalogue } from "../../../src/runtime/world/catalogue.ts";
import { FeedDesk } from "../../../src/runtime/world/feed-desk.ts";
import type { WorldMemory } from "../../../src/runtime/world/memory.ts";

const waitMsMax = 10_000;
const world = { id: "w", tickHz: 60, workers: 1 };
const memory = { feedRings: [], control: new SharedArrayBuffer(64) } as unknown as WorldMemory;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function deskOf(detach: FeedOptions["detach"]) {
  const feed = { attach: vi.fn(), detach: vi.fn(detach), abandon: vi.fn() };
  const options = { events: [], since: undefined, ringBytes: 1_024, ...feed };
  const desk = new FeedDesk(options, { messages: [], events: [] } as unknown as Catalogue);
  return { feed, desk };
}

test("a reader that leaves its rings is fed from where it was", async () => {
  const { feed, desk } = deskOf(async () => 41);
  expect(await desk.detach()).toBe(true);
  desk.attach(world, memory, undefined);
  expect(feed.attach).toHaveBeenCalledWith(expect.objectContaining({ after: 41 }));
  await vi.advanceTimersByTimeAsync(waitMsMax);
  expect(feed.abandon).not.toHaveBeenCalled();
});

test("a reader that does not leave its rings is given up; it holds the world up once, and is fed no more", async () => {
  const { feed, desk } = deskOf(() => new Promise(() => {}));
  const left = desk.detach();
  await vi.advanceTimersByTimeAsync(waitMsMax);
  expect(await left).toBe(false);
  expect(feed.abandon).toHaveBeenCalledTimes(1);
  // No frame is run again for its sake, and none is copied for it.
  expect(desk.through).toBe(Number.MAX_SAFE_INTEGER);
  desk.attach(world, memory, undefined);
  expect(await desk.detach()).toBe(true);
  expect([feed.attach.mock.calls, feed.detach.mock.calls.length]).toEqual([[], 1]);
});

test("a reader that is gone is asked for nothing any more", async () => {
  const { feed, desk } = deskOf(async () => undefined);
  expect(await desk.detach()).toBe(true);
  desk.attach(world, memory, undefined);
  expect(desk.through).toBe(Number.MAX_SAFE_INTEGER);
  expect([feed.attach, feed.abandon].flatMap(({ mock }) => mock.calls)).toEqual([]);
});
