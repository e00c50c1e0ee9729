import { describe, expect, it } from "vitest";
import {
  cellRegionsOf,
  checkConfiguration,
  skyOverPlaces,
} from "../../../src/actors/sky/configuration.ts";
import { ConfigureSkySchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { map } from "./rig.ts";

const complete = (changes: object) =>
  codecOf(ConfigureSkySchema).complete({ ...map, ...changes } as typeof map);

describe("a cell", () => {
  it("is of the region whose site is nearest", () => {
    const cells = cellRegionsOf(complete({}));
    expect(cells).toHaveLength(32);
    expect(cells.slice(0, 8)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    const third = { region: "west", x: 19_000, y: 9_500 };
    const more = cellRegionsOf(complete({ sites: [...(map.sites ?? []), third] }));
    expect(more[31]).toBe(0);
    expect(more[28]).toBe(1);
  });

  it("is of the region that it is given", () => {
    const cellRegions = Array.from({ length: 32 }, (_, cell) => cell % 2);
    expect(cellRegionsOf(complete({ cellRegions }))).toEqual(cellRegions);
  });
});

describe("the sky over a map of places", () => {
  const regions = ["west", "east"].map((name) => ({ name, climate: "test" }));

  it("has all places in cells of their own regions, and is a valid one", () => {
    const places = [
      { region: "west", x: -3_000, y: 200 },
      { region: "west", x: -1_000, y: 900 },
      { region: "east", x: 4_000, y: 400 },
    ];
    const configured = skyOverPlaces(places, regions, 5n);
    expect(() => checkConfiguration(configured)).not.toThrow();
    const { minX, minY, widthM, heightM, cellsX, cellsY } = configured;
    const cells = cellRegionsOf(configured);
    for (const { region, x, y } of places) {
      const column = Math.floor(((x - minX) / widthM) * cellsX);
      const row = Math.floor(((y - minY) / heightM) * cellsY);
      expect(configured.regions[cells[row * cellsX + column] ?? -1]?.name).toBe(region);
    }
    expect(widthM / cellsX / (heightM / cellsY)).toBeCloseTo(1, 0);
  });

  it("is a valid one over a single place", () => {
    expect(() =>
      checkConfiguration(skyOverPlaces([{ region: "west", x: 0, y: 0 }], regions, 0n)),
    ).not.toThrow();
  });
});

const wrong: readonly (readonly [object, string])[] = [
  [{ minX: Number.NaN }, "min_x=NaN is not valid"],
  [{ minY: 1e9 }, "min_y=1000000000 is not valid"],
  [{ widthM: 0 }, "width_m=0 is not valid; valid are numbers from 100 to 10000000"],
  [{ heightM: Number.POSITIVE_INFINITY }, "height_m=Infinity is not valid"],
  [{ cellsX: 65 }, "cells_x=65 is not valid; valid are integers from 1 to 64"],
  [{ cellsY: 0 }, "cells_y=0 is not valid"],
  [{ regions: [] }, "regions (length)=0 is not valid"],
  [{ regions: [{ name: "West", climate: "a" }] }, 'regions[0].name="West" is not valid'],
  [
    { regions: ["west", "west"].map((name) => ({ name, climate: "a" })) },
    'regions[1].name="west" is not valid; valid are names that no other item has',
  ],
  [{ regions: [{ name: "west" }] }, 'regions[0].climate="" is not valid'],
  [
    { regions: [{ name: "west", climate: "a", stormsPerDay: -1 }] },
    "regions[0].storms_per_day=-1 is not valid",
  ],
  [{ sites: [] }, "sites (length)=0 is not valid"],
  [
    { sites: [{ region: "north", x: 0, y: 0 }] },
    'sites[0].region="north" is not valid; valid are west',
  ],
  [{ sites: [{ region: "west", x: Number.NaN, y: 0 }] }, "sites[0].x=NaN is not valid"],
  [{ cellRegions: [0, 1] }, "cell_regions (length)=2 is not valid; valid are 32 to 32 items"],
  [
    { cellRegions: Array.from({ length: 32 }, () => 2) },
    "cell_regions[0]=2 is not valid; valid are integers from 0 to 1",
  ],
  [{ gameMs: -1n }, "game_ms=-1 is not valid"],
];

describe("a sky's configuration is refused", () => {
  it.each(wrong.map(([changes, text]) => ({ changes, text })))("$text", ({ changes, text }) => {
    expect(() => checkConfiguration(complete(changes), "sky.")).toThrow(`sky.${text}`);
  });

  it("not, when it is right", () => {
    expect(() => checkConfiguration(complete({}))).not.toThrow();
  });
});
