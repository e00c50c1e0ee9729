import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Air } from "../../../src/actors/weather/channels.ts";
import { setWeather } from "../../../src/actors/weather/commands.ts";
import { weatherOf } from "../../../src/actors/weather/overhead.ts";
import { presetOf, ultraDynamicOf } from "../../../src/actors/weather/ultra-dynamic.ts";
import { RegionSkySchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { climate, minute } from "../fixtures.ts";
import { RegionRig } from "./rig.ts";

const still: Air = { cloud: 0, fog: 0, rain: 0, snow: 0, dust: 0, lightning: 0 };
const ask = { region: "", intensity: undefined, clamp: false, glideSeconds: 0, owner: "" };
const surface = { wetness: 0.5, snowDepthM: 0.05, ice: 0, mud: 0.25, dust: 0.1 };

function under(rig: RegionRig, sky: MessageInitShape<typeof RegionSkySchema>): void {
  rig.region.sky = codecOf(RegionSkySchema).complete(sky);
}

describe("Ultra Dynamic Weather", () => {
  it.each<[string, Partial<Air>, number]>([
    ["Clear_Skies", { cloud: 0.05 }, 3],
    ["Partly_Cloudy", { cloud: 0.35 }, 3],
    ["Cloudy", { cloud: 0.7 }, 3],
    ["Overcast", { cloud: 0.95 }, 3],
    ["Foggy", { cloud: 0.8, fog: 0.6 }, 1],
    ["Rain_Light", { cloud: 1, rain: 0.2, fog: 0.4 }, 5],
    ["Rain", { cloud: 1, rain: 0.6 }, 7],
    ["Rain_Thunderstorm", { cloud: 1, rain: 0.8, lightning: 0.5 }, 16],
    ["Snow_Light", { cloud: 1, snow: 0.2 }, 2],
    ["Snow", { cloud: 1, snow: 0.6 }, 6],
    ["Snow_Blizzard", { cloud: 1, snow: 0.9 }, 20],
    ["Sand_Dust_Calm", { dust: 0.2 }, 6],
    ["Sand_Dust_Storm", { dust: 0.8 }, 20],
  ])("is at its preset %s", (preset, air, windMps) => {
    expect(presetOf({ ...still, ...air }, windMps)).toBe(preset);
  });

  it("gets its values in its own ranges", () => {
    const rig = new RegionRig(1);
    rig.region.timeScale = 60;
    setWeather(rig.region, { ...ask, condition: "storm", intensity: 1, glideSeconds: 600 }, rig);
    const turning = ultraDynamicOf(rig.region);
    expect(turning.transitionSeconds).toBe(10);
    setWeather(rig.region, { ...ask, condition: "storm", intensity: 1 }, rig);
    rig.liveTo(5 * minute);
    under(rig, { surface });
    const values = ultraDynamicOf(rig.region);
    expect(values).toMatchObject({
      preset: "Rain",
      transitionSeconds: 0,
      cloudCoverage: 10,
      fog: 0,
      snow: 0,
      dust: 0,
      thunderLightning: 0,
      materialWetness: 0.5,
      materialSnowCoverage: 0.5,
      materialDustCoverage: 0.1,
    });
    expect(values.rain).toBeCloseTo(9 * rig.region.intensity, 6);
    expect(values.windIntensity).toBeCloseTo(rig.region.windMps / 3, 6);
    expect(values.windDirection).toBeCloseTo((rig.region.windDirectionDeg + 180) % 360, 6);
  });

  it("keeps its seed until the weather turns", () => {
    const rig = new RegionRig(1);
    const { seed } = ultraDynamicOf(rig.region);
    rig.region.windMps = 9;
    expect(ultraDynamicOf(rig.region).seed).toBe(seed);
    rig.liveTo(5 * minute);
    setWeather(rig.region, { ...ask, condition: "fog" }, rig);
    expect(ultraDynamicOf(rig.region).seed).not.toBe(seed);
  });
});

describe("a sky over a region", () => {
  const storm = { storm: 0.8, windMps: 11, temperatureC: -4, pressureHpa: -6 };

  it("brings rain and lightning where it is warm, snow where it freezes, dust where it is dry", () => {
    const rig = new RegionRig(1);
    under(rig, storm);
    expect(weatherOf(rig.region).air).toMatchObject({ rain: 0.8, snow: 0, dust: 0 });
    expect(weatherOf(rig.region).air.lightning).toBeGreaterThan(0.5);
    rig.region.temperatureC = 2;
    expect(weatherOf(rig.region).air).toMatchObject({ rain: 0, snow: 0.8, lightning: 0 });
    rig.region.humidity = 0.2;
    expect(weatherOf(rig.region).air).toMatchObject({ rain: 0, snow: 0, dust: 0.8 });
  });

  it("leaves the chain to itself", () => {
    const [alone, stormy] = [new RegionRig(7), new RegionRig(7)];
    under(stormy, storm);
    for (const rig of [alone, stormy]) rig.liveDays(20);
    expect(stormy.region.minutesSeen).toEqual(alone.region.minutesSeen);
    expect(stormy.region.timesEntered).toEqual(alone.region.timesEntered);
  });

  it("is heard of as stormy by how much its climate rains and flashes", () => {
    const dry = { ...climate, conditions: climate.conditions.map((one) => ({ ...one, rain: 0 })) };
    expect(new RegionRig(1).region.stormTendency).toBeGreaterThan(0.1);
    expect(new RegionRig(1, dry).region.stormTendency).toBe(0);
    expect(new RegionRig(1, climate, "winter").region.stormTendency).toBeLessThan(0.01);
  });
});
