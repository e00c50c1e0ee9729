import { readFileSync } from "node:fs";
import { fromJson } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type Climate, checkClimate } from "../../../src/actors/weather/climate.ts";
import { ClimateSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../../src/runtime/index.ts";
import { climate } from "../fixtures.ts";

function changed(change: (copy: Climate) => void): Climate {
  const copy = structuredClone(climate);
  change(copy);
  return copy;
}

function setChances(chances: number[]): Climate {
  return changed((copy) => {
    Object.assign(copy.seasons[1]?.rows[2] ?? {}, { chances });
  });
}

describe("checkClimate", () => {
  it.each(["coast", "desert", "forest", "marsh", "mountain", "plains"])(
    "accepts the sample world's %s",
    (name) => {
      const file = new URL(`../../../worlds/sample/climates/${name}.json`, import.meta.url);
      checkClimate(fromJson(ClimateSchema, JSON.parse(readFileSync(file, "utf8"))), "climate.");
    },
  );

  it("accepts rows that add up to 1 but for a billionth", () => {
    checkClimate(setChances([0.2, 0.05, 0.75 + 9e-10]), "climate");
  });

  const place = "climate.seasons[1].rows[2].chances";
  const wrong: [Climate, string][] = [
    [
      setChances([0.25, 0.25, 0.5 + 2 ** -28]),
      `${place} (sum)=1.0000000037252903 is not valid; valid are chances that add up to 1 ± 1e-9`,
    ],
    [setChances([0.2, 0.8]), `${place} (length)=2 is not valid; valid are 3 to 3 items`],
    [setChances([1.1, -0.1, 0]), `${place}[0]=1.1 is not valid; valid are numbers from 0 to 1`],
    [
      setChances([Number.NaN, 0.5, 0.5]),
      `${place}[0]=NaN is not valid; valid are numbers from 0 to 1`,
    ],
    [
      changed((copy) => copy.seasons[0]?.rows.pop()),
      "climate.seasons[0].rows (length)=2 is not valid; valid are 3 to 3 items",
    ],
    [
      changed((copy) => Object.assign(copy.seasons[3] ?? {}, { season: "summer" })),
      'climate.seasons[3].season="summer" is not valid; valid are names that no other season has',
    ],
    [
      changed((copy) => Object.assign(copy.conditions[1] ?? {}, { name: "clear" })),
      'climate.conditions[1].name="clear" is not valid; valid are names that no other item has',
    ],
    [
      changed((copy) => Object.assign(copy.conditions[1] ?? {}, { fog: 1.5 })),
      "climate.conditions[1].fog=1.5 is not valid; valid are numbers from 0 to 1",
    ],
    [
      changed((copy) => Object.assign(copy, { stepMinutes: 0 })),
      "climate.step_minutes=0 is not valid; valid are integers from 1 to 1440",
    ],
    [
      changed((copy) => Object.assign(copy, { blendMinutes: 11 })),
      "climate.blend_minutes=11 is not valid; valid are integers from 0 to 10",
    ],
    [
      changed((copy) => Object.assign(copy, { dawnFogFactor: Number.POSITIVE_INFINITY })),
      "climate.dawn_fog_factor=Infinity is not valid; valid are numbers from 0 to 100",
    ],
    [
      changed((copy) => Object.assign(copy, { conditions: [] })),
      "climate.conditions (length)=0 is not valid; valid are 1 to 32 items",
    ],
    [
      changed((copy) => copy.conditions.push(...copy.conditions.slice(0, 1), ...Array(29).fill(0))),
      "climate.conditions (length)=33 is not valid; valid are 1 to 32 items",
    ],
  ];

  it.each(wrong.map(([any, text]) => ({ any, text })))("says $text", ({ any, text }) => {
    const check = () => checkClimate(any, "climate.");
    expect(check).toThrow(new Rejection("INVALID_ARGUMENT", text));
  });
});
