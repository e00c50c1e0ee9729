import { flushCompileCache } from "node:module";
import { serve } from "../../src/server/compose.ts";
import { aborted, untilInterrupted } from "../../src/server/interrupts.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { bootstrap } from "../../test/support/counter-world.ts";

/**
 * The server as `start` composes it, around a world that tells something in each frame, with sessions that outlive it:
 * `node scripts/soak/resume-server.ts FILE SEED WORKERS`. Its first line on stdout is its address.
 */
const [file = "", seed, workers] = process.argv.slice(2);
const stillMs = 50;
const stillEveryMs = 100;
const interrupted = untilInterrupted();
const server = await serve({
  world: {
    ...{ name: "soak", seed: Number(seed), workers: Number(workers), tickHz: 60, file, bootstrap },
    actorsModule: new URL("../../test/support/counter-world.ts", import.meta.url),
    snapshots: { replayMsMax: 50, framesMin: 60, framesMax: 600 },
  },
  sessionFile: `${file}-sessions`,
  host: "127.0.0.1",
  port: 0,
  // Less than happens while a client is away for a second: what it missed does not fit into its lane.
  limits: { ...defaultLimits, reliableLaneBytesMax: 1_024 },
  log: createLog((line) => process.stderr.write(`${line}\n`)),
});
console.log(server.url);
// The main thread stands still now and then: frames get to the disk before it has read what they told, and a kill finds
// them so.
const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
setInterval(() => Atomics.wait(cell, 0, 0, stillMs), stillEveryMs).unref();
// A process that is killed writes no cache as it ends.
flushCompileCache();
const failure = await Promise.race([server.failed, aborted(interrupted)]);
await server.close();
process.exit(failure ? 1 : 0);
