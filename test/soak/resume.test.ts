import { expect, test } from "vitest";
import { runResumeCuts } from "../../scripts/soak/resume-cuts.ts";

test("clients that are cut off, and a server that is killed and stopped, cost no reliable event and double none", async () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const result = await runResumeCuts({ cuts: 40, restarts: 2, seed: 7, print });
  expect(lines.filter((line) => line.startsWith("FAILED"))).toEqual([]);
  expect(result).toEqual({ passed: 62, failed: 0 });
  expect(lines.at(-1)).toMatch(/^[1-9]\d+ and [1-9]\d* reliable events of two topics, 20 clients/);
});
