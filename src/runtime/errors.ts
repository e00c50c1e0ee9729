/**
 * Every error that Tellurion raises on purpose, with a stable code. A code never changes its meaning and a retired
 * code is never used again. `docs/errors.md` has a row for each; a test holds the two together.
 *
 * `status` is the code's class for callers: the names of Connect's codes, which are gRPC's.
 */
export const errorCatalogue = {
  INVALID_ARGUMENT: { status: "invalid_argument" },
  NOT_FOUND: { status: "not_found" },
  ALREADY_EXISTS: { status: "already_exists" },
  FAILED_PRECONDITION: { status: "failed_precondition" },
  RESOURCE_EXHAUSTED: { status: "resource_exhausted" },
  DEADLINE_EXCEEDED: { status: "deadline_exceeded" },
  UNIMPLEMENTED: { status: "unimplemented" },
  UNAVAILABLE: { status: "unavailable" },
  HANDLER_FAILED: { status: "internal" },
  INTERNAL_ERROR: { status: "internal" },

  MALFORMED_MESSAGE: { status: "invalid_argument" },
  VALUE_OUT_OF_RANGE: { status: "invalid_argument" },
  STALE_VIEW: { status: "internal" },
  MESSAGE_TOO_LARGE: { status: "resource_exhausted" },

  INVALID_ADDRESS: { status: "invalid_argument" },
  INVALID_DEFINITION: { status: "internal" },
  UNKNOWN_TYPE: { status: "internal" },
  NOT_ALLOWED_IN_QUERY: { status: "internal" },
  FORBIDDEN_IN_ACTOR: { status: "internal" },
  CHANGED_WHILE_REJECTING: { status: "internal" },
  LIMIT_EXCEEDED: { status: "resource_exhausted" },

  WORKER_START_FAILED: { status: "unavailable" },
  WORLD_FAILED: { status: "unavailable" },
  WORLD_STOPPED: { status: "unavailable" },
  WORLD_NOT_DURABLE: { status: "unavailable" },
  IDEMPOTENCY_KEY_REUSED: { status: "failed_precondition" },
  HANDLER_STUCK: { status: "internal" },
  MESSAGE_QUARANTINED: { status: "internal" },
  EFFECT_FAILED: { status: "internal" },

  WORLD_FILE_IN_USE: { status: "unavailable" },
  WORLD_FILE_INVALID: { status: "failed_precondition" },
  WORLD_FILE_TOO_NEW: { status: "failed_precondition" },
  HISTORY_DIVERGED: { status: "internal" },

  INVALID_OPTION: { status: "invalid_argument" },
  INVALID_WORLD_PACK: { status: "invalid_argument" },
  ADDRESS_IN_USE: { status: "unavailable" },
  LOAD_NOT_VALID: { status: "failed_precondition" },

  NOT_AUTHENTICATED: { status: "unauthenticated" },
  TOKEN_EXPIRED: { status: "unauthenticated" },
  TOKEN_IN_ADDRESS: { status: "invalid_argument" },
  SCOPE_MISSING: { status: "permission_denied" },
  RATE_LIMITED: { status: "resource_exhausted" },

  CLIENT_MALFORMED_FRAME: { status: "invalid_argument" },
  CLIENT_FRAME_TOO_LARGE: { status: "resource_exhausted" },
  CLIENT_TOO_MANY_MESSAGES: { status: "resource_exhausted" },
  CLIENT_TOO_MANY_CONNECTIONS: { status: "resource_exhausted" },
  CLIENT_HELLO_EXPECTED: { status: "failed_precondition" },
  CLIENT_TOO_SLOW: { status: "resource_exhausted" },
  CLIENT_REPLACED: { status: "failed_precondition" },
  RESUME_EXPIRED: { status: "failed_precondition" },
  RESUME_TOKEN_INVALID: { status: "permission_denied" },
  UNSUPPORTED_SUBPROTOCOL: { status: "invalid_argument" },
  ORIGIN_NOT_ALLOWED: { status: "failed_precondition" },
} as const satisfies Record<string, { status: ErrorStatus }>;

export type ErrorStatus =
  | "invalid_argument"
  | "not_found"
  | "already_exists"
  | "failed_precondition"
  | "resource_exhausted"
  | "deadline_exceeded"
  | "unimplemented"
  | "unavailable"
  | "unauthenticated"
  | "permission_denied"
  | "internal";

export type ErrorCode = keyof typeof errorCatalogue;

/** An error with a code of the catalogue. Its text says what is wrong, with which value, and what would be valid. */
export class TellurionError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TellurionError";
    this.code = code;
  }

  get status(): ErrorStatus {
    return errorCatalogue[this.code].status;
  }
}

/** Codes with which an actor may refuse a command or a query. */
export type RejectionCode =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "FAILED_PRECONDITION"
  | "RESOURCE_EXHAUSTED"
  | "UNIMPLEMENTED";

/**
 * Thrown by a handler to refuse what it was asked. The caller of a method gets code and text, a message is refused in
 * the log; the actor is not at fault, so no supervisor hears of it. A handler rejects before it changes its state.
 */
export class Rejection extends TellurionError {
  declare readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string) {
    super(code, message);
  }
}
