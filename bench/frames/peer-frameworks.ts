import { ask } from "../child.ts";
import type { FramesAnswer, FramesRequest } from "../peers/frames/messages.ts";
import { check, type Effort } from "../table.ts";

const frameMs = 1_000 / 60;
/** Frameworks load and compile more than a smoke run leaves time for. */
const leastMs = 50;

/** Messages that a framework's actors handle in the time of a frame, in a process of its own. */
export async function measureFramework(
  peer: string,
  task: Pick<FramesRequest, "payload" | "pattern" | "fan">,
  effort: Effort,
  args: readonly string[] = [],
): Promise<number> {
  const { warmMs, measureMs } = effort;
  const request: FramesRequest = { ...task, warmMs, measureMs: Math.max(measureMs, leastMs) };
  const module = new URL(`../peers/frames/${peer}.ts`, import.meta.url);
  const { handled, elapsedMs, sent, got } = await ask<FramesAnswer>(module, request, [], args);
  const copies = task.pattern === "fan-out" ? task.fan : 1;
  const due = sent.count * copies;
  check(got.count === due, `sent ${sent.count} to ${copies} and handled ${got.count}`);
  const sum = Math.imul(sent.checksum, copies);
  check(got.checksum === sum, "other values were handled than were sent");
  check(handled > 0, "nothing was handled");
  return (handled / elapsedMs) * frameMs;
}
