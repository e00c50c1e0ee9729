import type { MessagePort } from "node:worker_threads";

/** A thread's way to the journal. */
export interface JournalEnd {
  readonly port: MessagePort;
  readonly status: SharedArrayBuffer;
  /** In which the conductor records frames. Of worker 0 only. */
  readonly frames: SharedArrayBuffer | undefined;
}
