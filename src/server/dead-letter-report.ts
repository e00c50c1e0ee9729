import type { DeadLetter } from "../runtime/host.ts";
import { Doubling } from "./doubling.ts";
import type { Log } from "./log.ts";

/**
 * Reports dead letters of the same type and reason at each doubling of their number, not one by
 * one.
 */
export function reportDeadLetters(log: Log): (letter: DeadLetter) => void {
  const seen = new Doubling();
  return ({ frame, sender, target, type, reason }) => {
    const count = seen.count(`${type} ${reason}`);
    if (count === 0) return;
    const from = sender === undefined ? "" : ` from ${sender}`;
    log.warn(
      `dead letter: ${type}${from} to ${target} in frame ${frame}: ${reason} (${count} so far)`,
    );
  };
}
