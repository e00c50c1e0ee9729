import type { Table } from "../table.ts";
import { measureArrival } from "./arrival.ts";
import { measureCoreCost } from "./core-cost.ts";
import { decodingCase } from "./decoding.ts";
import { measureLateness } from "./lateness.ts";

export const bridge: Table = {
  name: "bridge",
  about: "what it costs a world that remote services follow it, and how fast they hear",
  cases: [
    { rows: [{ row: "cost of an event to the core", unit: "us" }], run: measureCoreCost },
    {
      rows: [{ row: "lateness p99, without a bridge", unit: "ms" }],
      run: (effort) => measureLateness(false, effort),
    },
    {
      rows: [{ row: "lateness p99, 80,000 events/s mirrored", unit: "ms" }],
      run: (effort) => measureLateness(true, effort),
    },
    { rows: [{ row: "handled by a consumer process", unit: "events/s" }], run: measureArrival },
    decodingCase("raw"),
    decodingCase("zstd"),
  ],
  bars: [
    {
      what: "cost of an event to the core",
      value: (median) => median("cost of an event to the core"),
      most: 0.2,
    },
    {
      what: "lateness p99 that mirroring adds",
      value: (median) =>
        median("lateness p99, 80,000 events/s mirrored") - median("lateness p99, without a bridge"),
      most: 0.5,
    },
    {
      what: "handled by a consumer process",
      value: (median) => median("handled by a consumer process"),
      least: 100_000,
    },
  ],
};
