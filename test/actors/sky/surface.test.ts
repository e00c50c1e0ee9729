import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  differ,
  type Exposure,
  surfaceChannels,
  surfaceOf,
  weatherSurface,
} from "../../../src/actors/sky/surface.ts";

const fair: Exposure = {
  ...{ temperatureC: 12, windMps: 4, humidity: 0.5, sun: 0.5 },
  ...{ rain: 0, snow: 0, dust: 0 },
};

/** A cell's ground after so many minutes of one weather after another. */
function groundAfter(...spells: readonly (readonly [Partial<Exposure>, number])[]) {
  const surface = new Float32Array(surfaceChannels);
  for (const [weather, minutes] of spells) {
    for (let i = 0; i < minutes; i += 1) weatherSurface(surface, 0, { ...fair, ...weather }, 1);
  }
  return surfaceOf(surface, 0);
}

const rain = { rain: 0.8, humidity: 0.95, sun: 0 };
const snowfall = { snow: 0.9, temperatureC: -4, humidity: 0.9, sun: 0 };

describe("the ground", () => {
  it("is wet after rain, and dry some hours later", () => {
    const wet = groundAfter([rain, 30]);
    expect(wet.wetness).toBe(1);
    const drying = groundAfter([rain, 30], [{}, 120]);
    expect(drying.wetness).toBeLessThan(0.8);
    expect(drying.wetness).toBeGreaterThan(0.1);
    expect(groundAfter([rain, 30], [{}, 1_440]).wetness).toBeLessThan(0.01);
    expect(groundAfter([rain, 30], [{}, 2_000]).wetness).toBe(0);
  });

  it("dries faster in sun, wind and warmth", () => {
    const spell = (weather: Partial<Exposure>) => groundAfter([rain, 30], [weather, 120]).wetness;
    const still = spell({ sun: 0, windMps: 0 });
    expect(spell({ sun: 1, windMps: 0 })).toBeLessThan(still);
    expect(spell({ sun: 0, windMps: 12 })).toBeLessThan(still);
    expect(spell({ sun: 0, windMps: 0, temperatureC: 30 })).toBeLessThan(still);
    expect(spell({ sun: 0, windMps: 0, humidity: 0.95 })).toBeGreaterThan(still);
  });

  it("gets muddy where it stays wet, and stays so longer than it is wet", () => {
    expect(groundAfter([rain, 20]).mud).toBeLessThan(0.1);
    expect(groundAfter([rain, 300]).mud).toBe(1);
    const later = groundAfter([rain, 300], [{}, 480]);
    expect(later.wetness).toBeLessThan(0.3);
    expect(later.mud).toBeGreaterThan(0.3);
  });

  it("is covered with snow that stays in the frost and melts into wetness", () => {
    const covered = groundAfter([snowfall, 240]);
    expect(covered.snowDepthM).toBeCloseTo(0.18, 2);
    const frosty = groundAfter([snowfall, 240], [{ temperatureC: -6 }, 1_440]);
    expect(frosty.snowDepthM).toBeCloseTo(covered.snowDepthM, 6);
    const thawing = groundAfter([snowfall, 240], [{ temperatureC: 5, sun: 0 }, 120]);
    expect(thawing.snowDepthM).toBeLessThan(covered.snowDepthM);
    expect(thawing.wetness).toBeGreaterThan(0.5);
    expect(groundAfter([snowfall, 240], [{ temperatureC: 5 }, 2_880]).snowDepthM).toBe(0);
  });

  it("freezes over when it is wet and gets cold, and thaws again", () => {
    const icy = groundAfter([rain, 30], [{ temperatureC: -6, sun: 0 }, 90]);
    expect(icy.ice).toBeGreaterThan(0.5);
    expect(icy.wetness).toBeLessThan(0.3);
    expect(groundAfter([{ temperatureC: -6 }, 90]).ice).toBe(0);
    expect(
      groundAfter([rain, 30], [{ temperatureC: -6 }, 90], [{ temperatureC: 6 }, 120]).ice,
    ).toBe(0);
  });

  it("is covered with dust that rain washes away", () => {
    const dusty = groundAfter([{ dust: 0.8, windMps: 18, humidity: 0.1 }, 120]);
    expect(dusty.dust).toBe(1);
    expect(groundAfter([{ dust: 0.8 }, 120], [rain, 30]).dust).toBe(0);
  });

  it("comes to much the same in one long step as in many short ones", () => {
    for (const weather of [rain, snowfall, { dust: 0.5 }, { temperatureC: 20 }]) {
      const long = new Float32Array(surfaceChannels).fill(0.4);
      const short = new Float32Array(long);
      weatherSurface(long, 0, { ...fair, ...weather }, 40);
      for (let i = 0; i < 40; i += 1) weatherSurface(short, 0, { ...fair, ...weather }, 1);
      expect(differ(surfaceOf(long, 0), surfaceOf(short, 0), 0.2, 0.05)).toBe(false);
    }
  });

  it("stays within what there can be, whatever the weather", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const spell = fc.record({
      temperatureC: fc.double({ min: -60, max: 60, noNaN: true }),
      windMps: fc.double({ min: 0, max: 80, noNaN: true }),
      ...{ humidity: share, sun: share, rain: share, snow: share, dust: share },
      minutes: fc.integer({ min: 1, max: 10_080 }),
    });
    fc.assert(
      fc.property(fc.array(spell, { maxLength: 20 }), (spells) => {
        const surface = new Float32Array(surfaceChannels);
        for (const { minutes, ...weather } of spells) weatherSurface(surface, 0, weather, minutes);
        const { snowDepthM, ...shares } = surfaceOf(surface, 0);
        expect(snowDepthM >= 0 && snowDepthM <= 2).toBe(true);
        for (const value of Object.values(shares)) expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });
});
