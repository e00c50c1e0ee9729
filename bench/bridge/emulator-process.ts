import { setPriority } from "node:os";
import { startFauxqs } from "../../test/support/fauxqs.ts";

/**
 * SNS and SQS in a process of their own. On AWS they are on other machines: here they and the consumer give way to the
 * world and its bridge.
 */
const niceness = 10;
setPriority(niceness);
const server = await startFauxqs({ host: "127.0.0.1" });
process.send?.(`http://127.0.0.1:${server.port}`);
process.once("disconnect", () => process.exit(0));
