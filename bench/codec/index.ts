import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Bar, Case, Table } from "../table.ts";
import { type CodecCaseName, codecCases } from "./cases.ts";
import type { CodecSetup } from "./worker.ts";

function codecCase(name: CodecCaseName): Case {
  return {
    rows: [{ row: name, unit: "ns" }],
    async run(effort) {
      const workerData: CodecSetup = { name, effort };
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
      const [ns] = await once(worker, "message");
      await worker.terminate();
      return [ns as number];
    },
  };
}

function ratio(slow: CodecCaseName, fast: CodecCaseName, least: number): Bar {
  const value: Bar["value"] = (median) => median(slow) / median(fast);
  return { what: `${slow} / ${fast}`, value, least };
}

export const codec: Table = {
  name: "codec",
  about: "one weather event encoded, or read as far as three fields",
  cases: (Object.keys(codecCases) as CodecCaseName[]).map(codecCase),
  bars: [
    ratio("protobuf-es-encode", "tellurion-encode", 10),
    ratio("protobuf-es-decode", "tellurion-view", 10),
    ratio("json-stringify-bytes", "tellurion-encode", 5),
    ratio("json-parse-bytes", "tellurion-view", 5),
  ],
};
