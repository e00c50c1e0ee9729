import { meanBytes } from "../events.ts";
import type { Table } from "../table.ts";
import { frameworkCase, postMessageCase, worldCase } from "./cases.ts";
import { formatNames } from "./formats.ts";

const weather = { payload: "weather", pattern: "pairs", fan: 1 } as const;

export const frames: Table = {
  name: "frames",
  about: `weather events of ${Math.round(meanBytes())} bytes moved across threads in 16.67 ms`,
  cases: [
    worldCase("tellurion-1", { ...weather, workers: 1 }),
    worldCase("tellurion-2", { ...weather, workers: 2 }),
    ...formatNames.map((format) => postMessageCase(format, format, "weather")),
    frameworkCase("nact, one thread", "nact", weather),
    frameworkCase("comedy, one thread", "comedy", weather, ["in-memory"]),
    frameworkCase("comedy, two threads", "comedy", weather),
    frameworkCase("event-emitter", "event-emitter", weather),
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
