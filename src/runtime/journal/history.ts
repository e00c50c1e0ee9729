import type {
  FrameEntry,
  MarkEntry,
  QuarantineEntry,
  ReplyEntry,
  StoredSnapshot,
} from "./entries.ts";

/** What a world is told apart by. It is written when the world begins, and stays. */
export interface WorldIdentity {
  /** Random; part of the ids of its effects. */
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly tickHz: number;
  /** By which version of Node and of the schema it was last written. */
  readonly node: string;
  readonly schemaHash: string;
}

/** What a world goes on from: a snapshot, and what came from outside since. */
export interface History {
  readonly identity: WorldIdentity;
  /** Undefined: from the very beginning. */
  readonly snapshot: StoredSnapshot | undefined;
  /** After the snapshot, in their order. Frames that took nothing are left out. */
  readonly frames: readonly Pick<FrameEntry, "frame" | "inputs" | "keyed">[];
  readonly marks: readonly Pick<MarkEntry, "frame" | "hashes">[];
  readonly quarantine: readonly Omit<QuarantineEntry, "kind" | "text">[];
  /** Answers under idempotency keys, the oldest first. */
  readonly replies: readonly Omit<ReplyEntry, "kind">[];
  /** The last frame that the world is known to have come to. */
  readonly reached: number;
}
