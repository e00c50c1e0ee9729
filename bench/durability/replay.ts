import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replay, simulate, type WorldOptions } from "../../src/runtime/host.ts";
import { loadWorldPack } from "../../src/server/world-pack.ts";
import { bootstrap } from "../../test/support/ledger-world.ts";
import { check, type Effort } from "../table.ts";
import { inFolder } from "./folder.ts";
import { type Course, writeWorldFile } from "./world-file.ts";

export const replayWorkers = [1, 2, 4] as const;
const tickHz = 60;
const sampleFolder = fileURLToPath(new URL("../../worlds/sample/", import.meta.url));

/** Ten minutes of the sample world, which takes nothing from outside. */
export async function replaySample({ scale }: Effort): Promise<readonly number[]> {
  const { name, bootstrap: pack } = await loadWorldPack(sampleFolder);
  const actorsModule = new URL("../../src/actors/index.ts", import.meta.url);
  const world = { name, seed: 1, workers: 1, tickHz, actorsModule, bootstrap: pack };
  const frames = Math.ceil(36_000 * scale);
  const { hash } = await simulate(world, frames);
  return await timesRealTime({ world, frames, recordsPerFrame: 0 }, hash);
}

/** A minute of the ledger world, which takes 1,500 commands in each second of it. */
export async function replayLedger({ scale }: Effort): Promise<readonly number[]> {
  const actorsModule = new URL("./actors.ts", import.meta.url);
  const world = { name: "ledger", seed: 1, workers: 1, tickHz, actorsModule, bootstrap };
  return await timesRealTime({ world, frames: Math.ceil(3_600 * scale), recordsPerFrame: 25 });
}

/** How fast a world is run again from its beginning, by numbers of workers: all must come to the same. */
async function timesRealTime(course: Course, hash?: string): Promise<readonly number[]> {
  return await inFolder(async (folder) => {
    const file = join(folder, "world.db");
    writeWorldFile(file, course);
    const { actorsModule }: WorldOptions = course.world;
    const speeds: number[] = [];
    let expected = hash;
    for (const workers of replayWorkers) {
      const run = await replay({ file, actorsModule, workers, verify: false });
      expected ??= run.hash;
      check(run.hash === expected, `${workers} workers came to ${run.hash}, not to ${expected}`);
      check(run.to === course.frames, `${run.to} of ${course.frames} frames were run`);
      speeds.push(run.timesRealTime);
    }
    return speeds;
  });
}
