import { parentPort, workerData } from "node:worker_threads";
import { TellurionError } from "../errors.ts";
import { JournalLoop } from "./journal-loop.ts";
import type { JournalMessage, JournalRequest, JournalSetup } from "./journal-messages.ts";

/** The journal's thread begins here. Kept thin: coverage does not see it. */
const post = (message: JournalMessage): void => parentPort?.postMessage(message);
try {
  const loop = new JournalLoop(workerData as JournalSetup, post);
  parentPort?.on("message", (request: JournalRequest) => {
    loop.receive(request);
    if (request.what === "close") parentPort?.close();
  });
} catch (error) {
  const code = error instanceof TellurionError ? error.code : "INTERNAL_ERROR";
  post({ what: "failed", code, text: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
