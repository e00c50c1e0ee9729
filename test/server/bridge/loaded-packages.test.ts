import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../support/kept-world.ts";
import { Run, stopRuns } from "../../support/run.ts";

const main = fileURLToPath(new URL("../../../src/server/main.ts", import.meta.url));
const recorder = new URL("../../support/module-recorder.ts", import.meta.url).href;

afterEach(() => {
  stopRuns();
  vi.unstubAllEnvs();
});

/** Packages that each thread of a server loads from its start to its end. */
async function packagesOf(...args: string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const file = join(temporaryFolder(), "modules");
  vi.stubEnv("RECORDED_MODULES", file);
  const start = ["start", "--memory", "--port", "0", "--workers", "1"];
  const run = new Run("--import", recorder, main, ...start, ...args);
  await run.url();
  run.child.kill("SIGTERM");
  expect(await run.exit).toBe(0);
  const packages = new Map<string, Set<string>>();
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const [, thread = "", url = ""] = /^(.*) (\S+)$/.exec(line) ?? [];
    const [name = ""] = url.split("/node_modules/").slice(1);
    const parts = name.split("/").slice(0, name.startsWith("@") ? 2 : 1);
    packages.set(thread, (packages.get(thread) ?? new Set()).add(parts.join("/")));
  }
  return packages;
}

const ofRemoteServices = /^(@aws-sdk|@aws-crypto|@smithy|@opentelemetry)[/]|^fauxqs$/;
const found = (packages: ReadonlySet<string> = new Set()) =>
  [...packages].filter((name) => ofRemoteServices.test(name));

test("a server without a bridge loads nothing of the SDK, of an emulator or of OpenTelemetry", async () => {
  const packages = await packagesOf();
  // The record is of the main thread and of the workers.
  expect(packages.get("main")).toContain("fastify");
  expect(packages.get("tellurion-worker-0")).toContain("@bufbuild/protobuf");
  for (const [thread, loaded] of packages) expect([thread, found(loaded)]).toEqual([thread, []]);
});

test("with one, the SDK is in the bridge's thread, and in that of the emulator", async () => {
  const packages = await packagesOf("--bridge", "local");
  const threads = [...packages].filter(([, loaded]) => found(loaded).length > 0);
  expect(threads.map(([thread]) => thread).sort()).toEqual([
    "tellurion-bridge",
    "tellurion-emulator",
  ]);
  const bridge = packages.get("tellurion-bridge") ?? new Set();
  expect([...bridge]).toEqual(
    expect.arrayContaining(["@aws-sdk/client-sns", "@aws-sdk/client-sqs"]),
  );
  expect(bridge.has("fauxqs")).toBe(false);
  // Traces were not asked for.
  expect([...bridge].filter((name) => name.startsWith("@opentelemetry"))).toEqual([]);
});
