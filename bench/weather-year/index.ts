import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Table } from "../table.ts";

const minutesInYear = 525_600;

export const weatherYear: Table = {
  name: "weather-year",
  about: "a game year of one region's weather, in steps of a minute",
  cases: [
    {
      rows: [{ row: "weather-year", unit: "ms" }],
      async run({ scale }) {
        const workerData = Math.ceil(minutesInYear * scale);
        const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
        const [ms] = await once(worker, "message");
        return [ms as number];
      },
    },
  ],
  bars: [{ what: "weather-year", value: (median) => median("weather-year"), most: 1_000 }],
};
