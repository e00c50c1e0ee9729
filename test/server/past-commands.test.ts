import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { create, toBinary, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SetWeatherRequestSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { startWorld, type World, type WorldOptions } from "../../src/runtime/host.ts";
import { runCommandLine } from "../../src/server/commands/index.ts";
import { readWorld } from "../../src/server/commands/world-options.ts";
import { eventName } from "../../src/server/past/message-json.ts";
import { runKeptWorld, temporaryFolder, type Witness } from "../support/kept-world.ts";
import { within } from "../support/within.ts";

const never = new AbortController().signal;
const setWeather = "tellurion.v1.WeatherService/SetWeather";
const region = "north-marsh";

async function run(...args: string[]): Promise<string[]> {
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  const command = runCommandLine(args, { print, interrupted: never });
  await within(args.join(" "), command, 30_000);
  return printed;
}

async function optionsOf(file: string): Promise<WorldOptions & { readonly file: string }> {
  const world = await readWorld({ world: "sample", seed: 9, workers: 2, "tick-hz": 240 });
  return { ...world, file };
}

async function makeFoggy(world: World): Promise<void> {
  const method = world.catalogue.methodByName(setWeather);
  const request = create(SetWeatherRequestSchema, { region, condition: "fog", intensity: 0.5 });
  const bytes = toBinary(SetWeatherRequestSchema, request);
  if (method) await world.call(method, region, bytes, { timeoutMs: 5_000, idempotencyKey: "once" });
}

const original = join(temporaryFolder(afterAll), "sample.tellurion");
let witness: Witness;

/** The sample world runs for a while, and somebody calls for fog in it. */
beforeAll(async () => {
  witness = await runKeptWorld(await optionsOf(original), 130, makeFoggy);
});

/** A copy of its file. */
function keptWorld(): string {
  const file = join(temporaryFolder(), "sample.tellurion");
  copyFileSync(original, file);
  return file;
}

function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

describe("replay", () => {
  test("prints the same hash with 1, 2 and 4 workers, and leaves the file as it is", async () => {
    const file = keptWorld();
    const digest = digestOf(file);
    const results = [];
    for (const workers of ["1", "2", "4"]) {
      const [line] = await run("replay", file, "--verify", "--json", "--workers", workers);
      results.push(JSON.parse(line ?? ""));
    }
    const [{ hash, to, snapshotsVerified }] = results;
    expect(to).toBeGreaterThanOrEqual(130);
    expect(snapshotsVerified).toBeGreaterThan(2);
    for (const result of results) expect(result).toMatchObject({ hash, to, from: 0 });
    const [text] = await run("replay", file, "--to", "100");
    expect(text).toMatch(/^frames +100, from 0 to 100$/m);
    expect(text).toMatch(/^hash +[0-9a-f]{16}$/m);
    expect(digestOf(file)).toBe(digest);
  });

  test("says in what the file's writer differs, and which actor is not what it was", async () => {
    const file = keptWorld();
    const database = new DatabaseSync(file);
    database.exec("UPDATE meta SET node = 'v24.0.0'");
    database.close();
    const [text] = await run("replay", file);
    expect(text).toContain(`differs       the file was written by Node v24.0.0; this is`);
    const other = new DatabaseSync(file);
    other.exec("UPDATE meta SET seed = 10");
    other.close();
    await expect(run("replay", file, "--verify")).rejects.toMatchObject({
      code: "HISTORY_DIVERGED",
      message: expect.stringMatching(/^after frame \d+, \w+\/[a-z-]+ is not what it was/),
    });
  });
});

describe("inspect", () => {
  test("tells what a file holds, for people and for programs", async () => {
    const file = keptWorld();
    const [text] = await run("inspect", file);
    expect(text).toMatch(/^world +sample, seed 9, 240 frames a second$/m);
    expect(text).toMatch(/^replies +1$/m);
    const [line] = await run("inspect", file, "--json");
    expect(JSON.parse(line ?? "")).toMatchObject({
      ...{ name: "sample", seed: 9, tickHz: 240, node: process.version, firstFrame: 0 },
      ...{ replies: 1, quarantine: [], problems: [], differences: [] },
    });
  });

  test("lists what a frame took, shows an actor after it, and what has changed since", async () => {
    const file = keptWorld();
    const inputsOf = async (frame: number) => {
      const [text] = await run("inspect", file, "--frame", String(frame));
      return JSON.parse(text ?? "") as { method?: string; key?: string; payload: unknown }[];
    };
    expect((await inputsOf(1))[0]).toMatchObject({ address: "clock/main", spawn: true });
    let frame = 2;
    while (!(await inputsOf(frame)).some(({ method }) => method === setWeather)) frame += 1;
    expect(await inputsOf(frame)).toContainEqual({
      ...{ address: `weather/${region}`, method: setWeather, key: "once" },
      payload: { region, condition: "fog", intensity: 0.5 },
    });
    const [actor] = await run(
      "inspect",
      file,
      "--actor",
      `weather/${region}`,
      "--frame",
      `${frame}`,
    );
    expect(JSON.parse(actor ?? "")).toMatchObject({
      ...{ frame, address: `weather/${region}` },
      state: { region, configured: true },
      effects: [],
    });
    const [diff] = await run("inspect", file, "--diff", `${frame - 1},${frame}`);
    expect(diff).toMatch(/^changed {2}weather\/north-marsh$/m);
    expect(diff).toMatch(/^ +state\.condition: \d+ → \d+$/m);
    const [json] = await run("inspect", file, "--diff", `0,1`, "--json", "--actor", "clock/main");
    expect(JSON.parse(json ?? "")).toEqual([
      { address: "clock/main", what: "started", fields: [] },
    ]);
    const [none] = await run("inspect", file, "--diff", "5,5");
    expect(none).toBe("no actor is different");
  });

  test("says what there is when it is asked for something else", async () => {
    const file = keptWorld();
    await expect(run("inspect", file, "--actor", "weather/nowhere")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/active are (weather\/[a-z-]+, )+weather\/north-marsh/),
    });
    await expect(run("inspect", file, "--frame", "100000")).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/valid are frames from 1 to \d+$/),
    });
    const text = join(temporaryFolder(), "text.tellurion");
    writeFileSync(text, "no world at all, but long enough to be looked at as one: ".repeat(20));
    await expect(run("inspect", text)).rejects.toMatchObject({ code: "WORLD_FILE_INVALID" });
  });
});

