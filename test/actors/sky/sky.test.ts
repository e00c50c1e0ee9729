import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ClockService } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  LightningEventSchema,
  SkyService,
  StormEventSchema,
  SurfaceEventSchema,
  WeatherModifiersEventSchema,
  WeatherService,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { climate, day } from "../fixtures.ts";
import { quietMap, skyOf, skyWorld } from "./rig.ts";

const { method } = SkyService;

/** Stays clear: all there is of rain and wind comes from the sky. */
const clearClimate = {
  ...climate,
  seasons: climate.seasons.map((season) => ({
    ...season,
    rows: [{ chances: [1, 0, 0] }, { chances: [0, 1, 0] }, { chances: [0, 0, 1] }],
  })),
};
const clear = { climate: clearClimate, season: "spring", condition: "clear" };

const storm = { x: 5_000, y: 5_000, radiusM: 6_000, intensity: 1, lifeMinutes: 120 };

function readingOf(world: TestWorld, region: string) {
  const outcome = world.call(WeatherService.method.getWeather, { region });
  if (!outcome.ok || !outcome.value.weather) throw new Error("there is no weather");
  return outcome.value.weather;
}

function surfaceOf(world: TestWorld, where: MessageInitShape<typeof method.getSurface.input>) {
  const outcome = world.call(method.getSurface, where);
  if (!outcome.ok || !outcome.value.surface) throw new Error("there is no ground");
  return outcome.value.surface;
}

const west = { where: { case: "region", value: "west" } } as const;
const pointAt = (x: number, y: number) => ({ where: { case: "point", value: { x, y } } }) as const;

describe("a storm", () => {
  it("raises rain, wind, cloud and lightning of the region under it, and of no other", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    const before = readingOf(world, "west");
    const fast = { ...storm, x: 3_000, radiusM: 4_000 };
    expect(world.call(method.startStorm, fast).ok).toBe(true);
    world.step(6 * 50);
    const [under, beside] = [readingOf(world, "west"), readingOf(world, "east")];
    expect(before).toMatchObject({ rain: 0, storm: 0, lightning: 0 });
    expect(under.storm).toBeGreaterThan(0.4);
    expect(under.rain).toBeGreaterThan(0.4);
    expect(under.lightning).toBeGreaterThan(0.3);
    expect(under.cloud).toBeGreaterThan(before.cloud + 0.3);
    expect(under.windMps).toBeGreaterThan(before.windMps + 4);
    expect(under.pressureHpa).toBeLessThan(before.pressureHpa - 2);
    expect(under.modifiers?.visibility).toBeLessThan((before.modifiers?.visibility ?? 0) - 0.1);
    expect(beside.rain).toBeLessThan(under.rain / 3);
    expect(world.deadLetters).toEqual([]);
  });

  it("is severe while it is strong, and leaves the weather as it was", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    world.call(method.startStorm, storm);
    world.step(6 * 200);
    const severe = world.eventsOf(WeatherSevereEventSchema).filter((e) => e.region === "west");
    expect(severe.map(({ started }) => started)).toEqual([true, false]);
    expect(readingOf(world, "west")).toMatchObject({ storm: 0, rain: 0, lightning: 0 });
    expect(world.eventsOf(WeatherModifiersEventSchema).length).toBeGreaterThan(2);
  });

  it("is on the list of storms, and a thunderstorm to Ultra Dynamic Weather", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    const before = world.call(WeatherService.method.getUltraDynamicWeather, { region: "west" });
    expect(before).toMatchObject({ ok: true, value: { preset: "Clear_Skies", rain: 0 } });
    world.call(method.startStorm, storm);
    world.step(6 * 50);
    const listed = world.call(method.getSky, {});
    expect(listed).toMatchObject({ ok: true, value: { storms: [{ number: 1 }], fronts: [] } });
    const under = world.call(WeatherService.method.getUltraDynamicWeather, { region: "west" });
    expect(under).toMatchObject({ ok: true, value: { preset: "Rain_Thunderstorm" } });
    const { rain = 0, materialWetness = 0 } = under.ok ? under.value : {};
    expect(rain).toBeGreaterThan(4);
    expect(rain).toBeLessThanOrEqual(10);
    expect(materialWetness).toBeGreaterThan(0.1);
  });

  it("grows, is mature, decays and ends, and tells of it", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    world.call(method.startStorm, storm);
    world.step(6 * 130);
    const events = world.eventsOf(StormEventSchema);
    const strengths = events.map(({ intensity }) => intensity);
    const peak = strengths.indexOf(Math.max(...strengths));
    expect(strengths[peak]).toBe(1);
    expect(strengths.slice(0, peak)).toEqual(strengths.slice(0, peak).toSorted((a, b) => a - b));
    expect(events.at(-1)).toMatchObject({ storm: "storm.1", ended: true, intensity: 0 });
    expect(events.filter(({ ended }) => ended)).toHaveLength(1);
    expect(events.length).toBeGreaterThan(15);
    expect(skyOf(world).storms).toEqual([]);
  });

  it("drifts with the wind, from region to region", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    const started = world.call(method.startStorm, { ...storm, lifeMinutes: 1_440 });
    const before = started.ok ? started.value.storm : undefined;
    const { windDirectionDeg } = readingOf(world, "west");
    world.step(6 * 30);
    const [after] = skyOf(world).storms;
    const moved = { x: (after?.x ?? 0) - (before?.x ?? 0), y: (after?.y ?? 0) - (before?.y ?? 0) };
    const towards = ((windDirectionDeg + 180) * Math.PI) / 180;
    const along = moved.x * Math.sin(towards) + moved.y * Math.cos(towards);
    expect(along).toBeGreaterThan(1_500);
    expect(along / Math.hypot(moved.x, moved.y)).toBeGreaterThan(0.85);
  });

  it("decays from now on when it is calmed", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    world.call(method.startStorm, { ...storm, lifeMinutes: 1_000, radiusM: 1_000_000 });
    world.step(6 * 400);
    expect(skyOf(world).storms).toHaveLength(1);
    expect(world.call(method.calmStorm, { number: 1 }).ok).toBe(true);
    world.step(6 * 230);
    expect(skyOf(world).storms).toEqual([]);
  });
});

