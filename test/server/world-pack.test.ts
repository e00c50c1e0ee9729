import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actors } from "../../src/actors/index.ts";
import { TimeEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherService } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { createTestWorld } from "../../src/runtime/testkit/index.ts";
import { loadWorldPack } from "../../src/server/world-pack.ts";

const sample = fileURLToPath(new URL("../../worlds/sample/", import.meta.url));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tellurion-pack-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Json = { [key: string]: unknown };

/**
 * A copy of the sample world with other values for some keys of what lies at a path in one of its
 * files.
 */
function packWith(file: string, path: string, values: Json): string {
  const copy = mkdtempSync(join(folder, "pack-"));
  cpSync(sample, copy, { recursive: true });
  const json = JSON.parse(readFileSync(join(copy, file), "utf8"));
  const keys = path.split(".").filter((key) => key !== "");
  Object.assign(
    keys.reduce((part, key) => part[key], json),
    values,
  );
  writeFileSync(join(copy, file), JSON.stringify(json));
  return copy;
}

/** A message that begins with a file, a line and a column in it, and a text. */
function startingWith(file: string, text: string): RegExp {
  return new RegExp(`^${RegExp.escape(file)}:\\d+:\\d+: ${RegExp.escape(text)}`);
}

describe("the sample world", () => {
  it("has a clock and at least eight regions, north-marsh among them", async () => {
    const { name, bootstrap } = await loadWorldPack(sample);
    const addresses = bootstrap.map(({ address }) => address);
    expect(name).toBe("sample");
    expect(addresses[0]).toBe("clock/main");
    expect(addresses).toContain("weather/north-marsh");
    expect(addresses.length).toBeGreaterThanOrEqual(9);
  });

  it("runs", async () => {
    const { bootstrap } = await loadWorldPack(sample);
    const world = createTestWorld({ actors, bootstrap });
    world.step(61);
    expect(world.log).toEqual([]);
    expect(world.deadLetters).toEqual([]);
    expect(world.eventsOf(TimeEventSchema)).toMatchObject([
      { reading: { calendar: { year: 1n, month: 1, day: 1, hour: 8, season: "spring" } } },
      { reading: { calendar: { hour: 8, minute: 1 } } },
    ]);
    const outcome = world.call(WeatherService.method.getWeather, { region: "north-marsh" });
    expect(outcome).toMatchObject({ ok: true, value: { weather: { condition: "mist" } } });
  });
});

describe("a world pack", () => {
  const marsh = "climates/marsh.json";
  const wrong: [string, string, Json, string][] = [
    [
      "world.json",
      "clock",
      { scale: 0 },
      "clock.scale=0 is not valid; valid are numbers from 1e-9 to 1000000",
    ],
    [
      "world.json",
      "clock.calendar.months.2",
      { days: 0 },
      "clock.calendar.months[2].days=0 is not valid; valid are integers from 1 to 1000",
    ],
    [
      "world.json",
      "clock.calendar.months.2",
      { days: "x" },
      'clock.calendar.months[2].days="x" is not valid; valid is an integer from 0 to 4294967295',
    ],
    [
      "world.json",
      "clock.calendar",
      { hoursPerDay: 0 },
      "clock.calendar.hoursPerDay=0 is not valid; valid are integers from 1 to 1000",
    ],
    [
      "world.json",
      "clock.calendar",
      { weeks: 1 },
      "clock.calendar.weeks=1 is not valid; valid keys are hoursPerDay, minutesPerHour, months",
    ],
    [
      "world.json",
      "clock.startDate",
      { hour: 24 },
      "clock.startDate.hour=24 is not valid; valid are integers from 0 to 23",
    ],
    [
      "world.json",
      "clock.schedules.0",
      { past: "LATER" },
      'clock.schedules[0].past="LATER" is not valid; valid are PAST_POLICY_UNSPECIFIED, PAST_',
    ],
    [
      "world.json",
      "clock.schedules.1",
      { id: "market-day" },
      'clock.schedules[1].id="market-day" is not valid; valid are ids that no other schedule has',
    ],
    [
      "world.json",
      "regions.3",
      { climate: "moon" },
      'regions[3].climate="moon" is not valid; valid are coast, desert, forest, marsh, mountain',
    ],
    [
      "world.json",
      "regions.0",
      { condition: "lava" },
      'regions[0].condition="lava" is not valid; valid are clear, fair, cloudy',
    ],
    [
      "world.json",
      "regions.1",
      { name: "north-marsh" },
      'regions[1].name="north-marsh" is not valid; valid are names that no other item has',
    ],
    [
      "world.json",
      "regions.1",
      { colour: "red" },
      'regions[1].colour="red" is not valid; valid keys are name, climate, condition',
    ],
    ["world.json", "", { regions: {} }, "regions={} is not valid; valid is a list"],
    [
      "world.json",
      "",
      { name: "My World" },
      'name="My World" is not valid; valid are 1 to 64 of a-z',
    ],
    [
      "world.json",
      "clock.calendar.seasons.1",
      { name: "wet" },
      'clock.calendar.seasons (for regions[0])="wet" is not valid; valid are spring, summer',
    ],
    [
      marsh,
      "seasons.1.rows.4",
      { chances: [1, 0.5] },
      "seasons[1].rows[4].chances (length)=2 is not valid; valid are 10 to 10 items",
    ],
    [marsh, "seasons.1.rows.4.chances", { 0: 1 }, "seasons[1].rows[4].chances (sum)=1.9"],
    [
      marsh,
      "conditions.2",
      { fog: "thick" },
      'conditions[2].fog="thick" is not valid; valid is a number',
    ],
    [marsh, "", { name: "swamp" }, 'name="swamp" is not valid; valid are marsh'],
  ];

  it.each(wrong.map(([file, path, values, text]) => ({ file, path, values, text })))(
    "is refused with its file and $text",
    async ({ file, path, values, text }) => {
      const pack = packWith(file, path, values);
      await expect(loadWorldPack(pack)).rejects.toMatchObject({
        code: "INVALID_WORLD_PACK",
        message: expect.stringMatching(startingWith(join(pack, file), text)),
      });
    },
  );

  it("is refused when a file is missing or no JSON", async () => {
    await expect(loadWorldPack(join(folder, "nowhere"))).rejects.toMatchObject({
      code: "INVALID_WORLD_PACK",
      message: expect.stringContaining(join(folder, "nowhere", "world.json")),
    });
    const pack = packWith("world.json", "", {});
    writeFileSync(join(pack, "world.json"), "{ name: ");
    await expect(loadWorldPack(pack)).rejects.toMatchObject({ code: "INVALID_WORLD_PACK" });
    const other = packWith("world.json", "", { climates: ["marsh", "moon"] });
    await expect(loadWorldPack(other)).rejects.toMatchObject({
      message: expect.stringContaining(join(other, "climates", "moon.json")),
    });
  });
});
