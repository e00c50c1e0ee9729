import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { TimePhaseEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { ProtocolClient, type SubprotocolName } from "../support/protocol-client.ts";
import { Run, startMsMax, stopRuns } from "../support/run.ts";
import { serveFakeWorld } from "../support/served-world.ts";
import { within } from "../support/within.ts";

const main = fileURLToPath(new URL("../../src/server/main.ts", import.meta.url));
const fuzzer = fileURLToPath(new URL("../../scripts/fuzz-gateway.ts", import.meta.url));
const stopMsMax = 2_000;

/** A module that says when a worker thread runs. */
const announceWorker =
  "data:text/javascript," +
  'process.on("worker", (worker) => worker.on("online", () => process.stdout.write("online")))';

afterEach(stopRuns);

describe("start", () => {
  test.each<SubprotocolName>(["tellurion.v1.proto", "tellurion.v1.json"])(
    "serves time and weather to a client of %s, which sets the weather of a region",
    async (subprotocol) => {
      const run = new Run(
        main,
        "start",
        "--memory",
        "--port",
        "0",
        "--limit",
        "messagesPerSecondMax=50",
      );
      const url = await run.url();
      expect(run.out).toContain("Ctrl-C stops it.");
      const client = await ProtocolClient.join(url, subprotocol);
      await client.subscribe("weather", "time");
      const region = "north-marsh";
      const { conditions, weather } = await client.call(
        "WeatherService/GetWeather",
        "GetWeatherRequest",
        "GetWeatherResponse",
        { region },
      );
      const condition = conditions.find((name: string) => name !== weather.condition);
      await client.call("WeatherService/SetWeather", "SetWeatherRequest", "SetWeatherResponse", {
        region,
        condition,
      });
      const events = () => client.received.flatMap(({ frame }) => frame?.events ?? []);
      const hasSeen = () =>
        events().some((event) => event.timeChanged) &&
        events().some((event) => event.weatherChanged?.newState === condition);
      while (!hasSeen()) await client.next("frame");
      run.child.kill("SIGTERM");
      expect(await within("the close", client.closed)).toMatchObject({ code: 1001 });
      expect(await run.exit).toBe(0);
    },
  );

  test.each(["SIGINT", "SIGTERM"] as const)("stops on %s in under 2 s", async (signal) => {
    const run = new Run(main, "start", "--memory", "--port", "0", "--workers", "2");
    const url = await run.url();
    const silent = await ProtocolClient.join(url, "tellurion.v1.proto");
    silent.socket.pause();
    const begun = performance.now();
    run.child.kill(signal);
    // npm passes on what the terminal has sent already.
    run.child.kill(signal);
    expect(await run.exit).toBe(0);
    expect(performance.now() - begun).toBeLessThan(stopMsMax);
    expect(run.out).toContain("stopped");
  });

  test("ends at once on a second signal", async () => {
    const patience = ["--limit", "closeTimeoutMs=60000", "--limit", "stopTimeoutMs=60000"];
    const run = new Run(main, "start", "--memory", "--port", "0", ...patience);
    const silent = await ProtocolClient.join(await run.url(), "tellurion.v1.proto");
    silent.socket.pause();
    const impatience = setInterval(() => run.child.kill("SIGINT"), 50);
    expect(await run.exit).toBe(130);
    clearInterval(impatience);
  });

  test("says that its port is taken, without a stack trace", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const run = new Run(main, "start", "--memory", "--port", port);
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(new RegExp(`^ADDRESS_IN_USE: port=${port} [^\n]+\n$`, "m"));
    other.close();
  });

  test("ends with exit code 2 and one line for an option that is not valid", async () => {
    const run = new Run(main, "start", "--port", "many");
    expect(await run.exit).toBe(2);
    expect(run.errors).toMatch(/^INVALID_OPTION: --port="many" [^\n]+\n$/);
  });
});

describe("simulate", () => {
  test("prints the same hash with 1 and 2 workers, and another with another seed", async () => {
    const simulate = async (seed: number, workers: number) => {
      const run = new Run(
        main,
        "simulate",
        "--frames=600",
        `--seed=${seed}`,
        `--workers=${workers}`,
        "--json",
      );
      expect(await run.exit).toBe(0);
      return JSON.parse(run.out);
    };
    const first = await simulate(7, 1);
    expect(Object.keys(first).sort()).toEqual(
      ["frames", "events", "eventsByType", "handled", "deadLetters", "wallMs", "hash"].sort(),
    );
    expect(first).toMatchObject({ frames: 600, hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect((await simulate(7, 2)).hash).toBe(first.hash);
    expect((await simulate(8, 1)).hash).not.toBe(first.hash);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends at once on %s, however long it would run", async (signal, exitCode) => {
    const run = new Run(
      "--import",
      announceWorker,
      main,
      "simulate",
      "--frames=1000000000",
      "--workers=1",
    );
    await within("the worker", once(run.child.stdout, "data"), startMsMax);
    run.child.kill(signal);
    expect(await run.exit).toBe(exitCode);
    expect([run.out, run.errors]).toEqual(["online", ""]);
  });

  test("prints the same for people", async () => {
    const run = new Run(main, "simulate", "--frames", "60");
    expect(await run.exit).toBe(0);
    expect(run.out).toMatch(/frames +60\n/);
    expect(run.out).toMatch(/hash +[0-9a-f]{16}\n$/);
  });
});

test("watch ends without a word when nobody reads any more what it prints", async () => {
  const served = await serveFakeWorld({ messagesPerSecondMax: 100_000 });
  const run = new Run(main, "watch", "--url", served.webSocketUrl);
  await within("the first line", once(run.child.stdout, "data"), startMsMax);
  run.child.stdout.destroy();
  const other = await ProtocolClient.join(served.webSocketUrl, "tellurion.v1.proto");
  while (run.child.exitCode === null) {
    served.world.publish(TimePhaseEventSchema, { newPhase: 3 });
    served.world.endFrame();
    other.send({ ping: { request: 1 } });
    await other.next("pong");
  }
  expect(await run.exit).toBe(0);
  expect(run.errors).toBe("");
  await served.close();
});

test("the gateway withstands damaged messages", async () => {
  const run = new Run(fuzzer, "--count", "3000", "--seed", "5");
  expect(await run.exit).toBe(0);
  expect(run.out).toMatch(/\n\d{4,} passed, 0 failed\n$/);
});
