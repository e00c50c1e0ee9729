import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Run, stopRuns } from "../../support/run.ts";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// biome-ignore lint/suspicious/noExplicitAny: what another team's program printed.
let seen: any;
beforeAll(async () => {
  const server = new Run(pathOf("../../../src/server/main.ts"), "start", "--memory", "--port", "0");
  const args = [pathOf("plain-client.mjs"), await server.url(), pathOf("../../../proto")];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
  seen = JSON.parse(stdout);
});
afterAll(stopRuns);

describe("a client that was written from docs/protocol.md and the .proto files", () => {
  test("hears events, calls, is refused with a code, and comes back without a loss", () => {
    expect(seen).toMatchObject({
      ...{ world: "sample", topics: ["weather", "time"], set: "rain", sameAnswer: true },
      ...{ refused: "INVALID_ARGUMENT", resumed: true, weather: ["rain", "fog", "clear"] },
    });
    expect(seen.worldTimeMs).toBeGreaterThan(0);
    expect(seen.clientTimeMs).toBeGreaterThan(0);
  });

  test("sees who is around a place", () => {
    expect(seen.entities.length).toBeGreaterThan(0);
    for (const { id, kind, x, y } of seen.entities) {
      expect([typeof id, typeof kind]).toEqual(["string", "string"]);
      expect(Math.hypot(x - seen.place.x, y - seen.place.y)).toBeLessThan(410);
    }
  });
});