describe("export", () => {
  test("prints what somebody saw who was there", async () => {
    const file = keptWorld();
    const lines = await run("export", file, "--from", String(witness.from));
    expect(witness.events.length).toBeGreaterThan(0);
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      witness.events.map(({ frame, topic, type, event }) => {
        const typed = create(type, event);
        return { frame, name: eventName(type), topic, event: toJson(type, typed) };
      }),
    );
    expect(witness.events.map(({ topic }) => topic)).toContain(`weather/${region}`);
  });

  test("prints the topics and the frames that are asked for", async () => {
    const file = keptWorld();
    const all = (await run("export", file)).map((line) => JSON.parse(line));
    const some = (
      await run("export", file, "--topics", "time,weather/north-marsh", "--to", "1")
    ).map((line) => JSON.parse(line));
    expect(some.length).toBeGreaterThan(0);
    expect(some).toEqual(
      all.filter(
        ({ frame, topic }) => frame === 1 && (topic === "time" || topic === "weather/north-marsh"),
      ),
    );
    await expect(run("export", file, "--topics", "storms")).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining("valid are entities, faction, language, market,"),
    });
    await expect(run("export", file, "--from", "50", "--to", "40")).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
  });
});

test("no tool opens the file of a world that runs, and no second server", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "sample.tellurion");
  const world = await startWorld(await optionsOf(file));
  for (const command of ["replay", "inspect", "export"]) {
    await expect(run(command, file)).rejects.toMatchObject({ code: "WORLD_FILE_IN_USE" });
  }
  await expect(run("start", "--port", "0", "--data", folder)).rejects.toMatchObject({
    code: "WORLD_FILE_IN_USE",
  });
  await world.stop();
});
