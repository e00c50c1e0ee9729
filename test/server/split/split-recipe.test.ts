import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "../../../src/server/commands/index.ts";
import { type Emulator, emulatorRegion, startEmulator } from "../../support/fauxqs.ts";
import { temporaryFolder } from "../../support/kept-world.ts";
import { Run, stopRuns } from "../../support/run.ts";

const main = fileURLToPath(new URL("../../../src/server/main.ts", import.meta.url));
const page = readFileSync(new URL("../../../docs/split.md", import.meta.url), "utf8");
const patience = { timeout: 40_000 };

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(async () => {
  stopRuns();
  await emulator.close();
});

/** The arguments of each command of the page that begins so. */
function linesOf(begin: string): string[][] {
  const text = page.replaceAll(/ \\\n\s+/g, " ");
  const lines = text.split("\n").filter((line) => line.startsWith(`    ${begin}`));
  return lines.map((line) =>
    line
      .slice(4 + begin.length)
      .trim()
      .split(" "),
  );
}

/** What the page says of AWS, for the emulator. */
function here(text: string): string {
  return text
    .replaceAll("https://sqs.eu-west-1.amazonaws.com/", `${emulator.endpoint}/`)
    .replaceAll("123456789012", "000000000000")
    .replaceAll("eu-west-1", emulatorRegion);
}

async function call(url: string, method: string, request: object = {}): Promise<unknown> {
  const response = await fetch(`${url}/tellurion.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

async function commandsDone(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/tellurion_bridge_commands_total\{[^}]*outcome="done"\} (\d+)/.exec(metrics)?.[1]);
}

test("the recipe of docs/split.md joins two parts: each hears the other, and takes the commands it names", async () => {
  const print = () => {};
  for (const args of linesOf("npm run --silent tellurion -- setup ")) {
    const words = here(["setup", ...args, "--endpoint", emulator.endpoint].join(" "));
    await runCommandLine(words.split(" "), { print, interrupted: new AbortController().signal });
  }
  const folder = temporaryFolder();
  for (const [, name = "", json = ""] of page.matchAll(
    /`(\w+[.]json)`:\n\n```json\n([\s\S]+?)```/g,
  )) {
    const configuration = { ...JSON.parse(here(json)), endpoint: emulator.endpoint };
    writeFileSync(join(folder, name), JSON.stringify(configuration));
  }
  const urls: string[] = [];
  for (const args of linesOf("npm start -- ").slice(0, 2)) {
    const own = args.map((arg) => (/^data\/|[.]json$/.test(arg) ? join(folder, arg) : arg));
    const at = own.indexOf("--port");
    if (at >= 0) own.splice(at, 2);
    const run = new Run(main, "start", ...own, "--port", "0", "--workers", "1");
    urls.push((await run.url()).replace("ws:", "http:"));
  }
  const [sky = "", people = ""] = urls;
  const send = async (queue: string, commandId: string, method: string, request: object) => {
    await emulator.clients.sqs.sendMessage({
      QueueUrl: `${emulator.endpoint}/000000000000/${queue}`,
      MessageAttributes: { c: { DataType: "String", StringValue: "json" } },
      MessageBody: JSON.stringify({ commandId, method, json: JSON.stringify(request) }),
    });
  };
  const region = "north-marsh";
  const storm = { region, condition: "thunderstorm" };
  await send("sky-commands", "storm", "tellurion.v1.WeatherService/SetWeather", storm);
  const fair = { occurrence: { kind: "fair", region } };
  await send("people-commands", "fair", "tellurion.v1.WorldService/TriggerOccurrence", fair);
  const heard = { streams: [{ stream: "world", events: expect.stringMatching(/^[1-9]/) }] };
  for (const url of [sky, people]) {
    await expect
      .poll(() => call(url, "BridgeService/ListRemoteStreams"), patience)
      .toMatchObject(heard);
    await expect.poll(() => commandsDone(url), patience).toBe(1);
  }
});
