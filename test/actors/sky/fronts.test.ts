import { describe, expect, it } from "vitest";
import type { Front } from "../../../src/actors/sky/fronts.ts";
import { StormEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { day, minute } from "../fixtures.ts";
import { quietMap, SkyRig } from "./rig.ts";

/** A cold front that comes from the west, 4 km wide, at 1 m/s. */
const cold: Front = {
  number: 1,
  headingX: 1,
  headingY: 0,
  positionM: -4_000,
  speedMps: 1,
  widthM: 4_000,
  strength: 1,
  temperatureC: -6,
};

interface Seen {
  readonly front: number;
  readonly windMps: number;
  readonly temperatureC: number;
  readonly at: number;
}

describe("a front", () => {
  it("sweeps over the regions in turn: rain and wind with the line, other air behind it", () => {
    const rig = new SkyRig(1, quietMap);
    rig.sky.fronts = [{ ...cold }];
    const seen = rig.sky.regions.map((): Seen[] => []);
    for (let at = 10; at <= 900; at += 10) {
      rig.liveTo(at * minute);
      rig.sky.regions.forEach(({ told }, region) => {
        const { front = 0, windMps = 0, temperatureC = 0 } = told ?? {};
        seen[region]?.push({ front, windMps, temperatureC, at });
      });
    }
    const [inWest = [], inEast = []] = seen;
    const peak = (all: Seen[]) => all.reduce((most, one) => (one.front > most.front ? one : most));
    const [west, east] = [peak(inWest), peak(inEast)];
    expect(west.front).toBeGreaterThan(0.4);
    expect(west.windMps).toBeGreaterThan(3);
    expect(east.at - west.at).toBeGreaterThan(120);
    expect(east.at - west.at).toBeLessThan(220);
    const coldest = inWest.reduce((a, b) => (b.temperatureC < a.temperatureC ? b : a));
    expect(coldest.at).toBeGreaterThan(west.at);
    expect(coldest.temperatureC).toBeLessThan(-3);
    expect(rig.sky.fronts).toEqual([]);
    expect(inEast.at(-1)).toMatchObject({ front: 0, windMps: 0, temperatureC: 0 });
  });

  it("lets the pressure fall before it comes", () => {
    const rig = new SkyRig(1, quietMap);
    rig.sky.fronts = [{ ...cold, positionM: -8_000, speedMps: 0.5 }];
    rig.liveTo(60 * minute);
    const { front = 1, pressureHpa = 0 } = rig.sky.regions[0]?.told ?? {};
    expect(front).toBe(0);
    expect(pressureHpa).toBeLessThan(-1);
  });

  it("is one along which storms are born", () => {
    const born = (withFront: boolean) => {
      const rig = new SkyRig(5);
      for (let days = 1; days <= 200; days += 1) {
        const still = { ...cold, positionM: 8_000, speedMps: 0 };
        rig.sky.fronts = withFront ? [still] : [];
        rig.liveTo(days * day);
      }
      return rig.sky.stormsBorn;
    };
    expect(born(true)).toBeGreaterThan(born(false) * 1.5);
  });
});

describe("storms", () => {
  it("are born more often where the climate has more of them", () => {
    const rig = new SkyRig(9);
    rig.tell("west", { stormTendency: 0.4 });
    rig.tell("east", { stormTendency: 0.05 });
    const first = new Map<string, string>();
    for (let at = 10; at <= 60 * 1_440; at += 10) {
      rig.liveTo(at * minute);
      for (const { storm, region } of rig.eventsOf(StormEventSchema)) {
        if (!first.has(storm)) first.set(storm, region);
      }
      rig.published.length = 0;
      rig.sent.length = 0;
    }
    const regions = [...first.values()];
    const [west, east] = ["west", "east"].map(
      (name) => regions.filter((one) => one === name).length,
    );
    expect(west).toBeGreaterThan(4 * (east ?? 0));
    expect(regions.length).toBeGreaterThan(60);
  });
});