describe("the sky", () => {
  it("gives birth to storms and fronts, and lets lightning strike on the map", () => {
    const world = skyWorld({ scale: 7_200, tickHz: 10 });
    world.step(10 * 12 * 12);
    const { stormsBorn, frontsBorn, gameMs } = skyOf(world);
    expect(gameMs).toBeGreaterThan(11n * BigInt(day));
    expect(stormsBorn).toBeGreaterThan(8);
    expect(frontsBorn).toBeGreaterThan(1);
    const strikes = world.eventsOf(LightningEventSchema);
    expect(strikes.length).toBeGreaterThan(20);
    for (const { x, y, region, strength } of strikes) {
      expect(x >= 0 && x <= 20_000 && y >= 0 && y <= 10_000).toBe(true);
      expect(region).toBe(x < 10_000 ? "west" : "east");
      expect(strength).toBeGreaterThan(0);
    }
    expect(world.deadLetters).toEqual([]);
    expect(world.log).toEqual([]);
  });

  it("lets lightning strike at the same places for the same seed, and at others for another", () => {
    const strikesOf = (seed: number) => {
      const world = skyWorld({ scale: 14_400, tickHz: 10, seed });
      world.step(300);
      return world.eventsOf(LightningEventSchema).map(({ x, y, gameMs }) => [x, y, gameMs]);
    };
    const strikes = strikesOf(7);
    expect(strikes.length).toBeGreaterThan(3);
    expect(strikesOf(7)).toEqual(strikes);
    expect(strikesOf(8)).not.toEqual(strikes);
  });

  it("has the same history with 1, 2 and 4 workers, and when its actors move about", () => {
    const hashOf = (workers: number, shuffleEveryFrames = 0) => {
      const world = skyWorld({ scale: 3_600, tickHz: 10, workers, shuffleEveryFrames });
      world.step(400);
      return world.hash();
    };
    const hash = hashOf(1);
    expect(hashOf(2)).toBe(hash);
    expect(hashOf(4)).toBe(hash);
    expect(hashOf(2, 7)).toBe(hash);
  });

  it("does not live through a jump", () => {
    const world = skyWorld({ sky: quietMap, weather: clear });
    world.step(60);
    world.call(method.startStorm, storm);
    world.step(60 * 5);
    const [before] = skyOf(world).storms;
    const to = { case: "gameMs", value: BigInt(40 * day) } as const;
    world.call(ClockService.method.setTime, { to });
    const state = skyOf(world);
    expect(state.gameMs).toBe(BigInt(40 * day));
    expect(state.storms[0]?.ageMinutes).toBeCloseTo(before?.ageMinutes ?? 0, -1);
    world.step(60 * 200);
    expect(skyOf(world).storms).toEqual([]);
  });

  it("spreads the work of a game minute over many frames", () => {
    const world = skyWorld({ sky: quietMap, weather: clear });
    world.step(62);
    const rows: number[] = [];
    for (let frame = 0; frame < 20; frame += 1) {
      world.step();
      rows.push(skyOf(world).passRow);
    }
    const steps = rows.slice(1).map((row, i) => row - (rows[i] ?? 0));
    expect(Math.max(...steps)).toBe(1);
    expect(skyOf(world).passMinutes).toBe(0);
  });

  it("keeps up with an advance of weeks, within its bounds", () => {
    const world = skyWorld();
    world.step(10);
    world.call(ClockService.method.advance, { durationMs: BigInt(20 * day) });
    world.step(120);
    expect(skyOf(world).gameMs).toBeGreaterThan(BigInt(20 * day));
    expect(skyOf(world).owedMinutes).toBeLessThanOrEqual(10_080);
    expect(world.deadLetters).toEqual([]);
  });

  it("tells in the forecast of a storm that comes", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    const chances = () => {
      const outcome = world.call(WeatherService.method.forecast, { region: "west", hours: 24 });
      return outcome.ok ? outcome.value.hours.map(({ stormChance }) => stormChance) : [];
    };
    expect(Math.max(...chances())).toBeLessThan(0.01);
    world.call(method.startStorm, { ...storm, lifeMinutes: 240 });
    world.step(6 * 15);
    const [now = 0, ...later] = chances();
    expect(now).toBeGreaterThan(0.9);
    expect(later[0]).toBeLessThan(now);
    expect(later[20]).toBeLessThan(0.01);
  });
});

