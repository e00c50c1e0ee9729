import { parentPort, workerData } from "node:worker_threads";
import { FlightWriter } from "../../src/runtime/world/flight-recorder.ts";

/** What a worker does in a test of its recorder: turns until the test has seen enough, then one that never ends. */
export interface FlightJob {
  readonly recorder: SharedArrayBuffer;
  /** One word: 1 when it is enough. */
  readonly enough: SharedArrayBuffer;
}

/** All numbers of a turn follow from its frame: so a reader can tell a mixture of two. */
export function turnOf(frame: number): { round: number; actor: number; handler: number } {
  return { round: frame % 61, actor: 1 + (frame % 8_191), handler: frame % 127 };
}

function fly({ recorder, enough }: FlightJob): never {
  const writer = new FlightWriter(recorder);
  const enoughWords = new Int32Array(enough);
  for (let frame = 1; Atomics.load(enoughWords, 0) === 0; frame += 1) {
    const { round, actor, handler } = turnOf(frame);
    writer.beginRound(frame, round);
    writer.enter(actor, handler, 0);
    writer.leave();
    writer.turn(actor, handler, frame, frame / 1_000);
  }
  writer.enter(7, 8, 9);
  for (;;);
}

if (parentPort) fly(workerData as FlightJob);
