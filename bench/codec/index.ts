import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Bar, Case, Effort, Table } from "../table.ts";
import { type CodecCaseName, codecCases } from "./cases.ts";
import { type KindName, kinds } from "./kinds.ts";
import { type LibraryName, libraries } from "./libraries.ts";
import { operations } from "./operations.ts";
import type { CodecSetup } from "./worker.ts";

const unit = "ns";
const kindNames = Object.keys(kinds) as KindName[];
const libraryNames = Object.keys(libraries) as LibraryName[];

function threeFieldsCase(name: CodecCaseName): Case {
  return { rows: [{ row: name, unit }], run: (effort) => inWorker({ name, effort }) };
}

function libraryCase(kind: KindName, library: LibraryName): Case {
  return {
    rows: operations.map((operation) => ({ row: `${kind} ${operation}, ${library}`, unit })),
    ...(library === "msgpackr" && { needsPeers: true }),
    // It has three figures in the time of one.
    run: (effort) => inWorker({ kind, library, effort: shorter(effort) }),
  };
}

function shorter({ warmMs, measureMs, scale }: Effort): Effort {
  return { warmMs: warmMs / 2, measureMs: measureMs / 2, scale };
}

async function inWorker(workerData: CodecSetup): Promise<readonly number[]> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
  const [ns] = await once(worker, "message");
  await worker.terminate();
  return ns as readonly number[];
}

function ratio(slow: CodecCaseName, fast: CodecCaseName, least: number): Bar {
  const value: Bar["value"] = (median) => median(slow) / median(fast);
  return { what: `${slow} / ${fast}`, value, least };
}

export const codec: Table = {
  name: "codec",
  about:
    "one weather event encoded, or read as far as three fields; and three types in six libraries",
  cases: [
    ...(Object.keys(codecCases) as CodecCaseName[]).map(threeFieldsCase),
    ...kindNames.flatMap((kind) => libraryNames.map((library) => libraryCase(kind, library))),
  ],
  bars: [
    ratio("protobuf-es-encode", "tellurion-encode", 10),
    ratio("protobuf-es-decode", "tellurion-view", 10),
    ratio("json-stringify-bytes", "tellurion-encode", 5),
    ratio("json-parse-bytes", "tellurion-view", 5),
  ],
};
