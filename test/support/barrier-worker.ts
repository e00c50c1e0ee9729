import { parentPort, workerData } from "node:worker_threads";
import { Barrier } from "../../src/runtime/memory/barrier.ts";

/** What one party of a barrier does in a test: writes its word each round, and checks all others' after the barrier. */
export interface BarrierJob {
  readonly barrier: SharedArrayBuffer;
  /** Two words per party: for even and for odd rounds. */
  readonly written: SharedArrayBuffer;
  readonly party: number;
  readonly parties: number;
  readonly spins: number;
  /** 0: until the barrier is aborted. */
  readonly rounds: number;
}

export interface BarrierOutcome {
  readonly rounds: number;
  readonly wrong: number;
  readonly aborted: boolean;
}

/** No word is atomic here: only the barrier makes what others wrote visible. */
export function runParty(job: BarrierJob): BarrierOutcome {
  const barrier = new Barrier(new Int32Array(job.barrier), job.parties);
  const written = new Int32Array(job.written);
  let wrong = 0;
  for (let round = 1; job.rounds === 0 || round <= job.rounds; round += 1) {
    const parity = round & 1;
    written[job.party * 2 + parity] = round;
    if (!barrier.wait(job.spins)) return { rounds: round - 1, wrong, aborted: true };
    for (let other = 0; other < job.parties; other += 1) {
      if (written[other * 2 + parity] !== round) wrong += 1;
    }
  }
  return { rounds: job.rounds, wrong, aborted: false };
}

if (parentPort) parentPort.postMessage(runParty(workerData as BarrierJob));
