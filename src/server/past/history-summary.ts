import { statSync } from "node:fs";
import type { JsonObject } from "@bufbuild/protobuf";
import type { WorldHistory } from "../../runtime/host.ts";

/** What a world's file holds. */
export function summaryJson(file: string, history: WorldHistory): JsonObject {
  const { identity, counts, first, last, problems, differences } = history;
  return {
    ...{ file, bytes: bytesOf(file), ...identity },
    ...{ firstFrame: first, lastFrame: last, seconds: (last - first) / identity.tickHz },
    ...{ framesWithInputs: counts.frames, snapshots: counts.snapshots, marks: counts.marks },
    ...{ replies: counts.replies, quarantine: counts.quarantine.map((row) => ({ ...row })) },
    ...{ problems: [...problems], differences: [...differences] },
  };
}

export function summaryText(file: string, history: WorldHistory): string {
  const { identity, counts, first, last, problems, differences } = history;
  const count = (value: number) => value.toLocaleString("en");
  const seconds = ((last - first) / identity.tickHz).toFixed(1);
  const quarantine = counts.quarantine.map(({ frame, text }) => `frame ${frame}: ${text}`);
  const list = (name: string, lines: readonly string[]) =>
    lines.map((line, i) => `${(i === 0 ? name : "").padEnd(12)}${line}`);
  return [
    `world       ${identity.name}, seed ${identity.seed}, ${identity.tickHz} frames a second`,
    `id          ${identity.id}`,
    `written by  Node ${identity.node}, schema ${identity.schemaHash}`,
    `size        ${count(bytesOf(file))} bytes`,
    `frames      ${count(first)} to ${count(last)}, ${seconds} s of world time`,
    `inputs      in ${count(counts.frames)} frames`,
    `snapshots   ${count(counts.snapshots)}`,
    `marks       ${count(counts.marks)}`,
    `replies     ${count(counts.replies)}`,
    ...list("quarantine", quarantine.length > 0 ? quarantine : ["nothing"]),
    ...list("problems", problems.length > 0 ? problems : ["none"]),
    ...list("differs", differences),
  ].join("\n");
}

/** Of the file and of the log beside it, which a crash leaves. */
function bytesOf(file: string): number {
  const sizes = [file, `${file}-wal`].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.size,
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
