import type { LaneReader, LaneWriter } from "../memory/lane.ts";
import type { RingWriter } from "../memory/ring.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Kinds } from "./kinds.ts";
import type { WorldLimits } from "./limits.ts";
import type { WorldMemory } from "./memory.ts";
import type { Quarantine } from "./quarantine.ts";

/** The ends of lanes and rings that one worker holds. */
export interface CoreEnds {
  /** To each worker, itself included. */
  readonly lanesOut: readonly LaneWriter[];
  /** From each worker, itself included. */
  readonly lanesIn: readonly LaneReader[];
  readonly notices: LaneWriter;
  readonly orders: LaneReader;
  readonly inputs: LaneReader;
  readonly ring: RingWriter;
  readonly feed: RingWriter | undefined;
  /** Lanes that nobody else reads: for timers' messages, and for events that nobody hears. */
  readonly timers: LaneWriter;
  readonly scratch: LaneWriter;
}

export interface CoreOptions {
  readonly worker: number;
  readonly seed: number;
  readonly tickHz: number;
  readonly limits: WorldLimits;
  readonly catalogue: Catalogue;
  readonly kinds: Kinds;
  readonly memory: WorldMemory;
  readonly ends: CoreEnds;
  /** What is not to be handled again. */
  readonly quarantine: Quarantine;
  /** Frames up to this one are run again: their events and log lines have been seen. 0: none. */
  readonly mutedThrough: number;
  /** The feed's reader has the events of frames up to this one. */
  readonly fedThrough: number;
  /** Frames up to this one are run again, and the effects they asked for may have been carried out. 0: none. */
  readonly replayedThrough: number;
  /** Who called in frames that are run again still waits for the reply. */
  readonly callersWait: boolean;
  /** Switches on the checks that cost time: stale views throw, a refusal must leave the state as it was. */
  readonly checks: boolean;
}
