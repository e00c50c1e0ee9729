import type { PayloadName } from "../payloads.ts";
import { measureWorld } from "./tellurion.ts";

/** What `bench/profile.ts` runs under the profiler: one row, for long enough to be sampled well. */
const effort = { warmMs: 500, measureMs: 3_000, scale: 1 };
process.send?.(
  await measureWorld(
    {
      payload: (process.argv[3] ?? "weather") as PayloadName,
      pattern: "pairs",
      workers: Number(process.argv[2]),
      fan: 1,
    },
    effort,
  ),
);
process.disconnect?.();
