import { afterEach, expect, test, vi } from "vitest";
import { readOptions } from "../../src/server/commands/options.ts";
import { readTraceOptions, traceOptions } from "../../src/server/commands/trace-options.ts";

afterEach(() => vi.unstubAllEnvs());

function read(words = "", environment: { endpoint?: string; ratio?: string } = {}) {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", environment.endpoint);
  vi.stubEnv("OTEL_TRACES_SAMPLER_ARG", environment.ratio);
  return readTraceOptions(readOptions(traceOptions, words.split(" ").filter(Boolean)));
}

test("tracing is off when nothing asks for it", () => {
  expect(read()).toEqual({ endpoint: undefined, ratio: 1 });
  expect(read("", { endpoint: "", ratio: "" })).toEqual({ endpoint: undefined, ratio: 1 });
  // It may be meant for another program.
  expect(read("", { ratio: "often" })).toEqual({ endpoint: undefined, ratio: 1 });
});

test("options come before OpenTelemetry's variables", () => {
  const environment = { endpoint: "http://collector:4318", ratio: "0.5" };
  expect(read("", environment)).toEqual({ endpoint: "http://collector:4318", ratio: 0.5 });
  const words = "--trace http://127.0.0.1:4318 --trace-ratio .01";
  expect(read(words, environment)).toEqual({ endpoint: "http://127.0.0.1:4318", ratio: 0.01 });
  // Nobody reads a variable that an option overrules.
  expect(read(words, { ratio: "often" }).ratio).toBe(0.01);
});

test.each([
  ["--trace collector", {}, /--trace="collector" is not valid; valid are addresses like http:/],
  ["--trace-ratio 1.01", {}, /--trace-ratio="1.01" is not valid; valid are numbers from 0 to 1/],
  ["--trace-ratio 1e-3", {}, /--trace-ratio/],
  [
    "--trace http://127.0.0.1:4318",
    { ratio: "often" },
    /OTEL_TRACES_SAMPLER_ARG="often" is not valid; valid are numbers from 0/,
  ],
])("%j with %j is refused", (words, environment, text) => {
  expect(() => read(words, environment)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(text) }),
  );
});
