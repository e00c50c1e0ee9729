import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** What the linter says of each line if it stands in a file of src/actors. */
function lint(lines: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "tellurion-lint-"));
  try {
    cpSync("biome.json", join(folder, "biome.json"));
    cpSync("lint", join(folder, "lint"), { recursive: true });
    mkdirSync(join(folder, "src/actors"), { recursive: true });
    lines.forEach((line, i) => {
      writeFileSync(join(folder, `src/actors/planted-${i}.ts`), `${line}\n`);
    });
    const args = ["lint", "--reporter=json", "--max-diagnostics=1000"];
    const { stdout } = spawnSync("biome", args, { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as Report;
    return lines.map((_, i) => {
      const own = diagnostics.filter((d) => JSON.stringify(d.location).includes(`planted-${i}.ts`));
      return own.map((d) => JSON.stringify(d)).join("\n");
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Report {
  readonly diagnostics: readonly { readonly location: unknown }[];
}

const forbidden = [
  ["export const a = () => Date.now();", "global variable Date"],
  ["export const a = () => new Date();", "global variable Date"],
  ["export const a = () => performance.now();", "global variable performance"],
  ["export const a = () => Math.random();", "use ctx.random"],
  ["export const a = () => crypto.randomUUID();", "global variable crypto"],
  ["export const a = () => setTimeout(a, 5);", "global variable setTimeout"],
  ["export const a = () => setInterval(a, 5);", "global variable setInterval"],
  ["export const a = () => queueMicrotask(a);", "global variable queueMicrotask"],
  ["export const a = () => Promise.resolve(1);", "global variable Promise"],
  ["export const a = async () => 1;", "no async functions"],
  ["export async function a() {}", "no async functions"],
  ["export const a = async () => { await b; };", "no await"],
  ['export const a = () => fetch("x");', "global variable fetch"],
  ['import fs from "node:fs"; fs;', "does no I/O"],
  ['export const a = () => import("x");', "no I/O"],
  ["export const a = () => process.env;", "global variable process"],
  ['export const a = () => console.log("x");', "global variable console"],
  ['export const a = (b: string) => b.localeCompare("c");', "locale"],
  ["export const a = (b: number) => b.toLocaleString();", "locale"],
  ["export const a = (b: object) => new WeakRef(b);", "global variable WeakRef"],
  ['import { a } from "../runtime/world/core.ts"; a;', "src/runtime/index.ts and src/gen only"],
  ["export const a = () => globalThis.Date.now();", "global variable globalThis"],
  ["const { random } = Math; random();", "Take nothing out of Math"],
  ['import ws from "ws"; ws;', "src/actors imports no packages"],
  ['import { a } from "../clock/calendar.ts"; a;', "never imports another actor"],
] as const;

const allowed = [
  "export const a = (b: number) => Math.sqrt(b);",
  'export { create } from "@bufbuild/protobuf";',
  'export { Rejection } from "../../runtime/index.ts";',
  'export { DayPhase } from "../../gen/tellurion/v1/clock_pb.ts";',
  'export { refuse } from "../common/checks.ts";',
  'export { b } from "./planted-0.ts";',
];

describe("the lint rules for actors", () => {
  const found = lint([...forbidden.map(([line]) => line), ...allowed]);

  test.each(forbidden.map(([line, says], i) => [line, says, i] as const))(
    "forbid %s",
    (_line, says, i) => {
      expect(found[i]).toContain(says);
    },
  );

  test("allow what is deterministic", () => {
    expect(found.slice(forbidden.length)).toEqual(allowed.map(() => ""));
  });

  test("leave no room for state in modules: actors keep all of theirs in their state", () => {
    const files = readdirSync("src/actors", { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const text = readFileSync(`src/actors/${file}`, "utf8");
      const state = /^(export )?(let|var) .*|^(export )?const \w+ = new (Map|Set|WeakMap)\(\).*/m;
      expect(text.match(state)?.[0], file).toBeUndefined();
    }
  });
});
