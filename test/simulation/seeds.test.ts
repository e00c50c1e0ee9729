import { describe, expect, test } from "vitest";
import type { Breakage } from "./breakage.ts";
import type { Invariant } from "./findings.ts";
import { describePlan, planOf } from "./plan.ts";
import { runSeed, Simulation } from "./simulation.ts";

/** Seeds of one test, and how many such tests there are: together about a minute. */
const seedsPerTest = 150;
const tests = 4;
const testMsMax = 120_000;

/** What a seed found wrong, in words, with what it takes to see it again. */
async function complaintsOf(seed: number): Promise<string[]> {
  const findings = await runSeed(seed);
  return findings.map(({ invariant, text }) => {
    return [`"${invariant}" does not hold: ${text}`, ...describePlan(planOf(seed))].join("\n");
  });
}

describe("whatever befalls it, the world survives", () => {
  const firsts = Array.from({ length: tests }, (_, i) => 1 + i * seedsPerTest);
  test.each(firsts)(
    `under ${seedsPerTest} seeds from %i on`,
    async (first) => {
      const complaints: string[] = [];
      for (let seed = first; seed < first + seedsPerTest; seed += 1) {
        complaints.push(...(await complaintsOf(seed)));
      }
      expect(complaints).toEqual([]);
    },
    testMsMax,
  );
});

test("a seed does the same each time", async () => {
  for (const seed of [3, 7, 46]) {
    const runs = [new Simulation(planOf(seed)), new Simulation(planOf(seed))];
    for (const run of runs) await run.run();
    expect(runs[0]?.trace.length).toBeGreaterThan(2);
    expect(runs[0]?.trace).toEqual(runs[1]?.trace);
  }
});

describe("a server that is broken on purpose is found out", () => {
  const broken: readonly [Breakage, string, Invariant][] = [
    ["gate", "that answers before the disk has it", "released after commit"],
    ["gate", "that does effects before the disk has them", "effects after their commit"],
    ["recording", "that leaves frames out of its journal", "the same state"],
    ["recording", "that loses what it has acknowledged", "acknowledged once"],
    ["inbox", "that forgets keys in a restart", "one key, one outcome"],
    ["resend", "that forgets what a lost worker had taken", "the world settles"],
    ["muting", "that shows frames again", "events in order"],
  ];
  test.each(broken)("%s: one %s", async (breakage, _, invariant) => {
    const found = new Set<Invariant>();
    for (let seed = 1; seed <= 60 && !found.has(invariant); seed += 1) {
      for (const finding of await runSeed(seed, breakage)) found.add(finding.invariant);
    }
    expect([...found]).toContain(invariant);
  });
});
