import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder } from "../../support/kept-world.ts";
import { Run, stopRuns } from "../../support/run.ts";

const main = fileURLToPath(new URL("../../../src/server/main.ts", import.meta.url));

afterEach(stopRuns);

test.each([
  ["--data", "they wait in the outbox, and go out when the server is started again"],
  ["--memory", "they end with the process, for the world has no file"],
])(
  "a server that is stopped says what it waits for, and what did not go out: %s",
  async (keeping, fate) => {
    const folder = temporaryFolder();
    const file = join(folder, "bridge.json");
    // Nobody listens there.
    const endpoint = "http://127.0.0.1:1";
    const out = { topicArn: "arn:aws:sns:us-east-1:000000000000:away-events" };
    writeFileSync(file, JSON.stringify({ region: "us-east-1", endpoint, out }));
    const kept = keeping === "--data" ? ["--data", join(folder, "data")] : [keeping];
    const args = [
      "--port",
      "0",
      "--workers",
      "1",
      "--bridge",
      file,
      "--limit",
      "bridgeDrainMs=1500",
    ];
    const run = new Run(main, "start", ...kept, ...args);
    const url = (await run.url()).replace("ws:", "http:");
    const answer = await fetch(`${url}/tellurion.v1.ClockService/Advance`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ durationMs: "86400000" }),
    });
    expect(answer.status).toBe(200);
    run.child.kill("SIGTERM");
    await run.exit;
    const log = run.out + run.errors;
    expect(log).toMatch(/info +bridge: waits up to 1500 ms for events to go out/);
    expect(log).toMatch(/warn +bridge: (one pack|\d+ packs) of events did not go out in 1500 ms; /);
    expect(log).toContain(fate);
  },
);
