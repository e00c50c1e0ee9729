import { integer, readOptions } from "../src/server/commands/options.ts";
import { runResumeCuts } from "./soak/resume-cuts.ts";

const { cuts, restarts, seed } = readOptions(
  {
    cuts: integer("N", "sockets cut", { default: 1_000, min: 1, max: 1_000_000 }),
    restarts: integer("N", "restarts of the server", { default: 4, min: 0, max: 10_000 }),
    seed: integer("SEED", "of all chance", { default: 1, min: 0, max: Number.MAX_SAFE_INTEGER }),
  },
  process.argv.slice(2),
);
console.log(`cutting clients off: --cuts ${cuts} --restarts ${restarts} --seed ${seed}`);
const { passed, failed } = await runResumeCuts({ cuts, restarts, seed, print: console.log });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
