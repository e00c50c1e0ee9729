import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FlightReport } from "../../src/server/flight-report.ts";
import { createLog } from "../../src/server/log.ts";
import { temporaryFolder } from "../support/kept-world.ts";

const dump = {
  frame: 70,
  reason: "a handler threw",
  lines: ["first", "second"],
  slowest: ["second", "first"],
};

test("what led to trouble is told in one line, and kept in a file", async () => {
  const lines: string[] = [];
  const folder = join(temporaryFolder(), "flight");
  const report = new FlightReport(
    "sample",
    folder,
    createLog((line) => lines.push(line)),
  );
  report.note(dump);
  await report.settled();
  const file = join(folder, "sample-frame-70.txt");
  expect(lines).toEqual([
    expect.stringMatching(
      /warn {2}frame 70: a handler threw; slowest: second; first; see .*-70\.txt$/,
    ),
  ]);
  expect(readFileSync(file, "utf8")).toBe("frame 70: a handler threw\n\nfirst\nsecond\n");
});

test("the newest twenty files of a world are kept", async () => {
  const folder = join(temporaryFolder(), "flight");
  mkdirSync(folder);
  for (let i = 0; i < 25; i += 1) {
    const file = join(folder, `sample-frame-${100 + i}.txt`);
    writeFileSync(file, "");
    utimesSync(file, 1_000 + i, 1_000 + i);
  }
  writeFileSync(join(folder, "other-frame-1.txt"), "");
  const report = new FlightReport(
    "sample",
    folder,
    createLog(() => {}),
  );
  report.note(dump);
  await report.settled();
  const files = readdirSync(folder);
  expect(files).toHaveLength(21);
  expect(files).toContain("sample-frame-70.txt");
  expect(files).toContain("other-frame-1.txt");
  expect(files).not.toContain("sample-frame-105.txt");
});

test("without a folder there is the line alone, and a folder that cannot be is told of", async () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  new FlightReport("sample", undefined, log).note(dump);
  expect(lines).toEqual([expect.stringMatching(/slowest: second; first$/)]);
  const report = new FlightReport("sample", "package.json", log);
  report.note(dump);
  await report.settled();
  expect(lines.at(-1)).toMatch(/package.json\/sample-frame-70.txt cannot be written: EEXIST/);
});
