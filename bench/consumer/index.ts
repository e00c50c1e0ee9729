import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { decodeMessage, readHeader } from "../../clients/consumer/src/index.ts";
import { ask } from "../child.ts";
import { type Case, check, type Table } from "../table.ts";
import type { FullQueue } from "./emulator.ts";
import { eventsPerPack, packAttributes, packBody } from "./packs.ts";
import type { ReadRequest } from "./reader.ts";

const emulator = fileURLToPath(new URL("./emulator.ts", import.meta.url));
const packsInQueue = 1_000;

function decoding(codec: "raw" | "zstd"): Case {
  return {
    rows: [{ row: `decode-${codec}`, unit: "events/s" }],
    run: async ({ warmMs, measureMs }) => {
      const attributes = packAttributes(1, codec);
      const body = packBody(codec);
      let events = 0;
      const runFor = (ms: number): number => {
        const began = performance.now();
        events = 0;
        do events += decodeMessage(readHeader(attributes), body).events.length;
        while (performance.now() - began < ms);
        return performance.now() - began;
      };
      runFor(warmMs);
      const tookMs = runFor(measureMs);
      check(events >= eventsPerPack, "no pack was decoded");
      return [(events * 1_000) / tookMs];
    },
  };
}

const throughQueue: Case = {
  rows: [{ row: "through-queue", unit: "events/s" }],
  run: async ({ scale }) => {
    const packs = Math.ceil(packsInQueue * scale);
    const child = fork(emulator, [`${packs}`], { execArgv: [] });
    try {
      const [queue] = (await once(child, "message")) as [FullQueue];
      const request: ReadRequest = { ...queue, events: packs * eventsPerPack };
      return [await ask<number>(new URL("./reader.ts", import.meta.url), request)];
    } finally {
      child.disconnect();
      await once(child, "exit");
    }
  },
};

export const consumer: Table = {
  name: "consumer",
  about:
    "events of full packs that a remote service decodes, from memory and from the emulator's queue",
  cases: [decoding("raw"), decoding("zstd"), throughQueue],
  bars: [
    { what: "through-queue", value: (median) => median("through-queue"), least: 100_000 },
    { what: "decode-raw", value: (median) => median("decode-raw"), least: 100_000 },
  ],
};
