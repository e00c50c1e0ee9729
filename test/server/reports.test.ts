import { expect, test } from "vitest";
import { reportDeadLetters } from "../../src/server/dead-letter-report.ts";
import { TokenBucket } from "../../src/server/gateway/token-bucket.ts";
import { createLog } from "../../src/server/log.ts";

test("dead letters are reported at each doubling, by type and reason", () => {
  const lines: string[] = [];
  const report = reportDeadLetters(createLog((line) => lines.push(line)));
  const letter = { frame: 5, sender: "clock/main", target: "weather/x", type: "T" } as const;
  for (let i = 0; i < 100; i += 1) report({ ...letter, reason: "mailbox-full" });
  report({ ...letter, sender: undefined, reason: "stopped" });
  expect(lines.map((line) => line.replace(/^\S+ /, ""))).toEqual([
    ...[1, 2, 4, 8, 16, 32, 64].map(
      (count) =>
        `warn  dead letter: T from clock/main to weather/x in frame 5: mailbox-full (${count} so far)`,
    ),
    "warn  dead letter: T to weather/x in frame 5: stopped (1 so far)",
  ]);
});

test("a log line is one line, whatever is in it, and begins with its time", () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  log.info("a\nb\u001b[31m\u2028été");
  log.write("debug", "left out");
  createLog((line) => lines.push(line), true).write("debug", "asked for");
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\S+Z info {2}a\\u000ab\\u001b\[31m\\u2028été$/);
  expect(lines.slice(1)).toEqual([expect.stringMatching(/ debug asked for$/)]);
});

test("a token bucket lets a burst through, then its rate, and never more than a burst", () => {
  const bucket = new TokenBucket(10, 3, 0);
  const take = (nowMs: number, times: number) =>
    Array.from({ length: times }, () => bucket.take(nowMs)).filter(Boolean).length;
  expect(take(0, 5)).toBe(3);
  expect(take(99, 1)).toBe(0);
  expect(take(100, 2)).toBe(1);
  expect(take(350, 5)).toBe(2);
  expect(take(1_000_000, 9)).toBe(3);
});
