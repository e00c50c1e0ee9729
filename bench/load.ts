import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../src/runtime/host.ts";
import type { Effort } from "./table.ts";

export const frameMs = 1_000 / 60;
/** Frames are made to take longer than their step by this factor: so no thread ever waits for the next one. */
const overload = 2;

/** Which messages are counted: those of a type that actors of a kind handle. */
export interface Counted {
  readonly kind: string;
  readonly type: string;
}

/** Whether the present load makes frames long enough. The first frame after a change is part of neither. */
export async function isOverloaded(world: World): Promise<boolean> {
  const { frame } = world;
  while (world.frame < frame + 3) await delay(2);
  return world.metrics().frameMsLast > frameMs * overload;
}

/** Messages handled in a millisecond; undefined when frames became so short that threads may have rested in between. */
export async function rateUnderLoad(
  world: World,
  counted: Counted,
  effort: Effort,
): Promise<number | undefined> {
  const before = glance(world, counted);
  let after = before;
  while (after.frame < before.frame + 2 || after.atMs < before.atMs + effort.measureMs) {
    await delay(Math.max(before.atMs + effort.measureMs - after.atMs, 1));
    after = glance(world, counted);
  }
  const elapsedMs = after.atMs - before.atMs;
  if (elapsedMs / (after.frame - before.frame) < frameMs * 1.1) return undefined;
  return (after.handled - before.handled) / elapsedMs;
}

interface Glance {
  readonly atMs: number;
  readonly frame: number;
  readonly handled: number;
}

/** What the world's own counters, in shared memory, say. */
function glance(world: World, { kind, type }: Counted): Glance {
  const { frame, types } = world.metrics();
  const messages = types.find((one) => one.kind === kind && one.type === type);
  return { atMs: performance.now(), frame, handled: messages?.handled ?? 0 };
}
