import type { ErrorCode } from "../../runtime/index.ts";

/**
 * The code with which a WebSocket is closed for each reason. The reason itself is the close's text.
 */
export const closeCodes = {
  CLIENT_MALFORMED_FRAME: 4400,
  CLIENT_HELLO_EXPECTED: 4401,
  NOT_AUTHENTICATED: 4403,
  CLIENT_TOO_SLOW: 4408,
  CLIENT_REPLACED: 4409,
  CLIENT_FRAME_TOO_LARGE: 4413,
  TOKEN_EXPIRED: 4419,
  CLIENT_TOO_MANY_MESSAGES: 4429,
  INTERNAL_ERROR: 4500,
  CLIENT_TOO_MANY_CONNECTIONS: 4503,
  WORLD_FAILED: 4504,
  UNAVAILABLE: 4505,
  /** The WebSocket standard's "going away". */
  WORLD_STOPPED: 1001,
} as const satisfies Partial<Record<ErrorCode, number>>;

export type CloseReason = keyof typeof closeCodes;
