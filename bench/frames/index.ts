import { meanBytes } from "../events.ts";
import type { Case, Table } from "../table.ts";
import { type FormatName, formats } from "./formats.ts";
import { measureFramework } from "./peer-frameworks.ts";
import { measurePostMessage } from "./post-message.ts";
import { measureWorld } from "./tellurion.ts";

const unit = "events/frame";

function worldCase(workers: number): Case {
  return {
    rows: [{ row: `tellurion-${workers}`, unit }],
    run: async (effort) => [await measureWorld(workers, effort)],
  };
}

function frameworkCase(row: string, peer: string, args: readonly string[] = []): Case {
  return {
    rows: [{ row, unit }],
    needsPeers: true,
    run: async (effort) => [await measureFramework(peer, effort, args)],
  };
}

function postMessageCase(format: FormatName): Case {
  return {
    rows: [{ row: format, unit }],
    run: async (effort) => [await measurePostMessage(format, effort)],
  };
}

export const frames: Table = {
  name: "frames",
  about: `weather events of ${Math.round(meanBytes())} bytes moved across threads in 16.67 ms`,
  cases: [
    worldCase(1),
    worldCase(2),
    ...(Object.keys(formats) as FormatName[]).map(postMessageCase),
    frameworkCase("nact, one thread", "nact"),
    frameworkCase("comedy, one thread", "comedy", ["in-memory"]),
    frameworkCase("comedy, two threads", "comedy"),
    frameworkCase("event-emitter", "event-emitter"),
  ],
  bars: [
    { what: "tellurion-2", value: (median) => median("tellurion-2"), least: 80_000 },
    {
      what: "tellurion-2 / json-postmessage",
      value: (median) => median("tellurion-2") / median("json-postmessage"),
      least: 30,
    },
  ],
};
