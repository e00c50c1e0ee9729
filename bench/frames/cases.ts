import type { FramesRequest } from "../peers/frames/messages.ts";
import type { Case } from "../table.ts";
import type { Shape } from "./cast.ts";
import type { FormatName } from "./formats.ts";
import { measureFramework } from "./peer-frameworks.ts";
import { measurePostMessage } from "./post-message.ts";
import { measureWorld } from "./tellurion.ts";

const unit = "events/frame";

export function worldCase(row: string, shape: Shape): Case {
  return { rows: [{ row, unit }], run: async (effort) => [await measureWorld(shape, effort)] };
}

export function postMessageCase(row: string, format: FormatName, payload: Shape["payload"]): Case {
  return {
    rows: [{ row, unit }],
    run: async (effort) => [await measurePostMessage(format, payload, effort)],
  };
}

/** `peer` is the name of a module of bench/peers/frames. */
export function frameworkCase(
  row: string,
  peer: string,
  task: Pick<FramesRequest, "payload" | "pattern" | "fan">,
  args: readonly string[] = [],
): Case {
  return {
    rows: [{ row, unit }],
    needsPeers: true,
    run: async (effort) => [await measureFramework(peer, task, effort, args)],
  };
}
