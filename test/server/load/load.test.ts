import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WeatherEventSchema, WeatherService } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { runCommandLine } from "../../../src/server/commands/index.ts";
import { Durations, Measures } from "../../../src/server/load/measures.ts";
import type { LoadPlan } from "../../../src/server/load/plan.ts";
import {
  htmlReport,
  markdownReport,
  textReport,
  verdictLine,
} from "../../../src/server/load/report.ts";
import { type LoadResult, runLoad } from "../../../src/server/load/run.ts";
import type { ThreadHealth } from "../../../src/server/load/thread.ts";
import { checkValid, invalidReasons } from "../../../src/server/load/verdict.ts";
import { Run, stopRuns } from "../../support/run.ts";
import { type ServedWorld, serveFakeWorld } from "../../support/served-world.ts";

const main = fileURLToPath(new URL("../../../src/server/main.ts", import.meta.url));
const never = new AbortController().signal;
const frameMs = 1_000 / 60;

let served: ServedWorld;
let ticking: NodeJS.Timeout;

async function serve(limits = {}): Promise<LoadPlan> {
  served = await serveFakeWorld(limits);
  ticking = setInterval(() => {
    served.world.publish(WeatherEventSchema, { region: "north-marsh" });
    served.world.endFrame();
  }, frameMs);
  return {
    ...{ url: served.webSocketUrl, clients: 6, profile: "watch", joinsPerSecond: 30, seconds: 2 },
    ...{ joinMsMax: 2_000, warmUpMs: 1_000, threads: 2, token: "", run: "test" },
  };
}

