import { fadesAt, passTime } from "./fading.ts";
import type { Region } from "./region.ts";
import { indexOf, removeTrace } from "./trace-index.ts";

/** Goes to another game time as if none had passed. */
export function skipTo(region: Region, gameMs: bigint): void {
  region.gameMs = gameMs;
}

/** Lets game time pass: what there is wears, and what is too faint is gone. */
export function liveTo(region: Region, gameMs: bigint): void {
  if (gameMs <= region.gameMs) return;
  const ms = Number(gameMs - region.gameMs);
  region.gameMs = gameMs;
  const index = indexOf(region);
  for (const wear of region.wears) {
    passTime(wear, ms, region);
    let trace = index.firstToFade(wear.template);
    while (trace !== undefined && fadesAt(trace) <= wear.worn) {
      removeTrace(region, trace);
      region.faded += 1n;
      trace = index.firstToFade(wear.template);
    }
  }
}
