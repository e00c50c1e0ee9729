import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { ClockService, ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  ConfigureWeatherSchema,
  WeatherEventSchema,
  WeatherService,
  WeatherStateSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { scripted, tell } from "../../support/scripted.ts";
import { calendar, climate, day } from "../fixtures.ts";

const { method } = WeatherService;
const region = "moor";

type Beat = MessageInitShape<typeof StoryBeatEventSchema>;
const stormBeat: Beat = {
  ...{ beat: 12n, kind: BeatKind.WEATHER, region, subject: "storm" },
  ...{ intensity: 0.75, minutes: 30 },
};

/** A world of one region, and of somebody who publishes a story beat when told to. */
function worldWith(beat: Beat = stormBeat, scale = 60): TestWorld {
  const teller = scripted("teller", { beat: (ctx) => ctx.publish(StoryBeatEventSchema, beat) });
  const start = { case: "startGameMs", value: 0n } as const;
  return createTestWorld({
    actors: [...actors, teller],
    bootstrap: [
      { address: "clock/main", type: ConfigureClockSchema, message: { calendar, scale, start } },
      {
        address: `weather/${region}`,
        type: ConfigureWeatherSchema,
        message: { climate, season: "spring", condition: "clear" },
      },
    ],
  });
}

function readingOf(world: TestWorld) {
  const outcome = world.call(method.getWeather, { region });
  if (!outcome.ok || !outcome.value.weather) throw new Error("there is no weather");
  return outcome.value.weather;
}

function beatIn(world: TestWorld): void {
  tell(world, "teller/main", "beat");
  world.step(4);
}

const scene = { region, condition: "storm", intensity: 0.8, minutes: 30, owner: "scene" };

describe("weather that is lent", () => {
  it("turns to what was asked for, stays so, and goes back by itself", () => {
    const world = worldWith();
    world.step(2);
    const outcome = world.call(method.overrideWeather, { ...scene, glideSeconds: 300 });
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        weather: { nextCondition: "storm", lentTo: "scene", lentUntilMs: BigInt(30 * 60_000) },
      },
    });
    world.step(60 * 20);
    expect(readingOf(world)).toMatchObject({ condition: "storm", blend: 1, lentTo: "scene" });
    expect(readingOf(world).intensity).toBeCloseTo(0.8, 6);
    world.step(60 * 12);
    expect(readingOf(world)).toMatchObject({ nextCondition: "clear", lentTo: "", lentUntilMs: 0n });
    const turns = world.eventsOf(WeatherEventSchema).map(({ oldState, newState, gameMs }) => {
      return [oldState, newState, Number(gameMs) / 60_000];
    });
    expect(turns.slice(0, 2)).toEqual([
      ["clear", "storm", 0],
      ["storm", "clear", 30],
    ]);
  });

  it("is the chain's again afterwards", () => {
    const world = worldWith(stormBeat, 3_600);
    world.step(2);
    world.call(method.overrideWeather, { ...scene, condition: "fog", minutes: 600 });
    world.step(60 * 9);
    expect(world.eventsOf(WeatherEventSchema)).toHaveLength(1);
    world.step(60 * 24 * 2);
    expect(world.eventsOf(WeatherEventSchema).length).toBeGreaterThan(10);
  });

  it("is prolonged and changed by its owner, and goes back to what was before it all", () => {
    const world = worldWith();
    world.step(2);
    world.call(method.overrideWeather, scene);
    world.step(60 * 10);
    expect(world.call(method.overrideWeather, { ...scene, condition: "fog", minutes: 60 }).ok).toBe(
      true,
    );
    world.step(60 * 50);
    expect(readingOf(world)).toMatchObject({ condition: "fog", lentTo: "scene" });
    world.step(60 * 15);
    expect(world.eventsOf(WeatherEventSchema)[2]).toMatchObject({
      oldState: "fog",
      newState: "clear",
    });
  });

  it("is given back before its time by its owner, and not by others", () => {
    const world = worldWith();
    world.step(2);
    world.call(method.overrideWeather, scene);
    const before = world.stateOf(`weather/${region}`, WeatherStateSchema)?.lease;
    for (const outcome of [
      world.call(method.releaseWeather, { region, owner: "other" }),
      world.call(method.overrideWeather, { ...scene, owner: "other" }),
      world.call(method.setWeather, { region, condition: "clear" }),
    ]) {
      expect(outcome).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
      expect(outcome.ok ? "" : outcome.message).toContain('valid is owner="scene"');
    }
    expect(world.stateOf(`weather/${region}`, WeatherStateSchema)?.lease).toEqual(before);
    expect(world.call(method.releaseWeather, { region, owner: "scene" })).toMatchObject({
      ok: true,
      value: { weather: { nextCondition: "clear", lentTo: "" } },
    });
    expect(world.call(method.releaseWeather, { region, owner: "scene" })).toMatchObject({
      ok: false,
      code: "FAILED_PRECONDITION",
    });
  });

  it("keeps its minutes over a jump of the clock", () => {
    const world = worldWith();
    world.step(2);
    world.call(method.overrideWeather, scene);
    world.step(60 * 10);
    const to = { case: "gameMs", value: BigInt(3 * day) } as const;
    world.call(ClockService.method.setTime, { to });
    world.step(60 * 15);
    expect(readingOf(world)).toMatchObject({ condition: "storm", lentTo: "scene" });
    world.step(60 * 10);
    expect(readingOf(world).lentTo).toBe("");
  });

  it("is forecast: sure while it is lent, the chain's from what it goes back to afterwards", () => {
    const world = worldWith();
    world.step(2);
    world.call(method.overrideWeather, { ...scene, minutes: 150 });
    const outcome = world.call(method.forecast, { region, hours: 4 });
    const hours = outcome.ok ? outcome.value.hours : [];
    expect(hours.map(({ likeliest }) => likeliest)).toEqual(["storm", "storm", "clear", "clear"]);
    expect(hours[1]?.chances).toEqual([0, 0, 1]);
    expect(hours[3]?.chances[0]).toBeLessThan(1);
  });
});

