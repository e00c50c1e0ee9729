import type { Trace, Wear } from "./region.ts";

/** A trace that weighs less than this is gone. */
export const faintBelow = 0.01;

const hourMs = 3_600_000;

/**
 * A template's traces wear together: `worn` counts the half-lives that have passed for them, faster or slower with the
 * weather. A trace remembers where that count stood when it was left. So an hour costs a step for each template and
 * none for each trace, and nothing can ever become fresher.
 */
export function weightOf({ weight, wornFrom }: Trace, { worn }: Pick<Wear, "worn">): number {
  return weight * 2 ** (wornFrom - worn);
}

/** What its template's `worn` must reach for a trace to be gone. */
export function fadesAt({ weight, wornFrom }: Pick<Trace, "weight" | "wornFrom">): number {
  return wornFrom + Math.log2(weight / faintBelow);
}

/** What is in the air, 0 to 1 each. */
export interface Air {
  readonly rain: number;
  readonly snow: number;
  readonly wind: number;
  readonly dust: number;
}

export const stillAir: Air = { rain: 0, snow: 0, wind: 0, dust: 0 };

export function passTime(wear: Wear, ms: number, air: Air): void {
  const { rain, snow, wind, dust } = wear;
  const factor =
    factorIn(rain, air.rain) *
    factorIn(snow, air.snow) *
    factorIn(wind, air.wind) *
    factorIn(dust, air.dust);
  wear.worn += (ms / hourMs / wear.halfLifeHours) * factor;
}

/** A factor for as much of it as there is: 1 where there is nothing. A factor that nobody gave counts as 1. */
function factorIn(factor: number, amount: number): number {
  return factor === 0 ? 1 : 1 + (factor - 1) * amount;
}
