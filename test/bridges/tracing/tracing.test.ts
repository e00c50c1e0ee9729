import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openTracing } from "../../../src/bridges/tracing/open-tracing.ts";
import { readTraceparent } from "../../../src/bridges/tracing/trace-context.ts";
import { noTracing, type TracedPack } from "../../../src/bridges/tracing/tracing.ts";
import { OtlpSink } from "../../support/otlp-sink.ts";
import { within } from "../../support/within.ts";

const kinds = { producer: 4, consumer: 5 };
const statusError = 2;
const world = "sample";
const method = "tellurion.v1.WeatherService/SetWeather";

function packOf(traceparent: string | undefined): TracedPack {
  return {
    ...{ traceparent, stream: "weather", sequence: 7, events: 426, bytes: 61_344, retries: 2 },
    closedAtMs: Date.now() - 5_000,
  };
}

describe("tracing", () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await OtlpSink.open();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await sink.close();
  });

  const open = (ratio = 1) => openTracing({ endpoint: sink.endpoint, ratio, world });

  test("tells one span of a pack, under the ids that were sent with it", async () => {
    const tracing = await open();
    const pack = packOf(tracing.packClosed());
    const context = readTraceparent(pack.traceparent ?? "");
    expect(context?.isSampled).toBe(true);
    tracing.packPublished(pack);
    const [span, ...others] = await sink.received(1);
    await tracing.close();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      traceId: context?.traceId,
      spanId: context?.spanId,
      name: "publish weather",
      kind: kinds.producer,
      attributes: {
        "messaging.system": "aws_sns",
        "tellurion.stream": "weather",
        "tellurion.sequence": 7,
        "tellurion.events": 426,
        "messaging.message.body.size": 61_344,
        "tellurion.retries": 2,
      },
      resource: { "service.name": "tellurion", "tellurion.world": world },
    });
    expect(span?.parentSpanId ?? "").toBe("");
    expect(span?.status.code ?? 0).not.toBe(statusError);
    const lasted = BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0);
    expect(Number(lasted / 1_000_000n)).toBeGreaterThanOrEqual(5_000);
  });

  test("tells of a pack that an earlier process closed", async () => {
    const earlier = await open();
    const pack = { ...packOf(earlier.packClosed()), closedAtMs: 1_700_000_000_000 };
    await earlier.close();
    const tracing = await open();
    tracing.packPublished(pack);
    await tracing.close();
    const [span] = await sink.received(1);
    expect(span?.spanId).toBe(readTraceparent(pack.traceparent ?? "")?.spanId);
    expect(span?.startTimeUnixNano).toBe("1700000000000000000");
  });

  test("tells why a pack was refused", async () => {
    const tracing = await open();
    tracing.packRefused(packOf(tracing.packClosed()), "InvalidParameter");
    await tracing.close();
    const [span] = await sink.received(1);
    expect(span?.status).toEqual({ code: statusError, message: "InvalidParameter" });
  });

  test("goes on with the trace of a command's sender", async () => {
    const tracing = await open();
    const sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const trace = tracing.commandReceived({ id: "c-1", method, traceparent: sent });
    trace.done();
    await tracing.close();
    const [span] = await sink.received(1);
    expect(span).toMatchObject({
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      parentSpanId: "00f067aa0ba902b7",
      spanId: readTraceparent(trace.traceparent)?.spanId,
      name: `process ${method}`,
      kind: kinds.consumer,
      attributes: { "tellurion.command": "c-1", "rpc.method": method },
    });
  });

  test("tells with which code a command failed", async () => {
    const tracing = await open();
    const trace = tracing.commandReceived({ id: "c-2", method, traceparent: "nonsense" });
    trace.failed("NOT_FOUND", "there is no such region");
    await tracing.close();
    const [span] = await sink.received(1);
    expect(span?.parentSpanId ?? "").toBe("");
    expect(span?.status).toEqual({
      code: statusError,
      message: "NOT_FOUND: there is no such region",
    });
  });

  test("decides at the edge: nothing begins with a ratio of 0, and the sender's decision stands", async () => {
    const none = await open(0);
    expect(none.packClosed()).toBeUndefined();
    none.packPublished(packOf(undefined));
    none.commandReceived({ id: "c-3", method, traceparent: "" }).done();
    const wanted = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    none.commandReceived({ id: "c-4", method, traceparent: wanted }).done();
    await none.close();
    const all = await open(1);
    const unwanted = wanted.replace(/01$/, "00");
    const trace = all.commandReceived({ id: "c-5", method, traceparent: unwanted });
    trace.done();
    expect(readTraceparent(trace.traceparent)?.isSampled).toBe(false);
    await all.close();
    expect(sink.spans.map(({ attributes }) => attributes["tellurion.command"])).toEqual(["c-4"]);
  });

  test("chooses about as many as the ratio says", async () => {
    const tracing = await open(0.25);
    const chosen = Array.from({ length: 4_000 }, () => tracing.packClosed()).filter(Boolean);
    await tracing.close();
    // Fifteen standard deviations.
    expect(Math.abs(chosen.length - 1_000)).toBeLessThan(410);
  });

  test("takes the service's name from the environment", async () => {
    vi.stubEnv("OTEL_SERVICE_NAME", "weather-part");
    const tracing = await open();
    tracing.packPublished(packOf(tracing.packClosed()));
    await tracing.close();
    const [span] = await sink.received(1);
    expect(span?.resource["service.name"]).toBe("weather-part");
  });

  test("does not fail, or hold anything up, when the collector is away", async () => {
    const { endpoint } = sink;
    await sink.close();
    const tracing = await openTracing({ endpoint, ratio: 1, world });
    for (let packs = 0; packs < 5_000; packs++) {
      tracing.packPublished(packOf(tracing.packClosed()));
    }
    await within("the end of tracing", tracing.close(), 20_000);
    sink = await OtlpSink.open();
  }, 30_000);

  test.each([
    [{ endpoint: "collector:4318" }, /trace="collector:4318" is not valid/],
    [
      { endpoint: "http://x", ratio: 1.5 },
      /trace-ratio=1.5 is not valid; valid are numbers from 0/,
    ],
    [{ endpoint: "http://x", ratio: Number.NaN }, /trace-ratio=NaN/],
  ])("refuses %j", async (bad, text) => {
    await expect(openTracing({ ratio: 1, world, ...bad })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(text),
    });
  });
});

