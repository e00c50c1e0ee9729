/**
 * Every failure of this package. `code` is one of the server's catalogue (docs/errors.md) or, when the client itself
 * gives up, one that means the same there: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INVALID_ARGUMENT,
 * MALFORMED_MESSAGE.
 */
export class TellurionError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "TellurionError";
    this.code = code;
  }
}
