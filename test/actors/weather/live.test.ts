import { readFileSync } from "node:fs";
import { fromJson } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { lock, setWeather } from "../../../src/actors/weather/commands.ts";
import { forecastOf } from "../../../src/actors/weather/forecast.ts";
import { longRunShares } from "../../../src/actors/weather/law.ts";
import { minutesPerEventMax } from "../../../src/actors/weather/live.ts";
import { readingOf } from "../../../src/actors/weather/reading.ts";
import { dawnWindowOf, seasonOf } from "../../../src/actors/weather/region.ts";
import {
  ClimateSchema,
  WeatherEventSchema,
  WeatherModifiersEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { climate, day, hour, minute } from "../fixtures.ts";
import { RegionRig } from "./rig.ts";

const yearDays = 365;
const ask = { region: "", intensity: undefined, clamp: false, glideSeconds: 0, owner: "" };

function sampleClimate(name: string) {
  const file = new URL(`../../../worlds/sample/climates/${name}.json`, import.meta.url);
  return fromJson(ClimateSchema, JSON.parse(readFileSync(file, "utf8")));
}

describe("a game year of weather", () => {
  // The law is the chain's own, dawns included: 12 of the day's 144 draws are made with dawn's
  // chances.
  it.each([
    ["test", climate],
    ["marsh", sampleClimate("marsh")],
    ["desert", sampleClimate("desert")],
  ])("visits the conditions of %s as its stationary law says, within 2 %%", (_, any) => {
    const rig = new RegionRig(7, any);
    rig.liveDays(yearDays);
    const { region } = rig;
    const law = longRunShares(any, seasonOf(region), dawnWindowOf(region));
    const minutes = region.minutesSeen.reduce((a, b) => a + b);
    expect(minutes).toBe(525_600);
    law.forEach((share, i) => {
      const seen = (region.minutesSeen[i] ?? 0) / minutes;
      expect(Math.abs(seen - share), any.conditions[i]?.name).toBeLessThan(0.02);
    });
  });

  it("begins and ends severe weather in turns, and begins it in a severe condition", () => {
    const rig = new RegionRig(3);
    rig.liveDays(60);
    const severe = rig.eventsOf(WeatherSevereEventSchema);
    expect(severe.length).toBeGreaterThan(50);
    severe.forEach(({ started, condition, intensity }, i) => {
      expect(started).toBe(i % 2 === 0);
      if (started)
        expect({ condition, strong: intensity >= 0.5 }).toEqual({
          condition: "storm",
          strong: true,
        });
    });
  });

  it("keeps every channel within what is possible", () => {
    const rig = new RegionRig(5, sampleClimate("mountain"), "winter");
    for (let i = 1; i <= 3_000; i += 1) {
      rig.liveTo(i * 7 * minute);
      const { temperatureC, windMps, windDirectionDeg, modifiers, ...reading } = readingOf(
        rig.region,
      );
      expect(Math.abs(temperatureC + 10)).toBeLessThan(25);
      expect(windMps).toBeGreaterThanOrEqual(0);
      expect(windMps).toBeLessThan(50);
      expect(windDirectionDeg).toBeGreaterThanOrEqual(0);
      expect(windDirectionDeg).toBeLessThan(360);
      for (const share of ["blend", "intensity", "humidity", "cloud", "fog", "snow"] as const) {
        expect(reading[share], share).toBeGreaterThanOrEqual(0);
        expect(reading[share], share).toBeLessThanOrEqual(1);
      }
      expect(modifiers?.visibility).toBeGreaterThanOrEqual(0.05);
    }
  });

  it("is warmer in the afternoon than before dawn", () => {
    const rig = new RegionRig(11);
    const sums = { night: 0, noon: 0 };
    for (let i = 0; i < 50; i += 1) {
      rig.liveTo(i * day + 4 * hour);
      sums.night += rig.region.temperatureC;
      rig.liveTo(i * day + 16 * hour);
      sums.noon += rig.region.temperatureC;
    }
    expect(sums.noon / 50 - sums.night / 50).toBeGreaterThan(5);
  });

  it("enters fog more often at dawn", () => {
    const rig = new RegionRig(13);
    rig.liveDays(200);
    const entered = rig.eventsOf(WeatherEventSchema).filter((e) => e.newState === "fog");
    const atDawn = entered.filter(({ gameMs }) => {
      const time = Number(gameMs) % day;
      return time > 5 * hour && time <= 7 * hour;
    });
    const rate = (count: number, hours: number) => count / hours;
    expect(rate(atDawn.length, 2)).toBeGreaterThan(3 * rate(entered.length - atDawn.length, 22));
  });

  it("publishes when something changes and not otherwise", () => {
    const rig = new RegionRig(17, sampleClimate("forest"));
    for (let i = 1; i <= 1_440; i += 1) rig.liveTo(i * minute);
    const changes = rig.eventsOf(WeatherEventSchema);
    expect(changes.length).toBeGreaterThan(5);
    for (const { oldState, newState } of changes) expect(newState).not.toBe(oldState);
    expect(rig.eventsOf(WeatherModifiersEventSchema).length).toBeLessThan(400);
  });

  it("is the same for the same seed, and however the minutes are told", () => {
    const [a, b, c] = [new RegionRig(1), new RegionRig(1), new RegionRig(2)];
    a.liveTo(3 * day);
    for (let i = 1; i <= 3 * 1_440; i += 1) b.liveTo(i * minute);
    c.liveTo(3 * day);
    const { toldModifiers: told, ...rest } = a.region;
    expect(b.region).toMatchObject(rest);
    expect(told).toBeDefined();
    expect(a.eventsOf(WeatherEventSchema)).toEqual(b.eventsOf(WeatherEventSchema));
    expect(c.region.temperatureC).not.toBe(a.region.temperatureC);
  });

  it("lives through a month at most on one event", () => {
    const rig = new RegionRig(1);
    rig.liveTo(yearDays * day);
    expect(rig.region.minutesSeen.reduce((x, y) => x + y)).toBe(minutesPerEventMax);
    expect(rig.region.gameMs).toBe(BigInt(yearDays * day));
  });
});

describe("a forecast", () => {
  it("beats climatology: its Brier score is lower at every lead", () => {
    const rig = new RegionRig(23);
    rig.liveDays(1);
    const law = longRunShares(climate, seasonOf(rig.region), dawnWindowOf(rig.region));
    const leads = [1, 2, 3, 6];
    const scores = leads.map(() => ({ forecast: 0, climatology: 0 }));
    const open: { hour: number; lead: number; chances: number[] }[] = [];
    for (let now = 24; now < 24 * 400; now += 1) {
      const time = now % 24;
      rig.region.dawn = time > 5 && time <= 7;
      rig.liveTo(now * hour);
      const outcome = rig.region.nextCondition;
      for (const { hour: due, lead, chances } of open) {
        const score = scores[lead];
        if (due !== now || score === undefined) continue;
        score.forecast += brier(chances, outcome);
        score.climatology += brier(law, outcome);
      }
      open.splice(0, Math.max(0, open.length - 40));
      const forecast = forecastOf(rig.region, 6);
      leads.forEach((hours, lead) => {
        open.push({ hour: now + hours, lead, chances: forecast[hours - 1] ?? [] });
      });
    }
    for (const { forecast, climatology } of scores) expect(forecast).toBeLessThan(climatology);
    expect(scores[0]?.forecast).toBeLessThan((scores[0]?.climatology ?? 0) * 0.97);
  });

  it("comes to the long run's chances, hour by hour of the day", () => {
    const rig = new RegionRig(1);
    const forecast = forecastOf(rig.region, 168);
    expect(forecast).toHaveLength(168);
    for (const chances of forecast) expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    const law = longRunShares(climate, seasonOf(rig.region), undefined);
    const evening = forecast[164] ?? [];
    law.forEach((share, i) => {
      expect(evening[i]).toBeCloseTo(share, 2);
    });
    const dawn = forecast[150] ?? [];
    expect(dawn[1]).toBeGreaterThan((evening[1] ?? 1) * 1.5);
  });

  it("is sure of a condition that a glide still leads to", () => {
    const rig = new RegionRig(1);
    setWeather(rig.region, { ...ask, condition: "storm", glideSeconds: 7_200 }, rig);
    const [first, second, third] = forecastOf(rig.region, 3);
    expect(first).toEqual([0, 0, 1]);
    expect(second?.[2]).toBe(0.75);
    expect(third?.[2]).toBeLessThan(0.75);
  });
});

describe("weather that is set", () => {
  it("glides there in the seconds it was given", () => {
    const rig = new RegionRig(1);
    setWeather(rig.region, { ...ask, condition: "storm", intensity: 1, glideSeconds: 3_600 }, rig);
    rig.liveTo(30 * minute);
    expect(rig.region).toMatchObject({ condition: 0, nextCondition: 2, blend: 0.5 });
    expect(rig.region.intensity).toBeCloseTo(0.75, 9);
    expect(readingOf(rig.region).rain).toBeCloseTo(0.45 * 0.75, 9);
    rig.liveTo(59 * minute);
    rig.random.next = () => 0.9;
    rig.liveTo(60 * minute);
    expect(rig.region).toMatchObject({ condition: 2, nextCondition: 2, blend: 1 });
    expect(rig.region.intensity).toBeCloseTo(1, 1);
  });

  it("stays as it is while it is locked, but for what its owner asks", () => {
    const rig = new RegionRig(1);
    lock(rig.region, "scene");
    const before = readingOf(rig.region);
    rig.liveTo(5 * day);
    expect(readingOf(rig.region)).toEqual({ ...before, gameMs: BigInt(5 * day) });
    const request = { ...ask, condition: "fog", owner: "scene", glideSeconds: 600 };
    setWeather(rig.region, request, rig);
    rig.liveTo(5 * day + 5 * minute);
    expect(rig.region.blend).toBe(0.5);
    rig.liveTo(6 * day);
    expect(readingOf(rig.region)).toMatchObject({ condition: "fog", blend: 1, lockedBy: "scene" });
    expect(rig.region.minutesSeen.reduce((x, y) => x + y)).toBe(10);
  });
});

function brier(chances: readonly number[], outcome: number): number {
  return chances.reduce((sum, chance, i) => sum + (chance - (i === outcome ? 1 : 0)) ** 2, 0);
}
