import type { ErrorCode } from "../errors.ts";
import type { BranchSource } from "./branch-source.ts";

/** What goes to a compute thread. */
export interface ComputeTask {
  /** URL of the module that exports `computation`. */
  readonly module: string;
  /** Full names of the types that the effect is defined with. */
  readonly request: string;
  readonly result: string;
  readonly payload: Uint8Array;
  /** For a module that exports `exploration` instead: the world that it looks into. */
  readonly source?: BranchSource;
}

/** What comes back. An error is data: a thrown one would lose its class on the way between threads. */
export type ComputeReply =
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly code: ErrorCode; readonly text: string };
