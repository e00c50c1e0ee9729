import { afterEach, describe, expect, test, vi } from "vitest";
import { TellurionError } from "../../src/runtime/errors.ts";
import { bridgeProblem } from "../../src/server/bridge/bridge-problem.ts";
import { Durability } from "../../src/server/durability.ts";
import { Health } from "../../src/server/health.ts";
import { PrometheusText } from "../../src/server/metrics/prometheus.ts";
import { FakeWorld } from "../support/fake-world.ts";
import { readPrometheusPage } from "../support/prometheus-page.ts";
import { ProtocolClient } from "../support/protocol-client.ts";
import { type ServedWorld, serveFakeWorld } from "../support/served-world.ts";

const well = { status: "ok", world: "fake", workers: 2, durable: true };

describe("health", () => {
  afterEach(() => vi.useRealTimers());

  test("is stalled when the frame has not moved for too long, and ok when it moves again", () => {
    vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] });
    const world = new FakeWorld();
    const health = new Health(world, 1_000, new Durability(world, false));
    vi.advanceTimersByTime(900);
    world.endFrame();
    vi.advanceTimersByTime(900);
    expect(health.report()).toEqual({ ...well, frame: 1 });
    vi.advanceTimersByTime(400);
    expect(health.report().status).toBe("stalled");
    world.endFrame();
    expect(health.report().status).toBe("ok");
    health.stop();
  });
});

test("a world whose file takes no writes is well, but says that it is not durable, and why", () => {
  const world = new FakeWorld();
  const health = new Health(world, 1_000, new Durability(world, false));
  world.durabilityProblem = "the disk is full";
  const problem = "the disk is full";
  expect(health.report()).toMatchObject({ status: "ok", durable: false, problem });
  world.durabilityProblem = undefined;
  expect(health.report()).toEqual({ ...well, frame: 0 });
  health.stop();
  const other = new Health(world, 1_000, new Durability(world, true));
  expect(other.report()).toMatchObject({ status: "ok", durable: false });
  expect(other.report().problem).toBe("the world is kept in memory only");
  other.stop();
});

test("a world whose bridge does nothing is well and durable, and says what is wrong", () => {
  const world = new FakeWorld();
  const bridge: { problem: string | undefined } = { problem: undefined };
  const health = new Health(world, 1_000, new Durability(world, false), bridge);
  expect(health.report()).toEqual({ ...well, frame: 0 });
  bridge.problem = bridgeProblem({ up: 0, outboxUnwrittenPacks: 0 });
  expect(health.report()).toEqual({
    ...{ ...well, frame: 0 },
    problem: expect.stringContaining("until the server is started anew"),
  });
  world.durabilityProblem = "the disk is full";
  bridge.problem = bridgeProblem({ up: 1, outboxUnwrittenPacks: 3 });
  expect(health.report()).toMatchObject({
    ...{ status: "ok", durable: false },
    problem: expect.stringMatching(/^the disk is full; the bridge's outbox takes no writes/),
  });
  expect(bridgeProblem({ up: 1, outboxUnwrittenPacks: 0 })).toBeUndefined();
  health.stop();
});

describe("the server's pages", () => {
  let served: ServedWorld;
  afterEach(() => served.close());

  test("say that the world is well, or that it is not", async () => {
    served = await serveFakeWorld();
    served.world.endFrame();
    const answer = await fetch(`${served.url}/healthz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ...well, frame: 1 });
    served.world.fail(new TellurionError("WORLD_FAILED", "boom"));
    const failed = await fetch(`${served.url}/healthz`);
    expect(failed.status).toBe(503);
    expect(await failed.json()).toMatchObject({ status: "failed" });
  });

  test("have metrics that Prometheus understands", async () => {
    served = await serveFakeWorld();
    served.world.timeDilation = 0.5;
    served.world.durabilityProblem = "the disk is full";
    served.world.effectCounters = { ...served.world.effectCounters, running: 2, failed: 3 };
    await ProtocolClient.join(served.webSocketUrl, "tellurion.v1.proto");
    const response = await fetch(`${served.url}/metrics`);
    expect(response.headers.get("content-type")).toBe(PrometheusText.contentType);
    const samples = readPrometheusPage(await response.text());
    expect(samples.get("tellurion_gateway_clients")).toBe(1);
    expect(samples.get("tellurion_gateway_area_events_faulty_total")).toBe(0);
    expect(samples.get("tellurion_gateway_messages_received_total")).toBe(1);
    expect(samples.get('tellurion_worker_busy_seconds_total{worker="0"}')).toBe(1.5);
    expect(samples.get('tellurion_dead_letters_total{reason="no-such-actor"}')).toBe(1);
    expect(
      samples.get('tellurion_actor_seconds_total{kind="weather",type="tellurion.v1.TimeEvent"}'),
    ).toBe(0.02);
    expect(samples.get('tellurion_busiest_actor_seconds_total{actor="weather/north-marsh"}')).toBe(
      0.02,
    );
    expect(samples.get("tellurion_time_dilation")).toBe(0.5);
    expect(samples.get("tellurion_durable")).toBe(0);
    expect(samples.get('tellurion_effects{state="running"}')).toBe(2);
    expect(samples.get('tellurion_effects_settled_total{outcome="failed"}')).toBe(3);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  });

  test("list what is served", async () => {
    served = await serveFakeWorld();
    const index = await (await fetch(served.url)).text();
    expect(index).toContain("/healthz");
    expect(index).toContain("POST       /tellurion.v1.WeatherService/SetWeather");
    const missing = await fetch(`${served.url}/nothing`);
    expect(missing.status).toBe(404);
  });
});

test("metrics escape what labels and help hold", () => {
  const page = new PrometheusText()
    .many("gauge", "a", "one\ntwo \\", [{ value: 1, labels: { x: 'a"b\\c\nd' } }])
    .one("counter", "b_total", "b", Number.POSITIVE_INFINITY)
    .toString();
  expect(page).toBe(
    '# HELP a one\\ntwo \\\\\n# TYPE a gauge\na{x="a\\"b\\\\c\\nd"} 1\n' +
      "# HELP b_total b\n# TYPE b_total counter\nb_total +Inf\n",
  );
});
