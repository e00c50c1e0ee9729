import type { RemoteCall } from "../call-port.ts";
import type { TracedCommand } from "../tracing/tracing.ts";

/** Why a message is in a dead-letter queue: its attribute `reason`. */
export type DeadReason =
  /** It is not what its attributes say it is. */
  | "undecodable"
  | "too-large"
  /** A form that nothing reads here. */
  | "not-supported"
  /** The bridge's configuration does not list the method. */
  | "not-allowed"
  /** Its deadline was over. One that was received before may have taken effect then: `error` says so. */
  | "expired"
  /** The world said no: `error` begins with the code. */
  | "refused";

/** Why nothing can ever be done about a message. */
export interface Problem {
  readonly reason: DeadReason;
  readonly error: string;
}

/** What a message comes to: a call of the world, nothing that need be done, or nothing that could ever be done. */
export type Understood =
  | {
      readonly call: RemoteCall;
      /** Of a command. Undefined: it is none, and not traced. */
      readonly trace?: TracedCommand;
    }
  | { readonly ignore: true }
  | Problem;
