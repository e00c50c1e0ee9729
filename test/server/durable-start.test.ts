import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder } from "../support/kept-world.ts";
import type { Fields } from "../support/protocol-client.ts";
import { Run, stopRuns } from "../support/run.ts";

const main = fileURLToPath(new URL("../../src/server/main.ts", import.meta.url));
const region = "north-marsh";

afterEach(stopRuns);

async function start(data: string, ...more: string[]) {
  const run = new Run(main, "start", "--port", "0", "--data", data, ...more);
  const url = (await run.url()).replace("ws", "http");
  const ask = async (method: string, request: object): Promise<Fields> => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(request);
    const response = await fetch(`${url}/tellurion.v1.${method}`, {
      method: "POST",
      headers,
      body,
    });
    expect(response.status).toBe(200);
    return response.json();
  };
  return { run, url, ask };
}

test.each(["SIGTERM", "SIGKILL"] as const)(
  "a server that is started again after %s goes on with the world where it was",
  async (signal) => {
    const data = join(temporaryFolder(), "made", "by", "start");
    const first = await start(data, "--seed", "11", "--tick-hz", "120");
    expect(first.run.out).toContain(`, in ${data}/sample.tellurion, new\n`);
    await first.ask("WeatherService/SetWeather", { region, condition: "fog" });
    await first.ask("WeatherService/LockWeather", { region, owner: "story" });
    await first.ask("ClockService/Schedule", { id: "feast", afterMs: "360000000" });
    const before = await first.ask("ClockService/GetClock", {});
    const { schedules } = await first.ask("ClockService/ListSchedules", {});
    expect(schedules).toContainEqual(expect.objectContaining({ id: "feast" }));
    first.run.child.kill(signal);
    await first.run.exit;

    const second = await start(data);
    const greeting = /seed 11, .* 120 frames a second, in .*, taken up at frame (\d+)\n/;
    expect(second.run.out).toMatch(greeting);
    expect(Number(greeting.exec(second.run.out)?.[1])).toBeGreaterThan(1);
    expect((await second.ask("ClockService/ListSchedules", {})).schedules).toEqual(schedules);
    const { weather } = await second.ask("WeatherService/GetWeather", { region });
    expect(weather).toMatchObject({ condition: "fog" });
    const after = await second.ask("ClockService/GetClock", {});
    expect(Number(after.reading.gameMs)).toBeGreaterThan(Number(before.reading.gameMs) - 60_000);
    const health = await (await fetch(`${second.url}/healthz`)).json();
    expect(health).toMatchObject({ status: "ok", durable: true });
    second.run.child.kill("SIGTERM");
    expect(await second.run.exit).toBe(0);
  },
);

test("a seed or a rate that is not the world's is refused, and so is a second server", async () => {
  const data = temporaryFolder();
  const first = await start(data);
  const second = new Run(main, "start", "--port", "0", "--data", data);
  expect(await second.exit).toBe(1);
  expect(second.errors).toMatch(/^WORLD_FILE_IN_USE: the world file [^\n]+\n$/);
  first.run.child.kill("SIGTERM");
  await first.run.exit;
  for (const contrary of [
    ["--seed", "2"],
    ["--tick-hz", "30"],
  ]) {
    const run = new Run(main, "start", "--port", "0", "--data", data, ...contrary);
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(
      /^WORLD_FILE_INVALID: .* holds the world sample with seed=1 and 60 /,
    );
  }
});

test("a world in memory says so, and that it is not durable", async () => {
  const run = new Run(main, "start", "--port", "0", "--memory");
  const url = (await run.url()).replace("ws", "http");
  expect(run.out).toContain("60 frames a second, in memory\n");
  const health = await (await fetch(`${url}/healthz`)).json();
  const problem = "the world is kept in memory only";
  expect(health).toMatchObject({ status: "ok", durable: false, problem });
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^tellurion_durable 0$/m);
});

test("a folder that takes no files, and a file that cannot be one, are refused", async () => {
  const data = temporaryFolder();
  mkdirSync(join(data, "sample.tellurion"));
  const run = new Run(main, "start", "--port", "0", "--data", data);
  expect(await run.exit).toBe(1);
  expect(run.errors).toMatch(/^WORLD_FILE_INVALID: .*in a directory, that this process may write/);
  const unwritable = new Run(main, "start", "--port", "0", "--data", "/dev/null/world");
  expect(await unwritable.exit).toBe(2);
  expect(unwritable.errors).toMatch(/^INVALID_OPTION: --data="\S+" cannot be made \(.*or --memory/);
});

test("what is exported can be piped into somebody who soon has enough", async () => {
  const data = temporaryFolder();
  const { run } = await start(data);
  run.child.kill("SIGTERM");
  await run.exit;
  const exporting = new Run(main, "export", join(data, "sample.tellurion"));
  exporting.child.stdout.destroy();
  expect(await exporting.exit).toBe(0);
  expect(exporting.errors).toBe("");
});
