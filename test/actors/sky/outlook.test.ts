import { describe, expect, it } from "vitest";
import { outlookOf, trendOf } from "../../../src/actors/sky/chances.ts";
import { sum, sumsPerRegion } from "../../../src/actors/sky/sums.ts";
import { hour, minute } from "../fixtures.ts";
import { SkyRig } from "./rig.ts";

/** This much of a storm in one of a region's cells is one that is over it. */
const seenFrom = 0.02;
const hours = 24 * 100;
const leads = [1, 2, 6];

interface Told {
  readonly lead: number;
  readonly chance: number;
  readonly came: boolean;
}

/** What was told of each hour, hours ahead, and what came of it. */
function outlooks(seed: number): Told[] {
  const rig = new SkyRig(seed);
  const open: { due: number; region: number; lead: number; chance: number }[] = [];
  const told: Told[] = [];
  for (let now = 0; now < hours; now += 1) {
    const trend = trendOf(rig.sky);
    rig.sky.regions.forEach((region, number) => {
      const { hours: chances } = outlookOf(rig.sky, region, trend);
      for (const lead of leads) {
        open.push({ due: now + lead - 1, region: number, lead, chance: chances[lead - 1] ?? 0 });
      }
    });
    const came = rig.sky.regions.map(() => false);
    for (let part = 1; part <= 6; part += 1) {
      rig.liveTo(now * hour + part * 10 * minute);
      rig.sky.regions.forEach((_, number) => {
        const most = rig.sky.sums[number * sumsPerRegion + sum.stormMost] ?? 0;
        if (most > seenFrom) came[number] = true;
      });
    }
    for (const { due, region, lead, chance } of open) {
      if (due === now) told.push({ lead, chance, came: came[region] ?? false });
    }
    open.splice(0, open.length, ...open.filter(({ due }) => due > now));
  }
  return told;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

describe("the chances of storms", () => {
  const told = outlooks(3);
  const of = (lead: number) => told.filter((one) => one.lead === lead);
  const usual = mean(told.map(({ came }) => (came ? 1 : 0)));
  const brier = (ones: readonly Told[], chanceOf: (one: Told) => number) =>
    mean(ones.map((one) => (chanceOf(one) - (one.came ? 1 : 0)) ** 2));

  it("beat what is usual an hour ahead by far, and are no worse hours ahead", () => {
    const skill = leads.map((lead) => {
      return 1 - brier(of(lead), ({ chance }) => chance) / brier(of(lead), () => usual);
    });
    expect(skill[0]).toBeGreaterThan(0.35);
    expect(skill[1]).toBeGreaterThan(0);
    expect(skill[1]).toBeLessThan(skill[0] ?? 0);
    expect(skill[2]).toBeGreaterThan(-0.05);
  });

  it("are honest: of what is told with a chance, about that share comes", () => {
    for (const lead of leads) {
      const ones = of(lead);
      const came = mean(ones.map((one) => (one.came ? 1 : 0)));
      expect(Math.abs(mean(ones.map(({ chance }) => chance)) - came)).toBeLessThan(0.04);
    }
    const sure = of(1).filter(({ chance }) => chance > 0.9);
    expect(sure.length).toBeGreaterThan(50);
    expect(mean(sure.map(({ came }) => (came ? 1 : 0)))).toBeGreaterThan(0.9);
    const unlikely = of(1).filter(({ chance }) => chance < 0.15);
    expect(mean(unlikely.map(({ came }) => (came ? 1 : 0)))).toBeLessThan(0.15);
  });

  it("are surer of the next hour than of a later one", () => {
    const spread = leads.map((lead) => mean(of(lead).map(({ chance }) => (chance - usual) ** 2)));
    expect(spread[0]).toBeGreaterThan((spread[1] ?? 0) * 1.5);
    expect(spread[1]).toBeGreaterThan((spread[2] ?? 0) * 1.2);
  });
});
