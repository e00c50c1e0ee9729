import type { ErrorCode } from "../errors.ts";
import type { JournalEnd } from "../journal/journal-end.ts";
import type { PackedHistory } from "../journal/packed-history.ts";
import type { WorldLimits } from "./limits.ts";
import type { WorldMemory } from "./memory.ts";
import type { ConductorPorts, WorkerPorts } from "./ports.ts";
import type { SnapshotOptions } from "./snapshot-schedule.ts";
import type { StateHash } from "./state-hash.ts";

/** What the main thread hands to a worker as it starts. */
export interface WorkerSetup {
  readonly worker: number;
  readonly workers: number;
  readonly seed: number;
  readonly tickHz: number;
  readonly limits: WorldLimits;
  /** URL of the module that exports `actors`. */
  readonly actorsModule: string;
  readonly memory: WorldMemory;
  readonly ports: WorkerPorts;
  /** Looks at the barrier before a thread sleeps on it, within a frame. */
  readonly spins: number;
  /** A frame begins each step. Otherwise they follow one another as fast as they can. */
  readonly paced: boolean;
  /** Its thread goes before all others of the machine. */
  readonly realtime: boolean;
  /** Where the world is kept. Undefined: nowhere. */
  readonly journal: JournalEnd | undefined;
  /** What the world goes on from. Undefined: it begins. */
  readonly history: PackedHistory | undefined;
  /** Frames up to this one are run again: their events and log lines have been seen. */
  readonly mutedThrough: number;
  /** The feed's reader has the events of frames up to this one. */
  readonly fedThrough: number;
  /** Who called in frames that are run again still waits for the reply. */
  readonly callersWait: boolean;
  /** On worker 0 only. */
  readonly conductor: ConductorSetup | undefined;
}

export interface ConductorSetup {
  readonly ports: ConductorPorts;
  readonly bootstrap: readonly Uint8Array[];
  /** The world ends after this frame. 0: it runs until it is stopped. */
  readonly lastFrame: number;
  readonly shuffleEveryFrames: number;
  readonly fixedPlacement: boolean;
  readonly snapshots: SnapshotOptions;
}

/** What a worker tells the main thread through its port. */
export type WorkerMessage =
  | { readonly what: "ready" }
  /** The conductor: all frames that had been run before have been run again. */
  | { readonly what: "caught-up" }
  /** The conductor: there is output to read. */
  | { readonly what: "output" }
  /** The world was given up; the thread is free for another one. */
  | { readonly what: "aborted" }
  /** The loop ended in good order. */
  | { readonly what: "ended"; readonly hash: StateHash }
  /** The conductor: a failure escalated to the top. */
  | { readonly what: "failed"; readonly text: string }
  /** The worker cannot go on, or never began. */
  | {
      readonly what: "crashed";
      readonly text: string;
      readonly started: boolean;
      /** Of an error that was raised on purpose. */
      readonly code: ErrorCode | undefined;
    };
