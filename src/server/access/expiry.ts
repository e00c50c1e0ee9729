/** A timer of Node takes no more. */
const timerMsMax = 2 ** 31 - 1;

/** Calls `end` at a wall time in ms since 1970, however far off. Gives what cancels it. */
export function atExpiry(expiresMs: number, end: () => void): () => void {
  if (expiresMs === Number.POSITIVE_INFINITY) return () => {};
  let timer: NodeJS.Timeout;
  const wait = () => {
    const leftMs = Math.max(expiresMs - Date.now(), 0);
    timer =
      leftMs <= timerMsMax ? setTimeout(end, leftMs).unref() : setTimeout(wait, timerMsMax).unref();
  };
  wait();
  return () => clearTimeout(timer);
}