describe("the ground", () => {
  it("gets wet under a storm, there and not elsewhere, and dries when it is gone", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    world.call(method.startStorm, { ...storm, x: 2_000, radiusM: 2_500, lifeMinutes: 90 });
    world.step(6 * 60);
    const { x = 0, y = 0 } = skyOf(world).storms[0] ?? {};
    expect(surfaceOf(world, pointAt(x, y)).wetness).toBeGreaterThan(0.3);
    expect(surfaceOf(world, pointAt(19_000, 9_000)).wetness).toBe(0);
    const wet = surfaceOf(world, west).wetness;
    expect(wet).toBeGreaterThan(0.02);
    world.call(ClockService.method.setScale, { scale: 7_200 });
    world.step(12 * 60);
    expect(surfaceOf(world, west).wetness).toBeLessThan(wet / 4);
  });

  it("is told of when it changes noticeably, and is in the region's reading", () => {
    const world = skyWorld({ sky: quietMap, weather: clear, scale: 600 });
    world.step(60);
    world.call(method.startStorm, storm);
    world.step(6 * 70);
    const told = world.eventsOf(SurfaceEventSchema).filter(({ region }) => region === "west");
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThan(20);
    told.slice(1).forEach(({ wetness, mud }, i) => {
      const before = told[i];
      const change = Math.max(
        Math.abs(wetness - (before?.wetness ?? 0)),
        Math.abs(mud - (before?.mud ?? 0)),
      );
      expect(change).toBeGreaterThan(0.099);
    });
    const { surface } = readingOf(world, "west");
    expect(surface?.wetness).toBeCloseTo(surfaceOf(world, west).wetness, 1);
  });
});

type Inputs = {
  [Name in keyof typeof method]: MessageInitShape<(typeof method)[Name]["input"]>;
};
type Case = { [Name in keyof Inputs]: readonly [Name, Inputs[Name], string] }[keyof Inputs];

const wrong: Case[] = [
  ["startStorm", { ...storm, x: -1 }, "x=-1 is not valid; valid are numbers from 0 to 20000"],
  [
    "startStorm",
    { ...storm, y: 10_001 },
    "y=10001 is not valid; valid are numbers from 0 to 10000",
  ],
  ["startStorm", { ...storm, x: Number.NaN }, "x=NaN is not valid"],
  ["startStorm", { ...storm, radiusM: 9 }, "radius_m=9 is not valid"],
  ["startStorm", { ...storm, radiusM: Number.POSITIVE_INFINITY }, "radius_m=Infinity is not valid"],
  [
    "startStorm",
    { ...storm, intensity: 1.1 },
    "intensity=1.1 is not valid; valid are numbers from 0.1",
  ],
  ["startStorm", { ...storm, lifeMinutes: 0 }, "life_minutes=0 is not valid"],
  [
    "calmStorm",
    { number: 7 },
    "number=7 is not valid; valid are the numbers of storms: there is none",
  ],
  ["getSurface", {}, 'region="" is not valid; valid are west, east'],
  ["getSurface", { where: { case: "region", value: "north" } }, 'region="north" is not valid'],
  ["getSurface", pointAt(20_001, 0), "point.x=20001 is not valid"],
  ["getSurface", pointAt(0, Number.NaN), "point.y=NaN is not valid"],
];

describe("the sky refuses", () => {
  it.each(wrong.map(([name, request, text]) => ({ name, request, text })))(
    "$name: $text",
    ({ name, request, text }) => {
      const world = skyWorld({ sky: quietMap, scale: 1 });
      world.step(60);
      const before = skyOf(world);
      const outcome = world.call(method[name] as typeof method.startStorm, request as never);
      expect(outcome).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(skyOf(world)).toEqual(before);
    },
  );

  it("more storms than there can be", () => {
    const world = skyWorld({ sky: quietMap, scale: 1 });
    world.step(2);
    for (let i = 0; i < 64; i += 1) expect(world.call(method.startStorm, storm).ok).toBe(true);
    const outcome = world.call(method.startStorm, storm);
    expect(outcome).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
    expect(skyOf(world).storms).toHaveLength(64);
  });

  it("everything while it has no map", () => {
    const world = skyWorld({ sky: { ...quietMap, cellsX: 0 }, scale: 1 });
    world.step(60);
    expect(world.log[0]?.text).toContain("cells_x=0 is not valid; valid are integers from 1 to 64");
    for (const outcome of [
      world.call(method.getSky, {}),
      world.call(method.startStorm, storm),
      world.call(method.calmStorm, { number: 1 }),
      world.call(method.getSurface, west),
    ]) {
      expect(outcome).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
    }
  });
});
