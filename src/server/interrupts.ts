import { constants } from "node:os";

/**
 * npm hands the terminal's Ctrl-C on to a process that has heard it already: signals this close are
 * one.
 */
const sameSignalMs = 300;
/** By convention a program that a signal ended has the signal's number and this as its exit code. */
const signalExitCode = 128;

type EndSignal = "SIGINT" | "SIGTERM";

/** Thrown by a command that a signal ended before it was done. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: EndSignal) {
    super(`ended by ${signal}`);
    this.name = "Interruption";
    this.exitCode = exitCodeOf(signal);
  }
}

/** Aborted by SIGINT or SIGTERM with an Interruption. The second signal ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const onSignal = (signal: EndSignal) => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      controller.abort(new Interruption(signal));
    } else if (performance.now() - firstAtMs > sameSignalMs) {
      process.exit(exitCodeOf(signal));
    }
  };
  process.on("SIGINT", () => onSignal("SIGINT"));
  process.on("SIGTERM", () => onSignal("SIGTERM"));
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((done) => signal.addEventListener("abort", () => done(undefined)));
}

function exitCodeOf(signal: EndSignal): number {
  return signalExitCode + constants.signals[signal];
}
