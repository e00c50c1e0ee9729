import { frameworkCase, postMessageCase, worldCase } from "../frames/cases.ts";
import type { Bar, Case, Table } from "../table.ts";

/** The ways without batches: a message is on its way when it was sent. */
const plainFormats = ["json-postmessage", "clone-postmessage", "protobuf-es-postmessage"] as const;
const sizes = ["numeric", "kilobyte"] as const;
const fans = [1, 4, 16] as const;

function bySize(payload: (typeof sizes)[number]): Case[] {
  const task = { payload, pattern: "pairs", fan: 1 } as const;
  const row = (who: string): string => `${payload}, ${who}`;
  return [
    worldCase(row("tellurion-1"), { ...task, workers: 1 }),
    worldCase(row("tellurion-2"), { ...task, workers: 2 }),
    ...plainFormats.map((format) => postMessageCase(row(format), format, payload)),
    postMessageCase(row("clone-postmessage-batched"), "clone-postmessage-batched", payload),
    frameworkCase(row("nact, one thread"), "nact", task),
    frameworkCase(row("comedy, one thread"), "comedy", task, ["in-memory"]),
    frameworkCase(row("comedy, two threads"), "comedy", task),
    frameworkCase(row("event-emitter"), "event-emitter", task),
  ];
}

/** What counts is each copy that somebody handles. */
function byFanOut(fan: number): Case[] {
  const task = { payload: "weather", pattern: "fan-out", fan } as const;
  const row = (who: string): string => `fan-out ${fan}, ${who}`;
  return [
    worldCase(row("tellurion-1"), { ...task, workers: 1 }),
    worldCase(row("tellurion-2"), { ...task, workers: 2 }),
    frameworkCase(row("nact, one thread"), "nact", task),
    frameworkCase(row("event-emitter"), "event-emitter", task),
  ];
}

const across = "numeric, tellurion-2";

export const tell: Table = {
  name: "tell",
  about: "messages of 24 bytes and of a KiB handled in 16.67 ms, and weather events to several",
  cases: [...sizes.flatMap(bySize), ...fans.flatMap(byFanOut)],
  bars: [
    {
      what: `${across} / best postMessage without batches`,
      value: (median) =>
        median(across) / Math.max(...plainFormats.map((format) => median(`numeric, ${format}`))),
      least: 10,
    },
    ratio(across, "numeric, comedy, two threads", 30),
    ratio("numeric, tellurion-1", "numeric, nact, one thread", 10),
  ],
};

function ratio(fast: string, slow: string, least: number): Bar {
  return {
    what: `${fast} / ${slow}`,
    value: (median) => median(fast) / median(slow),
    least,
  };
}
