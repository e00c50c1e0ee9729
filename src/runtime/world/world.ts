import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { Address } from "../actor/address.ts";
import type { LogLevel } from "../actor/context.ts";
import type { EffectDefinition } from "../effects/effect.ts";
import type { EffectCounters } from "../effects/effect-runner.ts";
import type { TellurionError } from "../errors.ts";
import type { FeedOptions } from "../feed/feed.ts";
import type { Retention } from "../journal/retention.ts";
import type { Catalogue, EventEntry, MethodEntry } from "./catalogue.ts";
import type { WorldLimits } from "./limits.ts";
import type { DeadLetterReason } from "./metrics.ts";
import type { SnapshotOptions } from "./snapshot-schedule.ts";

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
  /** Actors stay on the workers on which they begin, whatever these have to do. */
  readonly fixedPlacement?: boolean;
  /**
   * The world's file, created where there is none; `inMemory` for a world that outlives its workers only. Undefined: it
   * is kept nowhere, and the loss of a worker ends it.
   */
  readonly file?: string;
  readonly retention?: Partial<Retention>;
  readonly snapshots?: Partial<SnapshotOptions>;
  /** What actors may ask of the outside. */
  readonly effects?: readonly EffectDefinition[];
  /** Who gets the events of committed frames on a thread of its own. */
  readonly feed?: FeedOptions;
  /** Wall time that a handler may take before its worker is given up, in ms. */
  readonly handlerMsMax?: number;
  /** Who hears of events from the first frame on. */
  readonly listener?: FirstListener;
  /** The workers' threads go before all others of the machine, as `takeRealtime` says. */
  readonly realtime?: boolean;
  /** Memory of a worker's heap, in MB; one that needs more is lost. Undefined: Node's own limit. */
  readonly workerMemoryMb?: number;
}

export interface CallOptions {
  /** How long the caller waits, in ms. */
  readonly timeoutMs: number;
  /** Under one key a command takes effect once, and has one reply, also after a restart. Empty: none. */
  readonly idempotencyKey?: string;
}

/** Somebody who has heard of a world in an earlier process, and goes on where it ended. */
export interface FirstListener {
  /** First parts of the topics of which it hears. */
  readonly topics: ReadonlySet<string>;
  /** Frames after this one are told, also those that an earlier process has run and that are run again now. */
  readonly heardThrough: number;
  hear(frame: PublishedFrame): void;
}

/** From one frame to another, both included. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

/** What workers did just before something went wrong. */
export interface FlightDump {
  readonly frame: number;
  readonly reason: string;
  /** One for each run of messages of one type that an actor handled, in order of time. */
  readonly lines: readonly string[];
  /** Those that took the most time, the slowest first. */
  readonly slowest: readonly string[];
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
  /** Of this world, and of no other. It stays the same as long as the world's file is kept. */
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly tickHz: number;
  readonly workers: number;
  readonly catalogue: Catalogue;
  /** The last frame that ended. */
  readonly frame: number;
  /** World time that passes in a second, in seconds: less than 1 under overload. */
  readonly timeDilation: number;
  /** Why commands that must not be lost are refused. Undefined: they are not. */
  readonly durabilityProblem: string | undefined;
  readonly effectCounters: EffectCounters;
  /**
   * Calls a method: encodes nothing, decodes nothing. `request` must be valid for the method's input. Rejects with a
   * TellurionError: the actor's rejection, NOT_FOUND, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, HANDLER_FAILED,
   * WORLD_STOPPED, WORLD_NOT_DURABLE, IDEMPOTENCY_KEY_REUSED, MESSAGE_QUARANTINED.
   */
  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array>;
  /** Hears every frame that published events which are listened to; in order, on the main thread. */
  onFrame(listener: (frame: PublishedFrame) => void): void;
  /**
   * Hands on now what is yet to be heard of frames that have ended, and returns the last of them: `frame` may be ahead of
   * what listeners have heard. Not for listeners themselves.
   */
  readOutput(): number;
  /** Says which events (by number) somebody listens to; the others are not copied out of the world. None at first. */
  listenTo(events: Iterable<number>): void;
  /**
   * Calls back when a frame is on the disk: at once if it is, or if the world is kept nowhere. Never, if the frame does not
   * last; then `onRewind` tells.
   */
  whenKept(frame: number, release: () => void): void;
  onLog(listener: (line: LogLine) => void): void;
  onDeadLetter(listener: (letter: DeadLetter) => void): void;
  /** The world stopped by a failure that no supervisor took. */
  onFailure(listener: (error: TellurionError) => void): void;
  /** Hears when world time begins to run slower or faster, with the new `timeDilation`. */
  onTimeDilation(listener: (factor: number) => void): void;
  /** Hears that frames did not last: a worker was lost while the disk took nothing. They are run anew, from `from` on. */
  onRewind(listener: (frames: FrameRange) => void): void;
  /** What led to an overrun, a failure or the loss of a worker; at most one every ten seconds but for losses. */
  onFlight(listener: (dump: FlightDump) => void): void;
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
