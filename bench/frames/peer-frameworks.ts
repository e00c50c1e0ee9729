import { ask } from "../child.ts";
import type { FramesAnswer, FramesRequest } from "../peers/frames/exchange.ts";
import { check, type Effort } from "../table.ts";

const frameMs = 1_000 / 60;
/** Frameworks load and compile more than a smoke run leaves time for. */
const leastMs = 50;

/** Events that a framework's actor handles in the time of a frame, in a process of its own. */
export async function measureFramework(
  peer: string,
  effort: Effort,
  args: readonly string[] = [],
): Promise<number> {
  const { warmMs, measureMs } = effort;
  const request: FramesRequest = { warmMs, measureMs: Math.max(measureMs, leastMs) };
  const module = new URL(`../peers/frames/${peer}.ts`, import.meta.url);
  const { handled, elapsedMs, sent, got } = await ask<FramesAnswer>(module, request, [], args);
  check(sent.count === got.count, `sent ${sent.count} and handled ${got.count}`);
  check(sent.checksum === got.checksum, "other values were handled than were sent");
  check(handled > 0, "nothing was handled");
  return (handled / elapsedMs) * frameMs;
}
