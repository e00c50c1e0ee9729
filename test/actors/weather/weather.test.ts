import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ClockService } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureWeatherSchema,
  WeatherEventSchema,
  WeatherService,
  WeatherSevereEventSchema,
  WeatherStateSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { climate, day, hour, minute, worldWith } from "../fixtures.ts";

const { method } = WeatherService;
const region = "north-marsh";
const address = `weather/${region}`;

function stateOf(world: TestWorld) {
  return world.stateOf(address, WeatherStateSchema);
}

function readingOf(world: TestWorld) {
  const outcome = world.call(method.getWeather, { region });
  return outcome.ok ? outcome.value.weather : undefined;
}

const to = (gameMs: number) => ({ case: "gameMs", value: BigInt(gameMs) }) as const;

describe("weather", () => {
  it("lives through game time as the clock tells it", () => {
    const world = worldWith({ scale: 3_600 }, { regions: [region] });
    world.step(1 + 60 * 24 * 2);
    const state = stateOf(world);
    expect(state?.gameMs).toBe(BigInt(2 * day));
    expect(state?.minutesSeen.reduce((a, b) => a + b)).toBe(2 * 1_440);
    expect(state?.dawnFromMs).toBe(BigInt(day + 5 * hour));
    expect(state?.dawnUntilMs).toBe(BigInt(day + 7 * hour));
    expect(world.eventsOf(WeatherEventSchema).length).toBeGreaterThan(5);
  });

  it("knows that it is dawn while it is dawn", () => {
    const world = worldWith({ scale: 3_600 }, { regions: [region] });
    const dawn: boolean[] = [];
    for (let i = 0; i < 24; i += 1) {
      world.step(60);
      dawn.push(stateOf(world)?.dawn ?? false);
    }
    expect(dawn.map((is, i) => (is ? i : -1)).filter((i) => i >= 0)).toEqual([5, 6]);
  });

  it("has the same history at any speed: minutes are what it lives by", () => {
    const [slow, fast, faster] = [60, 3_600, 43_200].map((scale) => {
      const world = worldWith({ scale }, { regions: [region], tickHz: 1 });
      world.step(1 + (day * 1.5) / (scale * 1_000));
      const { toldModifiers: _, timeScale: __, ...state } = stateOf(world) ?? {};
      return state;
    });
    expect(slow).toEqual(fast);
    expect(faster).toEqual(fast);
  });

  it("does not live through a jump, and takes over the season it leads into", () => {
    const world = worldWith({}, { regions: [region] });
    world.step(100);
    const minutes = stateOf(world)?.minutesSeen;
    world.call(ClockService.method.setTime, { to: to(95 * day + 6 * hour) });
    world.step();
    expect(stateOf(world)).toMatchObject({
      gameMs: BigInt(95 * day + 6 * hour),
      season: "winter",
      dawn: true,
      minutesSeen: minutes,
    });
    world.call(ClockService.method.setTime, { to: to(0) });
    world.step(300);
    expect(stateOf(world)?.season).toBe("spring");
    expect(stateOf(world)?.gameMs).toBe(BigInt(5 * minute));
  });

  it("of a region that begins late lives from then on", () => {
    const world = worldWith({ scale: 3_600 });
    world.step(1 + 60 * 12);
    world.spawn(address, ConfigureWeatherSchema, { climate });
    world.step(60 * 12);
    const minutes = stateOf(world)?.minutesSeen.reduce((a, b) => a + b) ?? 0;
    expect(stateOf(world)?.gameMs).toBe(BigInt(day));
    expect(minutes).toBeGreaterThan(12 * 60 - 3);
    expect(minutes).toBeLessThanOrEqual(12 * 60);
  });

  it("keeps up with an advance, day by day", () => {
    const world = worldWith({}, { regions: [region] });
    world.call(ClockService.method.pause, {});
    world.call(ClockService.method.advance, { durationMs: BigInt(40 * day) });
    world.step(50);
    expect(stateOf(world)?.minutesSeen.reduce((a, b) => a + b)).toBe(40 * 1_440);
    expect(stateOf(world)?.season).toBe("summer");
  });

  it("overrides the season until the calendar's changes", () => {
    const world = worldWith(
      { start: { case: "startGameMs", value: BigInt(30 * day - 10 * minute) } },
      { regions: [region] },
    );
    world.step(2);
    world.call(method.setSeason, { region, season: "winter" });
    expect(readingOf(world)?.season).toBe("winter");
    world.call(method.setSeason, { region, season: "" });
    expect(readingOf(world)?.season).toBe("spring");
    world.call(method.setSeason, { region, season: "winter" });
    world.step(11 * 60);
    expect(readingOf(world)?.season).toBe("summer");
  });

  it("is set at once, tells so, and is severe at once", () => {
    const world = worldWith({}, { regions: [region] });
    world.step(2);
    const request = { region, condition: "storm", intensity: 1.5, clamp: true };
    const outcome = world.call(method.setWeather, request);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        weather: { condition: "storm", nextCondition: "storm", intensity: 1, severe: true },
      },
    });
    expect(world.eventsOf(WeatherEventSchema)).toMatchObject([
      { region, oldState: "clear", newState: "storm", intensity: 1, transitionSeconds: 0 },
    ]);
    expect(world.eventsOf(WeatherSevereEventSchema)).toMatchObject([
      { region, condition: "storm", started: true },
    ]);
  });

  it("is held by one owner at a time", () => {
    const world = worldWith({ scale: 3_600 }, { regions: [region] });
    world.step(2);
    expect(world.call(method.lockWeather, { region, owner: "scene" }).ok).toBe(true);
    expect(world.call(method.lockWeather, { region, owner: "scene" }).ok).toBe(true);
    const before = readingOf(world);
    for (const outcome of [
      world.call(method.lockWeather, { region, owner: "other" }),
      world.call(method.unlockWeather, { region, owner: "other" }),
      world.call(method.setWeather, { region, condition: "storm" }),
      world.call(method.setSeason, { region, season: "winter" }),
      world.call(method.loadClimate, { region, climate }),
    ]) {
      expect(outcome).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
      expect(outcome.ok ? "" : outcome.message).toContain('valid is owner="scene"');
    }
    world.step(600);
    expect({ ...readingOf(world), gameMs: 0n }).toEqual({ ...before, gameMs: 0n });
    expect(world.call(method.unlockWeather, { region, owner: "scene" }).ok).toBe(true);
    world.step(600);
    expect(readingOf(world)?.temperatureC).not.toBe(before?.temperatureC);
  });

  it("goes on as it was when it is given the climate that it has", () => {
    const world = worldWith({}, { regions: [region] });
    world.step(600);
    const before = world.stateOf(`weather/${region}`, WeatherStateSchema);
    expect(world.call(method.loadClimate, { region, climate: before?.climate }).ok).toBe(true);
    const after = world.stateOf(`weather/${region}`, WeatherStateSchema);
    const sum = (values: readonly number[] = []) => values.reduce((all, value) => all + value, 0);
    expect(sum(before?.minutesSeen)).toBeGreaterThan(5);
    expect(sum(after?.minutesSeen)).toBeGreaterThanOrEqual(sum(before?.minutesSeen));
    expect(sum(after?.timesEntered)).toBeGreaterThanOrEqual(sum(before?.timesEntered));
  });

  it("takes another climate, and the condition of the same name with it", () => {
    const world = worldWith({}, { regions: [region] });
    world.step(2);
    world.call(method.setWeather, { region, condition: "storm" });
    const [clear, fog, storm] = climate.conditions;
    const others = [storm, clear, fog].flatMap((condition) => condition ?? []);
    const turned = { ...climate, name: "turned", conditions: others };
    expect(world.call(method.loadClimate, { region, climate: turned }).ok).toBe(true);
    expect(stateOf(world)).toMatchObject({ nextCondition: 0, minutesSeen: [0, 0, 0] });
    expect(readingOf(world)?.condition).toBe("storm");
  });

  it("forecasts in hours and tells its statistics", () => {
    const world = worldWith({ scale: 3_600 }, { regions: [region] });
    world.step(600);
    const forecast = world.call(method.forecast, { region, hours: 168 });
    expect(forecast.ok && forecast.value.hours).toHaveLength(168);
    expect(forecast).toMatchObject({
      value: { conditions: ["clear", "fog", "storm"], hours: { 0: { hour: 1 } } },
    });
    const stats = world.call(method.getWeatherStats, { region });
    const conditions = stats.ok ? stats.value.conditions : [];
    expect(conditions.map(({ condition }) => condition)).toEqual(["clear", "fog", "storm"]);
    expect(conditions.reduce((sum, c) => sum + c.stationaryShare, 0)).toBeCloseTo(1, 9);
    expect(conditions.reduce((sum, c) => sum + c.minutes, 0n)).toBe(601n);
  });

  it("has the same history with 1, 2 and 4 workers, and another with another seed", () => {
    const hash = (workers: number, seed: number) => {
      const regions = ["a", "b", "c", "d", "e"];
      const world = worldWith({ scale: 360_000 }, { regions, workers, seed });
      world.step(200);
      return world.hash();
    };
    const hashes = [1, 2, 4].map((workers) => hash(workers, 7));
    expect(new Set(hashes).size).toBe(1);
    expect(hash(2, 8)).not.toBe(hashes[0]);
  });

  it("says in the log what is wrong with a configuration, and waits for a better one", () => {
    const world = worldWith({});
    world.spawn(address, ConfigureWeatherSchema, { climate, condition: "hail" });
    world.step(2);
    expect(world.log.at(-1)?.text).toBe(
      `${address} refused tellurion.v1.ConfigureWeather: INVALID_ARGUMENT: ` +
        'condition="hail" is not valid; valid are clear, fog, storm',
    );
    expect(world.call(method.getWeather, { region })).toMatchObject({
      ok: false,
      code: "FAILED_PRECONDITION",
    });
    world.send(address, ConfigureWeatherSchema, { climate });
    world.step();
    expect(world.call(method.getWeather, { region })).toMatchObject({
      ok: true,
      value: { weather: { condition: "clear", season: "spring" } },
    });
  });
});

