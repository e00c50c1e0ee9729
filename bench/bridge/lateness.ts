import type { Effort } from "../table.ts";
import { failureOf } from "../world-calls.ts";
import { type MirroredWay, MirroredWorld, tickHz } from "./mirrored-world.ts";

const eventsPerSecond = 80_000;
const framesFull = 600;
/** The engine compiles what a frame runs in the first hundred. */
const warmFrames = 180;
/** Often enough to see each frame, and no more: it keeps a processor from the others. */
const lookMs = 7;

/** How late the frames of a world begin that publishes 80,000 events a second: 99 of 100 are less late. */
export async function measureLateness(way: MirroredWay, { scale }: Effort): Promise<number[]> {
  const frames = Math.max(20, Math.ceil(framesFull * scale));
  const mirrored = await MirroredWorld.start(way);
  await mirrored.publish(Math.ceil(eventsPerSecond / tickHz));
  const latenessMs: number[] = [];
  const done = new Promise<void>((resolve) => {
    const first = mirrored.world.frame + warmFrames * scale;
    let seen = mirrored.world.frame;
    const timer = setInterval(() => {
      if (mirrored.world.frame === seen) return;
      const { frame, latenessMsLast } = mirrored.world.metrics();
      seen = frame;
      if (frame > first) latenessMs.push(latenessMsLast);
      if (latenessMs.length < frames) return;
      clearInterval(timer);
      resolve();
    }, lookMs);
  });
  await Promise.race([failureOf(mirrored.world), done]);
  await mirrored.end();
  const sorted = latenessMs.toSorted((a, b) => a - b);
  return [sorted[Math.floor(sorted.length * 0.99)] as number];
}
