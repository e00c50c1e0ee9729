import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runBridgeSoak } from "../../scripts/soak/bridge/bridge-soak.ts";
import { type Disturbance, Disturbances } from "../../scripts/soak/bridge/disturbances.ts";
import { Effects } from "../../scripts/soak/bridge/effects.ts";
import { checkCommands, checkTopics } from "../../scripts/soak/bridge/outcome.ts";
import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";
import { temporaryFolder } from "../support/kept-world.ts";

const runMsMax = 400_000;

test(
  "between a world and a consumer everything fails, and each event arrives once and in order",
  async () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const result = await runBridgeSoak({ seconds: 12, rate: 1_000, seed: 4, print });
    expect(lines.filter((line) => line.startsWith("FAILED"))).toEqual([]);
    expect(result.failed).toBe(0);
    expect(result.passed).toBeGreaterThan(14);
    expect(result.events).toBeGreaterThan(5_000);
  },
  runMsMax,
);

function effects(): Effects {
  const found = new Effects(join(temporaryFolder(), "effects.db"));
  onTestFinished(() => found.database.close());
  return found;
}

function take(into: Effects, ...numbers: number[]): void {
  into.take(numbers.map((number) => ({ topic: "weather/r0", number })));
}

test("the checks find an event that is missing, one that came twice, and one that is out of order", () => {
  const outcome = { topics: new Map([["weather/r0", 3]]), commands: [] };
  const whole = effects();
  take(whole, 1, 2);
  take(whole, 3);
  expect([whole.problems, checkTopics(outcome, whole)]).toEqual([[], [""]]);
  const missing = effects();
  take(missing, 1, 3);
  expect(missing.problems).toEqual(["weather/r0: 3 after 1"]);
  expect(checkTopics(outcome, missing)[0]).toContain("of 2 that came, the last one is 3");
  const twice = effects();
  take(twice, 1, 2, 2, 3);
  expect(twice.problems).toEqual(["weather/r0: 2 after 2"]);
  expect(checkTopics(outcome, twice)[0]).toContain("of 4 that came");
  const late = effects();
  take(late, 1, 2);
  expect(checkTopics(outcome, late)[0]).toContain("weather/r0 has had 3 events");
});

test("the checks find a command that took effect twice, not at all, or as another one", () => {
  const sent = ["a", "b", "c"].map((id) => ({ id, account: "x", amount: 5 }));
  const outcome = { topics: new Map(), commands: ["x 5 a", "x 5 a", "x 6 c"] };
  expect(checkCommands(outcome, sent)).toEqual([
    "a of account x took effect 2 times",
    "b of account x took effect 0 times",
    "c of account x took effect 0 times",
  ]);
  expect(checkCommands({ ...outcome, commands: ["x 5 a", "x 5 b", "x 5 c"] }, sent)).toEqual([
    "",
    "",
    "",
  ]);
});

test("a run brings each kind of disturbance, the longest outage that it has time for, and the same again for its seed", () => {
  const run = (seed: number, totalMs: number): Disturbance[] => {
    const random = new SeededRandom();
    random.point(seedRandom(seed, "disturbances"));
    const disturbances = new Disturbances(random, totalMs);
    return Array.from({ length: 70 }, () => disturbances.next(totalMs - 0.5));
  };
  const first = run(1, 600_000);
  const kinds = first.map((one) => (one.what === "kill" ? one.who : one.what));
  expect([...new Set(kinds)].sort()).toEqual(
    ["calm", "consumer", "emulator", "faults", "outage", "server"].sort(),
  );
  expect(kinds.filter((kind) => kind === "server")).toHaveLength(10);
  expect(first.find(({ what }) => what === "outage")).toEqual({ what: "outage", forMs: 60_000 });
  expect(run(1, 600_000)).toEqual(first);
  expect(run(2, 600_000)).not.toEqual(first);
  expect(run(1, 9_000).every(({ forMs }) => forMs <= 9_000)).toBe(true);
});
