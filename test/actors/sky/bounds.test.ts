import fc from "fast-check";
import { expect, test } from "vitest";
import { StormEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { minute } from "../fixtures.ts";
import { map, SkyRig } from "./rig.ts";

const busyMap = {
  ...map,
  regions: ["west", "east"].map((name) => ({ name, climate: "test", stormsPerDay: 200 })),
};

const share = fc.double({ min: 0, max: 1, noNaN: true });
const air = fc.record({
  temperatureC: fc.double({ min: -50, max: 50, noNaN: true }),
  windMps: fc.double({ min: 0, max: 60, noNaN: true }),
  windDirectionDeg: fc.double({ min: 0, max: 360, noNaN: true }),
  ...{ humidity: share, cloud: share, rain: share, snow: share, dust: share, lightning: share },
  stormTendency: share,
});
const spell = fc.record({
  ...{ west: air, east: air, daylight: share },
  minutes: fc.integer({ min: 1, max: 3_000 }),
});

const isShare = (value: number): boolean => value >= 0 && value <= 1;

test("whatever the air, the sky tells regions and everybody what can be", () => {
  const seed = fc.integer({ min: 1, max: 1_000 });
  fc.assert(
    fc.property(seed, fc.array(spell, { minLength: 1, maxLength: 12 }), (from, spells) => {
      const rig = new SkyRig(from, busyMap);
      let now = 0;
      for (const { west, east, daylight, minutes } of spells) {
        now += minutes;
        rig.tell("west", west);
        rig.tell("east", east);
        rig.sky.daylight = daylight;
        rig.liveTo(now * minute);
      }
      expect(rig.sky.storms.length).toBeLessThanOrEqual(64);
      expect(rig.sky.fronts.length).toBeLessThanOrEqual(4);
      for (const { told } of rig.sky.regions) {
        const { storm = 0, front = 0, surface, stormChances = [], stormChance = 0 } = told ?? {};
        const { snowDepthM = 0, ...ground } = surface ?? {};
        const shares = [storm, front, stormChance, ...stormChances];
        expect([...shares, ...Object.values(ground).map(Number)].every(isShare)).toBe(true);
        expect(snowDepthM >= 0 && snowDepthM <= 2).toBe(true);
        expect(Number.isFinite((told?.temperatureC ?? 0) + (told?.pressureHpa ?? 0))).toBe(true);
      }
      for (const { x, y, radiusM, intensity } of rig.eventsOf(StormEventSchema)) {
        expect(Number.isFinite(x + y) && radiusM > 0 && isShare(intensity)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test("a storm that has ended is not told of again", () => {
  const rig = new SkyRig(11);
  for (let at = 1; at <= 20 * 1_440; at += 7) rig.liveTo(at * minute);
  const ended = new Set<string>();
  const events = rig.eventsOf(StormEventSchema);
  for (const event of events) {
    expect(ended.has(event.storm)).toBe(false);
    if (event.ended) ended.add(event.storm);
  }
  expect(ended.size).toBe(rig.sky.stormsBorn - rig.sky.storms.length);
  expect(ended.size).toBeGreaterThan(20);
});
