/** Stable: texts may change, these do not. */
export type ConsumerErrorCode =
  | "INVALID_OPTIONS"
  | "MESSAGE_UNDECODABLE"
  | "EVENT_UNDECODABLE"
  | "EVENT_UNKNOWN"
  | "QUEUE_FAILED"
  | "CLOSED";

export class ConsumerError extends Error {
  readonly code: ConsumerErrorCode;

  constructor(code: ConsumerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConsumerError";
    this.code = code;
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
