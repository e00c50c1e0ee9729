/**
 * npm hands the terminal's Ctrl-C on to a process that has heard it already: signals this close are
 * one.
 */
const sameSignalMs = 300;
const exitCodeInterrupted = 130;

/** Aborted by SIGINT or SIGTERM. The second signal ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const onSignal = () => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      controller.abort();
    } else if (performance.now() - firstAtMs > sameSignalMs) {
      process.exit(exitCodeInterrupted);
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((done) => signal.addEventListener("abort", () => done(undefined)));
}
