import type { LogLevel } from "../runtime/index.ts";

/** Where the server writes what it has to say, one line each. */
export interface Log {
  readonly info: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly error: (text: string) => void;
  readonly write: (level: LogLevel, text: string) => void;
}

/**
 * Writes lines of time, level and text. What is there for debugging is left out, unless it is asked
 * for.
 */
export function createLog(print: (line: string) => void, isVerbose = false): Log {
  const write = (level: LogLevel, text: string) => {
    if (level === "debug" && !isVerbose) return;
    print(`${new Date().toISOString()} ${level.padEnd(5)} ${printable(text)}`);
  };
  return {
    info: (text) => write("info", text),
    warn: (text) => write("warn", text),
    error: (text) => write("error", text),
    write,
  };
}

/**
 * Shows control characters as escapes, so that what a client sends can neither forge lines nor move
 * the cursor.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
