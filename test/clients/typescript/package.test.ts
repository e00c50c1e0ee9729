import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { type ServedWorld, serveFakeWorld } from "../../support/served-world.ts";
import { type BuiltClient, buildClient, root } from "./built-client.ts";

const bytesMax = 15 * 1024;
const ownBytesMax = 8 * 1024;
const run = promisify(execFile);

async function gzipped(external: string[]): Promise<number> {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(root, "clients/typescript/src/index.ts")], external },
    ...{ bundle: true, minify: true, format: "esm", target: "es2024", write: false },
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}

/** A game of a few lines, as its developers would write it. */
const game = `
import { connect, TellurionError } from "@tellurion/client";
import { schemaHash } from "@tellurion/client/schema/hash";
import { WeatherEventSchema, WeatherService } from "@tellurion/client/schema/weather_pb";

const world = await connect({ url: process.argv[2] ?? "", schemaHash });
const heard = new Promise<string>((resolve) => {
  world.on(WeatherEventSchema, "weather/north-marsh", ({ newState }) => resolve(newState));
});
const { weather } = await world.call(WeatherService.method.getWeather, { region: "north-marsh" });
const refused = await world
  .call(WeatherService.method.setWeather, { region: "north-marsh", condition: "frogs" })
  .catch((error) => (error instanceof TellurionError ? error.code : "?"));
const condition: string | undefined = weather?.condition;
const differs = world.schemaDiffers;
console.log(JSON.stringify({ condition, refused, heard: await heard, differs }));
world.close();
`;

test("the client is at most 15 KB, compressed, all but the schema", async () => {
  // With the part of the protobuf library that reads and writes; the schema brings its own.
  expect(await gzipped([])).toBeLessThanOrEqual(bytesMax);
  expect(await gzipped(["@bufbuild/*"])).toBeLessThanOrEqual(ownBytesMax);
});

describe("the built package", () => {
  let client: BuiltClient;
  let served: ServedWorld;
  beforeAll(async () => {
    client = await buildClient();
    served = await serveFakeWorld();
  });
  afterAll(async () => {
    await client.remove();
    await served.close();
  });

  test("has types that a strict game compiles with, with and without a browser's", async () => {
    const { project } = client;
    await writeFile(join(project, "game.mts"), game.replace("process.argv[2] ?? ", ""));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    for (const lib of ["esnext", "esnext,dom"]) {
      const options = `--strict --noEmit --target esnext --module nodenext --types --lib ${lib}`;
      const args = [tsc, ...options.split(" "), "game.mts"].filter((arg) => arg !== "--types");
      const shown = lib === "esnext" ? "declare const console: { log(text: string): void };" : "";
      await writeFile(join(project, "shown.d.ts"), shown);
      await run(process.execPath, [...args, "shown.d.ts"], { cwd: project });
    }
  });

  test("runs in Node without a bundler, against a server", async () => {
    const { project } = client;
    await mkdir(join(project, "app"), { recursive: true });
    await writeFile(join(project, "app/game.mts"), game);
    const publishing = setInterval(() => {
      served.world.publish(WeatherEventSchema, { region: "north-marsh", newState: "rain" });
      served.world.endFrame();
    }, 50);
    const { stdout } = await run(process.execPath, ["app/game.mts", served.webSocketUrl], {
      cwd: project,
    });
    clearInterval(publishing);
    expect(JSON.parse(stdout)).toEqual({
      condition: "clear",
      refused: "INVALID_ARGUMENT",
      heard: "rain",
      differs: true,
    });
  });
});
