/** What SQS takes. */
const hideSecondsMax = 43_200;
/** Of a backlog of up to twice what can be held, the rest is there soon after the first part has gone. */
const firstShare = 1 / 8;

/**
 * How long a pack stays hidden for which there was no room. After it has come for the first time not long, for mostly the
 * store moves on. After that as long as a gap is waited for: a queue of `tellurion setup` hands a message out five times
 * before it calls it dead, and so a pack outlasts two gaps ahead of it.
 */
export function putBackSeconds(gapTimeoutMs: number, receives: number): number {
  const ms = receives <= 1 ? gapTimeoutMs * firstShare : gapTimeoutMs;
  return Math.min(Math.ceil(ms / 1_000), hideSecondsMax);
}
