import { parentPort, workerData } from "node:worker_threads";
import { liveMinutes } from "./year.ts";

/** In a thread of its own, with nothing compiled yet: as the first year of a server is. */
parentPort?.postMessage(await liveMinutes(workerData as number));
