import { integer, readOptions } from "../src/server/commands/options.ts";
import { runBridgeSoak } from "./soak/bridge/bridge-soak.ts";

const { seconds, rate, seed } = readOptions(
  {
    seconds: integer("N", "of disturbances", { default: 120, min: 5, max: 1_000_000 }),
    rate: integer("R", "events a second", { default: 10_000, min: 500, max: 1_000_000 }),
    seed: integer("SEED", "of all chance", { default: 1, min: 0, max: 2 ** 31 }),
  },
  process.argv.slice(2),
);
console.log(`a bridge in trouble: --seconds ${seconds} --rate ${rate} --seed ${seed}`);
const { passed, failed } = await runBridgeSoak({ seconds, rate, seed, print: console.log });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
