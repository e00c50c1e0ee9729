import { integer, readOptions } from "../src/server/commands/options.ts";
import { runKillCycles } from "./soak/kill-cycles.ts";

const { cycles, seed } = readOptions(
  {
    cycles: integer("N", "kills", { default: 100, min: 1, max: 1_000_000 }),
    seed: integer("SEED", "of all chance", { default: 1, min: 0, max: Number.MAX_SAFE_INTEGER }),
  },
  process.argv.slice(2),
);
console.log(`killing a server under load: --cycles ${cycles} --seed ${seed}`);
const { passed, failed } = await runKillCycles({ cycles, seed, print: console.log });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
