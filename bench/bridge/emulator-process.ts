import { startFauxqs } from "../../test/support/fauxqs.ts";
import { stepAside } from "./step-aside.ts";

/**
 * SNS and SQS in a process of their own. On AWS they are on other machines: here they and the consumer give way to the
 * world and its bridge.
 */
stepAside();
const server = await startFauxqs({ host: "127.0.0.1" });
process.send?.(`http://127.0.0.1:${server.port}`);
process.once("disconnect", () => process.exit(0));
