import type { MessagePort } from "node:worker_threads";
import type { ErrorCode } from "../errors.ts";
import type { FeedMark } from "../feed/feed.ts";
import type { History, WorldIdentity } from "./history.ts";
import type { SentEntry } from "./journal-sender.ts";
import type { KeyedInput } from "./keyed-inputs.ts";
import type { PackedHistory } from "./packed-history.ts";
import type { Retention } from "./retention.ts";

/** What the journal's thread begins with. */
export interface JournalSetup {
  /** Of the world's file, or `memoryPath`. */
  readonly path: string;
  /** What the world will be told apart by if there is no file yet. */
  readonly identity: WorldIdentity;
  readonly retention: Retention;
  readonly pendingBytesMax: number;
  /** The history that is told begins no later than this frame of this world, as far as it is kept. */
  readonly since?: FeedMark | undefined;
  readonly status: SharedArrayBuffer;
  /** In which the conductor records frames. */
  readonly frames: SharedArrayBuffer;
}

/** What the file says at the beginning. */
export interface OpenedJournal {
  readonly identity: WorldIdentity;
  /** There was no file. */
  readonly created: boolean;
  readonly history: PackedHistory;
  readonly replies: History["replies"];
  readonly keyed: readonly KeyedInput[];
  /** For people: what was found wrong and mended. */
  readonly problems: readonly string[];
}

/** What the file says when the world has to be taken up again. */
export interface ReopenedJournal {
  readonly history: PackedHistory;
  /** The last of the main thread's inputs that is in the history. */
  readonly through: number;
}

/** From the main thread to the journal's. */
export type JournalRequest =
  | { readonly what: "connect"; readonly ports: readonly MessagePort[] }
  | { readonly what: "entry"; readonly sent: SentEntry }
  /** The workers are gone: take what they have sent, and tell what the world goes on from. */
  | { readonly what: "reopen"; readonly since: number }
  /** Tell what another world could go on from. */
  | { readonly what: "branch" }
  | { readonly what: "close" };

/** From the journal's thread to the main thread. */
export type JournalMessage =
  | { readonly what: "opened"; readonly opened: OpenedJournal }
  | { readonly what: "reopened"; readonly reopened: ReopenedJournal }
  | { readonly what: "branched"; readonly history: PackedHistory }
  /** All up to a frame is on the disk, with the main thread's inputs up to `through`. */
  | { readonly what: "committed"; readonly frame: number; readonly through: number }
  /** A snapshot of this frame has begun, and waits for the replies of all frames up to it. */
  | { readonly what: "settle"; readonly frame: number }
  | { readonly what: "degraded"; readonly reason: string | undefined }
  | { readonly what: "failed"; readonly code: ErrorCode; readonly text: string };
