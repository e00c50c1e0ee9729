import { beforeAll, describe, expect, test } from "vitest";
import { type MonthReport, runMonth } from "./month.ts";

const days = 30;
const runMsMax = 600_000;

describe("a month of the sample world, with nine scripted players", () => {
  let month: MonthReport;

  beforeAll(async () => {
    month = await runMonth({ days, workers: 1 });
  }, runMsMax);

  test("quests are offered, completed and failed, and no reward comes twice", () => {
    expect(month.quests.offered).toBeGreaterThan(100);
    expect(month.quests.completed).toBeGreaterThan(50);
    expect(month.quests.failed).toBeGreaterThan(0);
    expect(month.quests.doubleRewards).toBe(0);
  });

  test("people keep their hours, and go in from storms", () => {
    const { people } = month;
    expect(people.sleepingAtNight).toBeGreaterThan(0.6);
    expect(people.workingInTheMorning).toBeGreaterThan(0.5);
    expect(people.stormLooks).toBeGreaterThan(100);
    expect(people.shelteringInStorms).toBeGreaterThan(0.3);
    expect(people.shelteringInCalm).toBeLessThan(0.05);
  });

  test("intensity goes through its phases in their order", () => {
    expect(month.phases).toBeGreaterThan(500);
    expect(month.brokenPhases).toEqual([]);
  });

  test("what matters leaves traces, and none tells of what did not happen", () => {
    const { traces } = month;
    expect(traces.significant).toBeGreaterThan(500);
    expect(traces.share).toBeGreaterThanOrEqual(0.95);
    expect(traces.contradictions).toEqual([]);
    expect(traces.discovered).toBeGreaterThan(0);
    expect(traces.stories).toBeGreaterThan(0);
  });

  test("every kind of actor is there, and nothing that was sent is lost", () => {
    // A bridge begins with the first events of another part, and this world has none.
    const expected = month.allKinds.filter((kind) => kind !== "bridge");
    expect([...month.activeKinds].sort()).toEqual(expected.sort());
    expect(month.deadLetters).toBe(0);
    expect(month.complaints).toEqual([]);
  });

  test.each([2, 4])(
    "it comes to the same with %i workers",
    async (workers) => {
      expect((await runMonth({ days, workers })).hash).toBe(month.hash);
    },
    runMsMax,
  );
});
