import { expect, test } from "vitest";
import { Losses } from "../../../src/bridges/out/losses.ts";

test("nothing is told while nothing is lost", () => {
  const losses = new Losses();
  for (let at = 0; at < 100; at += 1) {
    expect(losses.observe({ lost: 0, lostFrame: 0, readTo: at }, 1_000 * at)).toBeUndefined();
  }
  expect(losses.tell()).toBeUndefined();
});

test("events that are lost are told once it is over, with the frames that they were of", () => {
  const losses = new Losses();
  const told = [
    losses.observe({ lost: 0, lostFrame: 0, readTo: 41 }, 0),
    losses.observe({ lost: 7, lostFrame: 60, readTo: 45 }, 10),
    losses.observe({ lost: 9, lostFrame: 70, readTo: 50 }, 900),
    losses.observe({ lost: 9, lostFrame: 70, readTo: 90 }, 1_899),
  ];
  expect(told).toEqual([undefined, undefined, undefined, undefined]);
  const text = losses.observe({ lost: 9, lostFrame: 70, readTo: 95 }, 1_900);
  expect(text).toContain("9 events between the frames 42 and 70");
  expect(losses.observe({ lost: 9, lostFrame: 70, readTo: 99 }, 9_000)).toBeUndefined();
  losses.observe({ lost: 10, lostFrame: 120, readTo: 110 }, 9_010);
  expect(losses.tell()).toContain("1 events between the frames 100 and 120");
});

test("what goes on is told once a minute", () => {
  const losses = new Losses();
  losses.begin(10);
  const told: string[] = [];
  for (let second = 1; second <= 125; second += 0.5) {
    const text = losses.observe(
      { lost: 2 * second, lostFrame: 10 + second, readTo: second },
      1_000 * second,
    );
    if (text) told.push(text);
  }
  expect(told).toEqual([
    expect.stringContaining("122 events between the frames 11 and 71"),
    expect.stringContaining("between the frames 72 and"),
  ]);
});
