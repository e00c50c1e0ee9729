import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { Address } from "../actor/address.ts";
import type { LogLevel } from "../actor/context.ts";
import type { TellurionError } from "../errors.ts";
import type { Catalogue, EventEntry, MethodEntry } from "./catalogue.ts";
import type { WorldLimits } from "./limits.ts";
import type { DeadLetterReason } from "./metrics.ts";

/** An actor that a new world begins with, and the first message it gets. */
export interface Bootstrap {
  readonly address: Address;
  readonly type: DescMessage;
  readonly message: MessageInitShape<DescMessage>;
}

export interface WorldOptions {
  readonly name: string;
  /** 0 to 2^53 - 1. */
  readonly seed: number;
  /** 1 to 16. */
  readonly workers: number;
  /** Frames in a second of world time: 1 to 240. */
  readonly tickHz: number;
  /** A module whose export `actors` lists the world's kinds of actor. Every worker imports it. */
  readonly actorsModule: URL;
  readonly bootstrap: readonly Bootstrap[];
  readonly limits?: Partial<WorldLimits>;
  /** Moves random actors every so many frames, to show that placement changes nothing. 0, the default: never. */
  readonly shuffleEveryFrames?: number;
}

/** An event as it lies in a ring. Valid until the listener returns. */
export interface PublishedEvent {
  readonly entry: EventEntry;
  /** `weather/north-marsh`, or `time` for an event without a key. */
  readonly topic: string;
  /** Address number of the actor that published it, and which of its messages this was. */
  readonly actor: number;
  readonly sequence: number;
  /** The encoded event is `bytes[start] … bytes[end - 1]`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** What one frame published, in the world's order: the same whatever the number of workers. */
export interface PublishedFrame {
  readonly frame: number;
  readonly events: readonly PublishedEvent[];
  /** Events of this frame that found no room in a ring and are missing. */
  readonly lost: number;
}

export interface DeadLetter {
  readonly frame: number;
  readonly sender: Address | undefined;
  readonly target: Address;
  readonly type: string;
  readonly reason: DeadLetterReason;
}

export interface LogLine {
  readonly frame: number;
  readonly level: LogLevel;
  readonly address: Address | undefined;
  readonly text: string;
}

/** A world that runs on worker threads, seen from the main thread. */
export interface World {
  readonly name: string;
  readonly seed: number;
  readonly tickHz: number;
  readonly workers: number;
  readonly catalogue: Catalogue;
  /** The last frame that ended. */
  readonly frame: number;
  /**
   * Calls a method: encodes nothing, decodes nothing. `request` must be valid for the method's input. Rejects with a
   * TellurionError: the actor's rejection, NOT_FOUND, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, HANDLER_FAILED,
   * WORLD_STOPPED.
   */
  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array>;
  /** Hears every frame that published events which are listened to; in order, on the main thread. */
  onFrame(listener: (frame: PublishedFrame) => void): void;
  /** Says which events (by number) somebody listens to; the others are not copied out of the world. None at first. */
  listenTo(events: Iterable<number>): void;
  onLog(listener: (line: LogLine) => void): void;
  onDeadLetter(listener: (letter: DeadLetter) => void): void;
  /** The world stopped by a failure that no supervisor took. */
  onFailure(listener: (error: TellurionError) => void): void;
  metrics(): WorldMetrics;
  /** The actors that have taken the most time, the busiest first. */
  busiestActors(limit: number): ActorLoad[];
  /** Ends the frame that is running, then the workers. */
  stop(): Promise<void>;
}

/** Counters since the world began, read from shared memory without stopping anybody. */
export interface WorldMetrics {
  readonly frame: number;
  readonly actors: number;
  readonly handled: number;
  readonly published: number;
  readonly deadLetters: number;
  readonly failures: number;
  /** Events that found no room on their way to the main thread. */
  readonly lostOutput: number;
  readonly frameMsLast: number;
  readonly frameMsMax: number;
  /** How late frames began, in ms. */
  readonly latenessMsLast: number;
  readonly latenessMsMax: number;
  /** Frames that took longer than their step. */
  readonly overruns: number;
  readonly laneBytes: number;
  readonly workers: readonly { readonly busyMs: number; readonly actors: number }[];
  readonly types: readonly TypeMetrics[];
  readonly deadLettersByReason: Readonly<Record<DeadLetterReason, number>>;
}

/** What one actor has cost since it began. */
export interface ActorLoad {
  readonly address: Address;
  readonly worker: number;
  readonly handled: number;
  readonly timeMs: number;
  readonly depthMax: number;
}

export interface TypeMetrics {
  readonly kind: string;
  readonly type: string;
  readonly handled: number;
  readonly timeMs: number;
  readonly depthMax: number;
}
