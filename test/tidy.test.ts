import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const linesMax = 400;
const columnsMax = 100;
/** Long enough for a sentence or a link that a formatter does not break. */
const proseColumnsMax = 125;

/** What was left for later, words that only flatter, and paths of one machine. */
const banned = new RegExp(
  [
    "\\b(TODO|FIXME|XXX|HACK|debugger|console[.]debug)\\b",
    "\\b(blazing|seamless|leverag(e|es|ing)|delve|cutting-edge|world-class|battle-tested)",
    "(^|[^\\w.])/(home|Users|root|work)/\\w",
  ].join("|"),
  "i",
);

function filesIn(folder: string, suffix: RegExp): string[] {
  const entries = readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && suffix.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
    .filter((file) => !/(^|\/)(gen|node_modules)\//.test(file));
}

const sources = ["src", "clients/consumer", "examples"].flatMap((folder) => {
  return filesIn(folder, /[.]ts$/);
});
const tests = filesIn("test", /[.]ts$/);
const documents = [...filesIn("docs", /[.]md$/), "README.md", "CONTRIBUTING.md"];

function linesOf(file: string): string[] {
  return readFileSync(`${root}${file}`, "utf8").split("\n");
}

function offences(files: readonly string[], bad: (line: string) => boolean): string[] {
  return files.flatMap((file) =>
    linesOf(file).flatMap((line, i) => (bad(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
}

test("the rules below have something to look at", () => {
  expect(sources.length).toBeGreaterThan(80);
  expect(tests.length).toBeGreaterThan(20);
  expect(documents.length).toBeGreaterThan(3);
});

test(`no source file has more than ${linesMax} lines`, () => {
  const long = sources.map((file) => `${file}: ${linesOf(file).length - 1}`);
  expect(long.filter((text) => Number(text.split(": ")[1]) > linesMax)).toEqual([]);
});

test(`no line of code has more than ${columnsMax} columns, but for texts and comments`, () => {
  const isProse = (line: string): boolean => /^\s*(\/\/|\/?\*)|["`]/.test(line);
  const tooLong = (line: string): boolean => line.length > columnsMax && !isProse(line);
  expect(offences([...sources, ...tests], tooLong)).toEqual([]);
});

test(`no comment has more than ${proseColumnsMax} columns`, () => {
  const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)/.test(line);
  const tooLong = (line: string): boolean => line.length > proseColumnsMax && isComment(line);
  expect(offences([...sources, ...tests], tooLong)).toEqual([]);
});

test("sources and documents hold nothing that was left for later, and no word that only flatters", () => {
  expect(offences([...sources, ...documents], (line) => banned.test(line))).toEqual([]);
});

test("no test is left out or alone", () => {
  const left = /\b(test|describe|it)[.](only|skip|todo|fails)\b/;
  expect(offences(tests, (line) => left.test(line))).toEqual([]);
});

test("no test waits for a time to pass", () => {
  // A deadline around a promise is no sleep: it fails the test instead of passing it.
  const sleep = /setTimeout\((resolve|done|r)\b|timers\/promises|(^|[^.\w])sleep\(/;
  expect(offences(tests, (line) => sleep.test(line) && !line.includes("const sleep"))).toEqual([]);
});