describe("a story beat of weather", () => {
  it("has the weather for its minutes, with its intensity", () => {
    const world = worldWith();
    world.step(2);
    beatIn(world);
    expect(readingOf(world)).toMatchObject({ nextCondition: "storm", lentTo: "beat:12" });
    world.step(60 * 20);
    expect(readingOf(world).intensity).toBeCloseTo(0.75, 6);
    world.step(60 * 12);
    expect(readingOf(world)).toMatchObject({ nextCondition: "clear", lentTo: "" });
    expect(world.log).toEqual([]);
  });

  it("has it for an hour when it does not say how long", () => {
    const world = worldWith({ ...stormBeat, minutes: 0 });
    world.step(2);
    beatIn(world);
    expect(readingOf(world).lentUntilMs).toBe(BigInt(60 * 60_000));
  });

  it.each([
    ["another kind", { ...stormBeat, kind: BeatKind.ENCOUNTER }, 0],
    ["another region", { ...stormBeat, region: "coast" }, 0],
    ["a condition that the climate does not know", { ...stormBeat, subject: "hail" }, 1],
  ])("changes nothing when it is of %s", (_, beat, lines) => {
    const world = worldWith(beat);
    world.step(2);
    beatIn(world);
    expect(readingOf(world)).toMatchObject({ nextCondition: "clear", lentTo: "" });
    expect(world.log).toHaveLength(lines);
    if (lines > 0) expect(world.log[0]?.text).toContain('"hail"; valid are clear, fog, storm');
  });

  it("gives way to whoever holds the weather by a command, and to commands that come", () => {
    const held = worldWith();
    held.step(2);
    held.call(method.overrideWeather, { ...scene, condition: "fog" });
    beatIn(held);
    expect(readingOf(held)).toMatchObject({ nextCondition: "fog", lentTo: "scene" });
    expect(held.log[0]?.text).toContain('"scene" holds the weather');

    const locked = worldWith();
    locked.step(2);
    locked.call(method.lockWeather, { region, owner: "scene" });
    beatIn(locked);
    expect(readingOf(locked)).toMatchObject({ nextCondition: "clear", lentTo: "" });

    const taken = worldWith();
    taken.step(2);
    beatIn(taken);
    expect(taken.call(method.setWeather, { region, condition: "fog" }).ok).toBe(true);
    expect(readingOf(taken)).toMatchObject({ nextCondition: "fog", lentTo: "" });
  });
});

type Request = MessageInitShape<typeof method.overrideWeather.input>;
const wrong: readonly (readonly [Request, string])[] = [
  [{ ...scene, condition: "hail" }, 'condition="hail" is not valid; valid are clear, fog, storm'],
  [{ ...scene, intensity: 1.2 }, "intensity=1.2 is not valid; valid are numbers from 0 to 1"],
  [{ ...scene, intensity: Number.NaN }, "intensity=NaN is not valid"],
  [{ ...scene, minutes: 0 }, "minutes=0 is not valid; valid are integers from 1 to 10080"],
  [{ ...scene, minutes: 10_081 }, "minutes=10081 is not valid"],
  [
    { ...scene, glideSeconds: 1_801 },
    "glide_seconds=1801 is not valid; valid are integers from 0 to 1800",
  ],
  [{ ...scene, owner: "" }, 'owner="" is not valid; valid are 1 to 64 of a-z'],
  [{ ...scene, owner: "Big" }, 'owner="Big" is not valid'],
];

describe("weather is not lent", () => {
  it.each(wrong.map(([request, text]) => ({ request, text })))("$text", ({ request, text }) => {
    const world = worldWith(stormBeat, 1);
    world.step(2);
    const before = world.stateOf(`weather/${region}`, WeatherStateSchema);
    const outcome = world.call(method.overrideWeather, request);
    expect(outcome).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
    expect(outcome.ok ? "" : outcome.message).toContain(text);
    expect(world.stateOf(`weather/${region}`, WeatherStateSchema)).toEqual(before);
  });
});
