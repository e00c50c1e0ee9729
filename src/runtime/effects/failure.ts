import { inspect } from "node:util";
import { type ErrorCode, TellurionError } from "../errors.ts";

/** Characters of a failure's text. It becomes part of the journal, and handlers put whole responses in their errors. */
export const failureTextMax = 1_000;

/** An attempt that failed in a way that another one would repeat. */
export class FinalFailure extends TellurionError {}

/** Does what can only fail for good. */
export function orFinally<Value>(what: string, run: () => Value): Value {
  try {
    return run();
  } catch (cause) {
    throw new FinalFailure("EFFECT_FAILED", `${what}: ${textOf(cause)}`, { cause });
  }
}

/** What an error says, whatever it is that was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : inspect(error);
}

/** The code of an error of ours; what others throw has none that the catalogue knows. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof TellurionError ? error.code : "EFFECT_FAILED";
}

/** The text cut to `failureTextMax`. Well-formed: protobuf has no string with half a surrogate pair. */
export function boundText(text: string): string {
  const cut = text.length > failureTextMax ? `${text.slice(0, failureTextMax - 3)}...` : text;
  return cut.toWellFormed();
}
