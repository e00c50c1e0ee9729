import { expect, test } from "vitest";
import { runSession, type SessionReport } from "./session.ts";
import { reportOf } from "./session-report.ts";

/** As many as fit beside the other tests; `npm run soak:sessions` plays a thousand. */
const count = 12;
const runMsMax = 300_000;

test(
  "players of short sessions are paced, hear of beats, and are rewarded once",
  async () => {
    const sessions: SessionReport[] = [];
    for (let seed = 1; seed <= count; seed += 1) {
      sessions.push(await runSession({ seed, lookAhead: false }));
    }
    expect(reportOf(sessions).broken).toEqual([]);
    expect(sessions.reduce((sum, { generated }) => sum + generated, 0)).toBeGreaterThan(0);
  },
  runMsMax,
);

test(
  "a session is the same each time, and looking ahead makes another one of it",
  async () => {
    const [once, again] = [
      await runSession({ seed: 3, lookAhead: true }),
      await runSession({ seed: 3, lookAhead: true }),
    ];
    const without = await runSession({ seed: 3, lookAhead: false });
    expect(once).toEqual(again);
    expect(once.lookAheads).toBeGreaterThan(0);
    expect(without.hash).not.toBe(once.hash);
  },
  runMsMax,
);
