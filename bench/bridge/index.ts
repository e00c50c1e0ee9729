import { spawnSync } from "node:child_process";
import type { Bar, Case, Table } from "../table.ts";
import { measureArrival } from "./arrival.ts";
import { measureCoreCost } from "./core-cost.ts";
import { decodingCase } from "./decoding.ts";
import { measureLateness } from "./lateness.ts";

const realtime = ", real-time";
/** Not every user may have threads of that kind. */
const isRealtimeAllowed = spawnSync("chrt", ["-r", "1", "true"]).status === 0;
const unmirrored = (way: string) => `lateness p99, without a bridge${way}`;
const mirrored = (way: string) => `lateness p99, 80,000 events/s mirrored${way}`;

function latenessCases(way: string, isRealtime: boolean): Case[] {
  return [
    {
      rows: [{ row: unmirrored(way), unit: "ms" }],
      run: (effort) => measureLateness({ isBridged: false, isRealtime }, effort),
    },
    {
      rows: [{ row: mirrored(way), unit: "ms" }],
      run: (effort) => measureLateness({ isBridged: true, isRealtime }, effort),
    },
  ];
}

function latenessBar(way: string): Bar {
  return {
    what: `lateness p99 that mirroring adds${way}`,
    value: (median) => median(mirrored(way)) - median(unmirrored(way)),
    most: 0.5,
  };
}

export const bridge: Table = {
  name: "bridge",
  about: "what it costs a world that remote services follow it, and how fast they hear",
  cases: [
    { rows: [{ row: "cost of an event to the core", unit: "us" }], run: measureCoreCost },
    ...latenessCases("", false),
    ...(isRealtimeAllowed ? latenessCases(realtime, true) : []),
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
    latenessBar(""),
    ...(isRealtimeAllowed ? [latenessBar(realtime)] : []),
    {
      what: "handled by a consumer process",
      value: (median) => median("handled by a consumer process"),
      least: 100_000,
    },
  ],
};
