import { startWorld } from "../../src/runtime/host.ts";
import { ProduceSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { check, type Effort } from "../table.ts";
import { failureOf } from "../world-calls.ts";
import { percentiles, stepMs, tickHz } from "./loads.ts";

const framesFull = 600;
/** The engine compiles what a frame runs in the first hundred. */
const warmFrames = 120;
/** Often enough to see each frame, and no more: it keeps a processor from the others. */
const lookMs = 7;

/** How late the frames of a world begin that works for a share of each frame. */
export async function measureWorldPacing(load: number, effort: Effort): Promise<readonly number[]> {
  const frames = Math.max(10, Math.ceil(framesFull * effort.scale));
  const produce = { batch: Math.round(load * stepMs * 1_000) };
  const world = await startWorld({
    ...{ name: "bench-pacing", seed: 1, workers: 1, tickHz },
    actorsModule: new URL("./actors.ts", import.meta.url),
    bootstrap: [{ address: "laborer/0", type: ProduceSchema, message: produce as never }],
  });
  try {
    const latenessMs: number[] = [];
    const done = new Promise<void>((resolve) => {
      let seen = world.frame;
      const timer = setInterval(() => {
        if (world.frame === seen) return;
        const { frame, latenessMsLast } = world.metrics();
        seen = frame;
        if (frame > warmFrames * effort.scale) latenessMs.push(latenessMsLast);
        if (latenessMs.length < frames) return;
        clearInterval(timer);
        resolve();
      }, lookMs);
    });
    await Promise.race([failureOf(world), done]);
    const { frame, handled } = world.metrics();
    check(handled >= frame - 2, `${handled} messages were handled in ${frame} frames`);
    return percentiles(latenessMs);
  } finally {
    await world.stop();
  }
}
