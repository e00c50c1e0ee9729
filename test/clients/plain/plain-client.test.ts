import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { Run, stopRuns } from "../../support/run.ts";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
afterAll(stopRuns);

test("docs/protocol.md and the .proto files are enough to write a client", async () => {
  const server = new Run(pathOf("../../../src/server/main.ts"), "start", "--memory", "--port", "0");
  const args = [pathOf("plain-client.mjs"), await server.url(), pathOf("../../../proto")];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({
    ...{ world: "sample", topics: ["weather", "time"], set: "rain", sameAnswer: true },
    ...{ refused: "INVALID_ARGUMENT", resumed: true, weather: ["rain", "fog", "clear"] },
  });
  expect(seen.worldTimeMs).toBeGreaterThan(0);
  expect(seen.clientTimeMs).toBeGreaterThan(0);
  expect(seen.entities.length).toBeGreaterThan(0);
  for (const { id, kind, x, y } of seen.entities) {
    expect([typeof id, typeof kind]).toEqual(["string", "string"]);
    expect(Math.hypot(x - seen.place.x, y - seen.place.y)).toBeLessThan(410);
  }
});
