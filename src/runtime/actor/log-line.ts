import { TellurionError } from "../errors.ts";
import type { LogLevel } from "./context.ts";

const levels: ReadonlySet<LogLevel> = new Set(["debug", "info", "warn", "error"]);

/** Throws VALUE_OUT_OF_RANGE for what an actor cannot log. */
export function checkLogLine(address: string, level: LogLevel, text: string): void {
  if (levels.has(level) && typeof text === "string") return;
  throw new TellurionError(
    "VALUE_OUT_OF_RANGE",
    `ctx.log of ${address} takes a level of ${[...levels].join(", ")}, and a text`,
  );
}
