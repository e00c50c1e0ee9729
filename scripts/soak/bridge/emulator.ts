import { startFauxqs } from "../../../test/support/fauxqs.ts";

/** SNS and SQS, kept on the disk: `node scripts/soak/bridge/emulator.ts PORT FOLDER`. Says its address when it runs. */
const [port, dataDir = ""] = process.argv.slice(2);
const server = await startFauxqs({ port: Number(port), dataDir });
console.log(server.address);
