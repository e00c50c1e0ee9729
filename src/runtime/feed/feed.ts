import type { DescMessage } from "@bufbuild/protobuf";
import type { Address } from "../actor/address.ts";

/**
 * A feed hands the events of committed frames to a thread that reads them on its own time, in the world's order, all of
 * them and each once: what its reader had not in a safe place when the process ended is made again from the journal.
 */
export interface FeedOptions {
  /** Numbers of the events that are fed. */
  readonly events: readonly number[];
  /** How far the reader came in an earlier process. Undefined, or of another world: it begins where the world stands. */
  readonly since: FeedMark | undefined;
  /** Of each worker's ring: a power of two. Events that find no room are lost, and counted. */
  readonly ringBytes: number;
  /** There are rings to read: the world begins, or goes on after the loss of a worker. */
  attach(end: FeedEnd): void;
  /**
   * The rings are given up. Resolves when the reader has left them, with the last frame of which it has read all events.
   * Undefined: there is no reader any more, and nothing is fed from now on.
   */
  detach(): Promise<number | undefined>;
  /** The reader has not left its rings in time: the world goes on without it, and feeds it no more. */
  abandon(): void;
}

/** The events of frames up to this one are in a safe place. */
export interface FeedMark {
  readonly worldId: string;
  readonly frame: number;
}

/** What a reader opens; it can be posted to another thread. */
export interface FeedEnd {
  readonly worldId: string;
  readonly tickHz: number;
  /** The first events come from the frame after this one. */
  readonly after: number;
  /** The last frame that the world had come to when its process took it up. 0: it began. */
  readonly reached: number;
  /** Of each type that is fed: its number in the rings, and its message. */
  readonly types: readonly FeedType[];
  readonly rings: readonly SharedArrayBuffer[];
  readonly control: SharedArrayBuffer;
  readonly workers: number;
  /** The journal's status. Undefined: the world is kept nowhere, and each frame that ended counts as committed. */
  readonly journal: SharedArrayBuffer | undefined;
}

export interface FeedType {
  readonly id: number;
  /** Number of the event. */
  readonly number: number;
  /** Full name of its message. */
  readonly message: string;
  /** First part of its topic. */
  readonly topic: string;
  /** The text field with the second part. */
  readonly topicKey: string | undefined;
}

/** An event as it lies in a ring. Valid until the function that was given it returns. */
export interface FeedEvent {
  /** Number of the event. */
  readonly number: number;
  readonly desc: DescMessage;
  /** `weather/north-marsh`, or `time` for an event without a key. */
  readonly topic: string;
  /** Who published it. */
  readonly source: Address;
  /** The actor's number; after it has stopped, another one's. */
  readonly actor: number;
  /** Which of the actor's messages it was. With world, frame and actor it makes the event's id. */
  readonly sequence: number;
  /** The encoded event is `bytes[start] … bytes[end - 1]`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
