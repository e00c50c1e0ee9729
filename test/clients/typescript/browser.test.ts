import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { Run, stopRuns } from "../../support/run.ts";
import { type ServedWorld, serveFakeWorld } from "../../support/served-world.ts";
import { type BreakableLine, openLine } from "./breakable-line.ts";
import { type BuiltClient, buildClient, root } from "./built-client.ts";
import { hasChromium, inChromium, openChromium } from "./chromium.ts";

const main = join(root, "src/server/main.ts");

/** A page without a build step: it loads the package's one file. */
const page = `<!doctype html><meta charset="utf-8"><p>connecting</p><script type="module">
import { connect, WeatherEventSchema, WeatherService } from "/tellurion.js";
const url = new URLSearchParams(location.search).get("world");
const world = await connect({ url, client: "page", token: async () => "" });
const seen = { events: [], statuses: [], times: [] };
world.on(WeatherEventSchema, "weather/north-marsh", ({ newState }) => seen.events.push(newState));
world.on("status", ({ status }) => seen.statuses.push(status));
const { getWeather, setWeather } = WeatherService.method;
const { weather } = await world.call(getWeather, { region: "north-marsh" });
const refused = await world.call(setWeather, { region: "bog" }).catch(({ code }) => code);
setInterval(() => seen.times.push(world.clock.now()), 5);
Object.assign(window, { seen, world });
document.querySelector("p").textContent = [world.name, weather.condition, refused].join(" ");
</script>`;

// Names of tests that are left out are shown by few reporters.
if (!hasChromium) console.warn(`the client ${inChromium}`);

describe.runIf(hasChromium)(`the client ${inChromium}`, () => {
  let served: ServedWorld;
  let client: BuiltClient;
  let files: Server;
  let line: BreakableLine;
  let chromium: Awaited<ReturnType<typeof openChromium>>;
  let ticking: NodeJS.Timeout;
  const content = new Map<string, { type: string; text: string }>();
  const address = (path: string) =>
    `http://127.0.0.1:${(files.address() as AddressInfo).port}${path}`;

  beforeAll(async () => {
    served = await serveFakeWorld();
    line = await openLine(served.webSocketUrl);
    ticking = setInterval(() => served.world.endFrame(), 1_000 / 60);
    client = await buildClient();
    const example = await build({
      ...{ entryPoints: [join(root, "examples/browser/main.ts")], bundle: true, format: "esm" },
      write: false,
    });
    const examplePage = join(root, "examples/browser/index.html");
    content.set("/example/main.js", {
      type: "text/javascript",
      text: example.outputFiles[0]?.text ?? "",
    });
    content.set("/example/", { type: "text/html", text: await readFile(examplePage, "utf8") });
    content.set("/", { type: "text/html", text: page });
    content.set("/tellurion.js", {
      type: "text/javascript",
      text: await readFile(join(client.dist, "tellurion.js"), "utf8"),
    });
    files = createServer(({ url = "/" }, response) => {
      const found = content.get(url.split("?")[0] ?? "");
      response.writeHead(found ? 200 : 404, { "content-type": found?.type ?? "text/plain" });
      response.end(found?.text);
    });
    await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
    chromium = await openChromium();
  });
  afterAll(async () => {
    stopRuns();
    clearInterval(ticking);
    await chromium.close();
    files.close();
    line.close();
    await client.remove();
    await served.close();
  });

  async function open(
    path: string,
    world = line.webSocketUrl,
  ): Promise<{ page: Page; errors: string[] }> {
    const opened = await chromium.context.newPage();
    const errors: string[] = [];
    opened.on("pageerror", ({ message }) => errors.push(message));
    await opened.goto(`${address(path)}?world=${encodeURIComponent(world)}`);
    return { page: opened, errors };
  }

  test("connects, calls, hears events and keeps the world's time", async () => {
    const { page, errors } = await open("/");
    await page.waitForSelector("text=fake clear NOT_FOUND");
    served.world.publish(WeatherEventSchema, { region: "salt-coast", newState: "fog" });
    served.world.publish(WeatherEventSchema, { region: "north-marsh", newState: "été" });
    served.world.endFrame();
    await page.waitForFunction("seen.events.length > 0");
    expect(await page.evaluate("seen.events")).toEqual(["été"]);
    await page.waitForFunction("world.clock.isSettled");
    const times = (await page.evaluate("seen.times")) as number[];
    expect(times.every((time, i) => time >= (times[i - 1] ?? 0))).toBe(true);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("comes back when its connection is cut, with its subscriptions", async () => {
    const { page, errors } = await open("/");
    await page.waitForSelector("text=fake clear NOT_FOUND");
    line.cut();
    await page.waitForFunction("seen.statuses.join().includes('offline,connecting,online')");
    served.world.publish(WeatherEventSchema, { region: "north-marsh", newState: "hail" });
    served.world.endFrame();
    await page.waitForFunction("seen.events.length > 0");
    expect(await page.evaluate("seen.events")).toEqual(["hail"]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("shows the sample world's weather, time and places on the example's page", async () => {
    const server = new Run(main, "start", "--memory", "--port", "0");
    const { page, errors } = await open("/example/", await server.url());
    await page.waitForSelector("text=/sample · day/");
    const before = await page.textContent("#near + p");
    await page.waitForFunction(
      `document.querySelector("#near + p").textContent !== ${JSON.stringify(before)}`,
    );
    const painted = await page.evaluate(`[...document.querySelectorAll("canvas")].map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((byte) => byte !== 0);
    })`);
    expect(painted).toEqual([true, true]);
    expect(errors).toEqual([]);
    await page.close();
  });
});
