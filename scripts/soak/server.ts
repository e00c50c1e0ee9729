import { flushCompileCache } from "node:module";
import { serve } from "../../src/server/compose.ts";
import { aborted, untilInterrupted } from "../../src/server/interrupts.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { ledgerWorld } from "./world.ts";

/**
 * The server as `start` composes it, around the ledger world: `node scripts/soak/server.ts FILE SEED WORKERS`. Its first
 * line on stdout is its address, printed when it can be called.
 */
const [file = "", seed, workers] = process.argv.slice(2);
const interrupted = untilInterrupted();
const server = await serve({
  world: ledgerWorld(file, Number(seed), Number(workers)),
  host: "127.0.0.1",
  port: 0,
  limits: defaultLimits,
  log: createLog((line) => process.stderr.write(`${line}\n`)),
});
console.log(server.url);
// A process that is killed writes no cache as it ends.
flushCompileCache();
const failure = await Promise.race([server.failed, aborted(interrupted)]);
await server.close();
process.exit(failure ? 1 : 0);
