import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startWorld, type World } from "../../../src/runtime/host.ts";
import { takeRealtime } from "../../../src/runtime/world/realtime.ts";

const name = "realtime";
const roundRobin = "2";
/** Not every user may have such threads, and not every system has the tool. */
const isAllowed = spawnSync("chrt", ["-r", "1", "true"]).status === 0;

/** What the system calls a thread's way of being scheduled: behind its name, which ends with the last parenthesis. */
function policiesOf(prefix: string): string[] {
  return readdirSync("/proc/self/task").flatMap((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
    const [, ...rest] = stat.split(") ");
    // Field 41, of which the first two are the number and the name.
    return stat.includes(`(${prefix}`) ? [rest.join().split(" ")[38] ?? ""] : [];
  });
}

test("a world whose frames come first runs on real-time threads, or says why it cannot", async () => {
  const actorsModule = new URL("../../support/news-world.ts", import.meta.url);
  const options = { name, seed: 1, workers: 2, tickHz: 60, actorsModule, bootstrap: [] };
  const started = await startWorld({ ...options, realtime: true }).catch((error: unknown) => error);
  if (!isAllowed) {
    expect(started).toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining("CAP_SYS_NICE"),
    });
    return;
  }
  expect(policiesOf("tellurion-worke")).toEqual([roundRobin, roundRobin]);
  await (started as World).stop();
});

test("a system without the tool for it is told of", () => {
  expect(() => takeRealtime("/nowhere/chrt")).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/\/nowhere\/chrt.*; valid on Linux, with util-linux/),
    }),
  );
});
