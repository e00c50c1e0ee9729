import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { TellurionError } from "../runtime/index.ts";
import { BridgeLoop } from "./bridge-loop.ts";
import type { BridgeMessage, BridgeRequest, BridgeSetup } from "./bridge-messages.ts";

/** The bridge's thread begins here. Kept thin: coverage does not see it. */
// Where processors are few, a frame that is due comes first. On Linux it is the priority of this thread alone.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
const post = (message: BridgeMessage): void => parentPort?.postMessage(message);
try {
  const loop = await BridgeLoop.open(workerData as BridgeSetup, post);
  parentPort?.on("message", async (request: BridgeRequest) => {
    await loop.receive(request);
    if (request.what === "close") parentPort?.close();
  });
} catch (error) {
  const code = error instanceof TellurionError ? error.code : "INTERNAL_ERROR";
  post({ what: "failed", code, text: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