type Inputs = {
  [Name in keyof typeof method]: MessageInitShape<(typeof method)[Name]["input"]>;
};
type Case = { [Name in keyof Inputs]: readonly [Name, Inputs[Name], string] }[keyof Inputs];

const storm = { region, condition: "storm" };
const set = "setWeather";
const shares = "intensity=";
const wrong: Case[] = [
  [
    set,
    { region, condition: "hail" },
    'condition="hail" is not valid; valid are clear, fog, storm',
  ],
  [set, { region }, 'condition="" is not valid; valid are clear, fog, storm'],
  [set, { ...storm, intensity: 1.01 }, `${shares}1.01 is not valid; valid are numbers from 0 to 1`],
  [set, { ...storm, intensity: -0.1 }, `${shares}-0.1 is not valid`],
  [set, { ...storm, intensity: Number.NaN, clamp: true }, `${shares}NaN is not valid`],
  [
    set,
    { ...storm, intensity: Number.POSITIVE_INFINITY, clamp: true },
    `${shares}Infinity is not valid`,
  ],
  [
    set,
    { ...storm, glideSeconds: 604_801 },
    "glide_seconds=604801 is not valid; valid are integers from 0 to 604800",
  ],
  [set, { ...storm, owner: "A" }, 'owner="A" is not valid; valid are 1 to 64 of a-z'],
  [
    "setSeason",
    { region, season: "monsoon" },
    'season="monsoon" is not valid; valid are spring, summer, autumn, winter',
  ],
  ["lockWeather", { region }, 'owner="" is not valid; valid are 1 to 64 of a-z'],
  ["unlockWeather", { region, owner: "?" }, 'owner="?" is not valid'],
  ["loadClimate", { region }, 'climate="" is not valid; valid is a climate'],
  [
    "loadClimate",
    { region, climate: { ...climate, stepMinutes: 0 } },
    "climate.step_minutes=0 is not valid",
  ],
  [
    "loadClimate",
    { region, climate: { ...climate, seasons: climate.seasons.slice(1) } },
    'climate.seasons="summer,autumn,winter" is not valid; valid have the present season, spring',
  ],
  ["forecast", { region, hours: 0 }, "hours=0 is not valid; valid are integers from 1 to 168"],
  ["forecast", { region, hours: 169 }, "hours=169 is not valid; valid are integers from 1 to 168"],
];

describe("weather refuses", () => {
  it.each(wrong.map(([name, request, text]) => ({ name, request, text })))(
    "$name: $text",
    ({ name, request, text }) => {
      const world = worldWith({ scale: 1 }, { regions: [region] });
      world.step(2);
      const before = stateOf(world);
      const outcome = world.call(method[name] as typeof method.setWeather, request as never);
      expect(outcome).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(stateOf(world)).toEqual(before);
    },
  );
});
