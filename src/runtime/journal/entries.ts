import type { ErrorCode } from "../errors.ts";

/** What one frame took from outside. Written by the conductor before the frame runs. */
export interface FrameEntry {
  readonly kind: "frame";
  readonly frame: number;
  /** A FrameInputs message. */
  readonly inputs: Uint8Array;
  /** Some input has an idempotency key. */
  readonly keyed: boolean;
}

/** The world has come to this frame: those since the last entry took nothing from outside. Conductor. */
export interface ReachedEntry {
  readonly kind: "reached";
  readonly frame: number;
}

/** Hashes of some actors after a frame, by which a replay is checked. From each worker that has some of them. */
export interface MarkEntry {
  readonly kind: "mark";
  readonly frame: number;
  readonly worker: number;
  /** Actor, hash, actor, hash …; the conductor's registry is actor 0. */
  readonly hashes: Int32Array;
}

/** A part of a snapshot: from the conductor first, then from each worker. */
export interface SnapshotPart {
  readonly kind: "snapshot";
  /** The last frame that had ended. */
  readonly frame: number;
  /** How many parts there are. */
  readonly parts: number;
  /** Some fields of a Snapshot message. */
  readonly part: Uint8Array;
}

/** The answer to a command that had an idempotency key. Main thread. */
export interface ReplyEntry {
  readonly kind: "reply";
  readonly key: string;
  /** The frame that answered it. */
  readonly frame: number;
  /** Hash of what was asked: under one key, another question is refused. */
  readonly digest: Uint8Array;
  readonly error: ErrorCode | undefined;
  /** The response, or the text of the error. */
  readonly payload: Uint8Array;
}

/** All replies of frames up to this one have been handed over: a snapshot of it may be kept. Main thread. */
export interface SettledEntry {
  readonly kind: "settled";
  readonly frame: number;
}

/** A message that cost the world a worker. It is not handled again. Main thread. */
export interface QuarantineEntry {
  readonly kind: "quarantine";
  readonly frame: number;
  readonly round: number;
  readonly actor: number;
  /** Its place among what the actor handled in that round, from 0. */
  readonly place: number;
  /** For people: who, what and why. */
  readonly text: string;
}

export type JournalEntry =
  | FrameEntry
  | ReachedEntry
  | MarkEntry
  | SnapshotPart
  | ReplyEntry
  | SettledEntry
  | QuarantineEntry;

/** A whole snapshot, as it is kept. */
export interface StoredSnapshot {
  readonly frame: number;
  /** A Snapshot message. */
  readonly body: Uint8Array;
}

/** Rows that go to disk together. */
export interface JournalBatch {
  readonly frames: readonly FrameEntry[];
  readonly marks: readonly MarkEntry[];
  readonly replies: readonly ReplyEntry[];
  readonly quarantine: readonly QuarantineEntry[];
  readonly snapshot: StoredSnapshot | undefined;
  /** Entries before the snapshot were lost: what is stored before it does not lead up to it, and goes. */
  readonly afterGap: boolean;
  /** The last frame that the world has come to. */
  readonly reached: number;
}