describe("tracing that is off", () => {
  test("is the one that does nothing", async () => {
    const tracing = await openTracing({ endpoint: undefined, ratio: 1, world });
    expect(tracing).toBe(noTracing);
    expect(tracing.packClosed()).toBeUndefined();
    const trace = tracing.commandReceived({ id: "c", method, traceparent: "" });
    expect(trace.traceparent).toBe("");
    trace.done();
    await tracing.close();
  });

  test.each([
    ["undefined", ""],
    ['"http://127.0.0.1:9"', "@opentelemetry/api"],
  ])("loads OpenTelemetry only when it is on: with endpoint %s it is %j", (endpoint, loaded) => {
    const module = new URL("../../../src/bridges/tracing/open-tracing.ts", import.meta.url);
    const program = `
      import { registerHooks } from "node:module";
      const seen = [];
      const resolve = (name, context, next) => (seen.push(name), next(name, context));
      registerHooks({ resolve });
      const { openTracing } = await import(${JSON.stringify(module.href)});
      await openTracing({ endpoint: ${endpoint}, ratio: 1, world: "w" });
      console.log(seen.find((name) => name.startsWith("@opentelemetry")) ?? "");
      process.exit();
    `;
    const args = ["--input-type=module", "--eval", program];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" }).trim()).toBe(loaded);
  });
});
