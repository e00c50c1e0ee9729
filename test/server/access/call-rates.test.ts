import { expect, test } from "vitest";
import { CallRates } from "../../../src/server/access/call-rates.ts";
import { defaultLimits } from "../../../src/server/limits.ts";

function ratesOf(player: number, method: number, target: number) {
  const clock = { now: 0 };
  const limits = {
    ...defaultLimits,
    playerCallsPerSecondMax: player,
    methodCallsPerSecondMax: method,
    targetCallsPerSecondMax: target,
  };
  return { clock, rates: new CallRates(limits, () => clock.now) };
}

/** How many calls in a row are let through. */
function passed(rates: CallRates, player: string, method: string, target: string): number {
  for (let count = 0; count < 1_000; count += 1) {
    try {
      rates.countPlayer(player);
      rates.count(method, target);
    } catch (error) {
      expect(error).toMatchObject({ code: "RATE_LIMITED" });
      return count;
    }
  }
  return 1_000;
}

test("a player may call twice its rate at once, and its rate from then on; others may too", () => {
  const { clock, rates } = ratesOf(5, 1_000, 1_000);
  expect(passed(rates, "anna", "m", "a/1")).toBe(10);
  expect(passed(rates, "bob", "m", "a/1")).toBe(10);
  clock.now = 1_000;
  expect(passed(rates, "anna", "m", "a/1")).toBe(5);
});

test("an actor is called at its rate, whoever calls", () => {
  const { rates } = ratesOf(1_000, 1_000, 3);
  expect(passed(rates, "anna", "m", "a/1")).toBe(6);
  expect(passed(rates, "bob", "n", "a/1")).toBe(0);
  expect(passed(rates, "bob", "n", "a/2")).toBe(6);
});

test("so is a method", () => {
  const { rates } = ratesOf(1_000, 2, 1_000);
  expect(passed(rates, "anna", "m", "a/1")).toBe(4);
  expect(passed(rates, "bob", "m", "a/2")).toBe(0);
  expect(passed(rates, "bob", "n", "a/2")).toBe(4);
});

test("without a player, nobody uses up what is another's", () => {
  const { rates } = ratesOf(1, 1_000, 1_000);
  expect(passed(rates, "", "m", "a/1")).toBe(1_000);
});
