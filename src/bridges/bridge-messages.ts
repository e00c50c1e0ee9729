import type { ErrorCode, FeedEnd, FeedMark, LogLevel } from "../runtime/index.ts";
import type { CallOutcome, RemoteCall } from "./call-port.ts";
import type { BridgeConfiguration } from "./configuration.ts";
import type { BridgeCounters } from "./counters.ts";
import type { TracingOptions } from "./tracing/tracing.ts";

/** What the bridge's thread begins with. */
export interface BridgeSetup {
  readonly configuration: BridgeConfiguration;
  readonly world: string;
  readonly schema: string;
  readonly outboxPath: string;
  readonly newEpoch: boolean;
  readonly trace: Omit<TracingOptions, "world">;
  /** Numbers of the world's mirrored events. */
  readonly events: readonly number[];
}

/** From the main thread to the bridge's. `id` comes back with the answer. */
export type BridgeRequest =
  | { readonly what: "attach"; readonly end: FeedEnd }
  | { readonly what: "detach" }
  | { readonly what: "called"; readonly id: number; readonly outcome: CallOutcome }
  | { readonly what: "drain"; readonly id: number; readonly timeoutMs: number }
  | { readonly what: "close" };

export type BridgeMessage =
  | {
      readonly what: "ready";
      /** Undefined: nothing goes out. */
      readonly feed:
        | { readonly events: readonly number[]; readonly since: FeedMark | undefined }
        | undefined;
    }
  | { readonly what: "failed"; readonly code: ErrorCode; readonly text: string }
  | { readonly what: "detached"; readonly frame: number }
  | { readonly what: "call"; readonly id: number; readonly call: RemoteCall }
  | { readonly what: "drained"; readonly id: number }
  | { readonly what: "counters"; readonly counters: BridgeCounters }
  | { readonly what: "log"; readonly level: LogLevel; readonly text: string };
