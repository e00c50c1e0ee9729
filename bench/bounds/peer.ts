import { parentPort, workerData } from "node:worker_threads";
import type { Effort } from "../table.ts";
import {
  copyAcross,
  copyAlone,
  nsOfTrips,
  type Shared,
  takeAcross,
  tripsBack,
} from "./programs.ts";

/** What a thread is told to do. Who measures hands its figure to the main thread. */
export interface BoundsSetup {
  readonly does: "copy-alone" | "copy-across" | "take-across" | "trips" | "trips-back";
  readonly shared: Shared;
  readonly effort: Effort;
}

const { does, shared, effort } = workerData as BoundsSetup;
const programs = {
  "copy-alone": copyAlone,
  "copy-across": copyAcross,
  "take-across": takeAcross,
  trips: nsOfTrips,
  "trips-back": tripsBack,
};
parentPort?.postMessage(programs[does](shared, effort));