describe("a load run", { timeout: 30_000 }, () => {
  afterEach(async () => {
    clearInterval(ticking);
    await served.close();
  });

  test("counts what each client gets, and how long events and joining took", async () => {
    const plan = await serve();
    const { measures, threads } = await runLoad(plan, never);
    const { joined, frames, events, bytesReceived } = measures.counters;
    expect(joined).toBe(6);
    expect(measures.joins.count).toBe(6);
    expect(frames).toBeGreaterThan(6 * 2 * 30);
    expect(events).toBe(frames);
    expect(measures.events.count).toBe(frames);
    expect(bytesReceived).toBeGreaterThan(frames * 15);
    expect(measures.events.percentileMs(50)).toBeLessThan(500);
    expect(threads).toHaveLength(2);
  });

  test("makes calls when they are to be made, though the server holds its answers back", async () => {
    const plan = await serve();
    const stallMs = 1_500;
    served.world.answer(WeatherService.method.getWeather, async () => {
      const stalled = Promise.withResolvers<void>();
      setTimeout(stalled.resolve, stallMs);
      await stalled.promise;
      return {};
    });
    const { measures } = await runLoad({ ...plan, profile: "play", clients: 2 }, never);
    // One a second of each client, every second of which is a question about the weather.
    expect(measures.counters.calls).toBeGreaterThanOrEqual(3);
    expect(measures.calls.maxMs).toBeGreaterThanOrEqual(stallMs);
    expect(measures.lateness.maxMs).toBeLessThan(stallMs);
    // The fake world has no players.
    expect([...measures.callErrors.keys()]).not.toEqual([]);
  });

  test("says how many clients the server did not take, and is not valid then", async () => {
    const plan = await serve({ connectionsMax: 2 });
    const result = await runLoad({ ...plan, clients: 4, threads: 1 }, never);
    expect(result.measures.counters.joined).toBe(2);
    expect(invalidReasons(result)).toContain("2 of 4 clients joined");
  });

  test("counts a server that goes away once for each client, and is not valid then", async () => {
    const plan = await serve();
    const running = runLoad({ ...plan, clients: 4, threads: 1, seconds: 4 }, never);
    const joined = () => served.log.filter((line) => line.includes(" joined: ")).length === 4;
    await vi.waitUntil(joined, { timeout: 10_000 });
    clearInterval(ticking);
    await served.close();
    const result = await running;
    expect(result.measures.counters).toMatchObject({ joined: 4, cuts: 4 });
    expect(invalidReasons(result)).toContain("4 connections of 4 clients broke");
  });

  test("that is interrupted gives what it has measured", async () => {
    const plan = await serve();
    const controller = new AbortController();
    const running = runLoad(
      { ...plan, seconds: 3_600, warmUpMs: 0, clients: 1 },
      controller.signal,
    );
    while (served.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    const result = await running;
    expect(invalidReasons(result).join()).toMatch(/s of 3600 s were measured/);
  });

  test("prints its report, and writes it as a page", async () => {
    const plan = await serve();
    const folder = await mkdtemp(join(tmpdir(), "load-"));
    const file = join(folder, "report.md");
    const printed: string[] = [];
    const args = `load --clients 1 --seconds 1 --profile idle --url ${plan.url} --report ${file}`;
    const terminal = { print: (text: string) => printed.push(text), interrupted: never };
    const verdict = await runCommandLine(args.split(" "), terminal).then(
      () => "VALID",
      ({ code }) => (code === "LOAD_NOT_VALID" ? "NOT VALID" : code),
    );
    expect(printed.join("\n")).toMatch(/a call, from when it was to be made/);
    const page = await readFile(file, "utf8");
    expect(page.startsWith(`# Load: 1 clients, idle, 1 s\n\n**${verdict}`)).toBe(true);
    await rm(folder, { recursive: true });
  });
});

describe("a load run in the sample world", { timeout: 60_000 }, () => {
  afterEach(stopRuns);

  test("by default sees things move in the areas that its clients look at", async () => {
    const server = new Run(main, "start", "--memory", "--port", "0");
    const { measures } = await runLoad(
      {
        ...{
          url: await server.url(),
          clients: 9,
          profile: "watch",
          joinsPerSecond: 30,
          seconds: 4,
        },
        ...{ joinMsMax: 10_000, warmUpMs: 1_000, threads: 1, token: "", run: "test" },
      },
      never,
    );
    // Not only what is there at first, which was told before it was measured.
    expect(measures.counters.areaUpdates).toBeGreaterThan(0);
  });
});

describe("a load run is not valid", () => {
  let result: LoadResult;
  beforeEach(() => {
    const plan = {
      url: "ws://x",
      clients: 1,
      seconds: 10,
      threads: 1,
      profile: "idle",
    } as LoadPlan;
    const measures = new Measures();
    measures.counters.joined = 1;
    const healthy = { cpuShare: 0.5, loopDelayP99Ms: 2, measuredMs: 10_000 };
    result = { plan, measures, threads: [healthy] };
  });
  const withHealth = (health: Partial<ThreadHealth>): LoadResult => {
    const [healthy] = result.threads;
    return { ...result, threads: [...result.threads, { ...(healthy as ThreadHealth), ...health }] };
  };

  test("when the tool had no time left, was held up, or ended too early", () => {
    expect(invalidReasons(result)).toEqual([]);
    const reasonsOf = (health: Partial<ThreadHealth>) => invalidReasons(withHealth(health)).join();
    expect(reasonsOf({ cpuShare: 0.95 })).toMatch(/used 95.0 % of a core, more than 80.0 %/);
    expect(reasonsOf({ loopDelayP99Ms: 30 })).toMatch(/held up by 30.0 ms/);
    expect(reasonsOf({ measuredMs: 5_000 })).toMatch(/5.0 s of 10 s were measured/);
  });

  test("when it made its calls late", () => {
    for (let i = 0; i < 100; i++) result.measures.lateness.record(i < 98 ? 1 : 60);
    expect(invalidReasons(result).join()).toMatch(/calls were made 60.+ late/);
  });

  test("when one in a hundred connections broke, or calls failed", () => {
    const { counters, callErrors } = result.measures;
    Object.assign(result.plan, { clients: 200 });
    Object.assign(counters, { joined: 200, cuts: 1, calls: 1_000 });
    callErrors.set("NOT_FOUND", 5).set("UNAVAILABLE", 4);
    expect(invalidReasons(result)).toEqual([]);
    counters.cuts = 2;
    callErrors.set("UNAVAILABLE", 5);
    expect(invalidReasons(result)).toEqual([
      "2 connections of 200 clients broke",
      "10 calls failed, of 1000",
    ]);
  });

  test("when calls failed and none was to be measured, as with a world that cannot be entered", () => {
    result.measures.callErrors.set("NOT_FOUND", 1);
    expect(invalidReasons(result)).toEqual(["1 calls failed, of 0"]);
  });

  test("and says so in every form of its report", () => {
    result.measures.ends.set("<script>", 2);
    const bad = withHealth({ cpuShare: 1 });
    for (const report of [textReport(bad), markdownReport(bad), htmlReport(bad)]) {
      expect(report).toContain("NOT VALID: a thread of the tool used 100.0 % of a core");
    }
    expect(htmlReport(bad)).not.toContain("<script>");
    expect(textReport(result)).toMatch(/\nVALID$/);
    expect(() => checkValid(bad)).toThrow(expect.objectContaining({ code: "LOAD_NOT_VALID" }));
    checkValid(result);
  });
});

test("a valid run says when nothing was seen of areas, unless it did not look", () => {
  const measures = new Measures();
  const threads = [{ cpuShare: 0.5, loopDelayP99Ms: 2, measuredMs: 10_000 }];
  const lineOf = (profile: LoadPlan["profile"]) => {
    const plan = { url: "ws://x", clients: 0, seconds: 10, threads: 1, profile } as LoadPlan;
    return verdictLine({ plan, measures, threads });
  };
  expect(lineOf("watch")).toMatch(/^VALID, but no updates of areas came: /);
  expect(lineOf("idle")).toBe("VALID");
  measures.counters.areaUpdates = 1;
  expect(lineOf("watch")).toBe("VALID");
});

describe("measures of durations", () => {
  test("are put together as if they had been taken by one", () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(durations, durations, (left, right) => {
        const [one, other, both] = [new Durations(), new Durations(), new Durations()];
        for (const ms of left) one.record(ms);
        for (const ms of right) other.record(ms);
        for (const ms of [...left, ...right]) both.record(ms);
        one.add(Durations.decode(other.encode()));
        expect(one.count).toBe(left.length + right.length);
        for (const percentile of [50, 99, 100]) {
          expect(one.percentileMs(percentile)).toBe(both.percentileMs(percentile));
        }
        const longest = Math.max(...left, ...right);
        // Kept are microseconds, with three digits.
        expect(Math.abs(one.maxMs - longest)).toBeLessThanOrEqual(0.001 + 0.001 * longest);
      }),
      { numRuns: 20 },
    );
  });

  test("stay within their bounds, whatever they are given", () => {
    const measures = new Measures();
    for (const ms of [-5, 1e12, Number.POSITIVE_INFINITY]) measures.joins.record(ms);
    const copy = Measures.decode(measures.encode());
    expect(copy.joins.count).toBe(3);
    expect(copy.joins.maxMs).toBeLessThan(121_000);
  });
});
