/** Pairs that play at once: as many as in the test that Akka made known, 2 for each of its 48 cores. */
export const pairs = 96;
