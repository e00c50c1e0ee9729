import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Case, Effort, Table } from "../table.ts";
import type { BoundsSetup } from "./peer.ts";
import { createShared } from "./programs.ts";

/** The first one measures; the others do their part. */
function boundCase(row: string, unit: string, ...programs: BoundsSetup["does"][]): Case {
  return { rows: [{ row, unit }], run: async (effort) => [await measure(programs, effort)] };
}

async function measure(programs: readonly BoundsSetup["does"][], effort: Effort): Promise<number> {
  const shared = createShared();
  const failure = Promise.withResolvers<never>();
  const threads = programs.map((does) => {
    const workerData: BoundsSetup = { does, shared, effort };
    const thread = new Worker(new URL("./peer.ts", import.meta.url), { workerData });
    return thread.on("error", failure.reject);
  });
  try {
    const figures = threads.map(async (thread) => (await once(thread, "message"))[0] as number);
    const [figure] = await Promise.race([failure.promise, Promise.all(figures)]);
    return figure as number;
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

export const bounds: Table = {
  name: "bounds",
  about: "what the machine itself can do: nothing that is carried between threads can be faster",
  cases: [
    boundCase("copy, one thread", "GB/s", "copy-alone"),
    boundCase("copy, from thread to thread", "GB/s", "copy-across", "take-across"),
    boundCase("cache line, there and back", "ns", "trips", "trips-back"),
  ],
  bars: [],
};
