import { minuteMs } from "../common/units.ts";
import { chancesAfter, type DawnWindow, type Run, runsOf } from "./chain.ts";
import type { Climate, Season } from "./climate.ts";
import { added, identity, normalised, Powers, product, type Rows } from "./powers.ts";

/** Enough squarings of a day's matrix for about 16 million days. */
const squaringsMax = 24;

/** A matrix that squaring changes by no more than this has come to its end. */
const settledError = 1e-15;

/**
 * What the chain comes to over many draws. The work grows with the logarithm of their number only,
 * so that neither a short step nor a long day makes a query slow.
 */
export class Law {
  readonly size: number;
  readonly #dawn: Powers;
  readonly #other: Powers;

  constructor(climate: Climate, season: Season) {
    this.size = climate.conditions.length;
    this.#dawn = new Powers(matrixOf(climate, season, true), this.size);
    this.#other = new Powers(matrixOf(climate, season, false), this.size);
  }

  /** Each row of chances as it is after the draws. */
  after(rows: Rows, runs: readonly Run[]): Rows {
    let result = rows;
    for (const { dawn, draws } of runs) result = this.#of(dawn).times(result, draws);
    return result;
  }

  /** The sum of a row of chances as it is after each of the draws. */
  sumAfter(row: Rows, runs: readonly Run[]): Rows {
    let sum: Rows = new Float64Array(row.length);
    let current = row;
    for (const { dawn, draws } of runs) {
      const powers = this.#of(dawn);
      sum = added(sum, powers.sumTimes(current, draws));
      current = powers.times(current, draws);
    }
    return sum;
  }

  #of(dawn: boolean): Powers {
    return dawn ? this.#dawn : this.#other;
  }
}

/**
 * The share of time that each condition has in the long run. The days of a season are alike, and
 * each has its dawn: the law is that of the chain over a whole day, averaged over the day's draws.
 */
export function longRunShares(
  climate: Climate,
  season: Season,
  window: DawnWindow | undefined,
): number[] {
  const law = new Law(climate, season);
  const { size } = law;
  const day = dayOf(climate, window);
  const power = settled(law.after(identity(size), day), size);
  // Where the chain falls apart into several, each condition to begin with counts alike.
  const start = product(new Float64Array(size).fill(1), power, size);
  return [...normalised(law.sumAfter(normalised(start, size), day), size)];
}

/** The shares of `count` conditions when it is certain which one holds. */
export function certain(count: number, condition: number): Rows {
  const shares = new Float64Array(count);
  shares[condition] = 1;
  return shares;
}

/** A high power of a day's matrix: the highest, or one that the next ones hardly differ from. */
function settled(day: Rows, size: number): Rows {
  let power = day;
  for (let i = 0; i < squaringsMax; i += 1) {
    const square = normalised(product(power, power, size), size);
    const isSettled = square.every((value, j) => {
      return Math.abs(value - (power[j] as number)) <= settledError;
    });
    power = square;
    if (isSettled) break;
  }
  return power;
}

/** Row i holds the chances of what follows condition i at a draw. */
function matrixOf(climate: Climate, season: Season, dawn: boolean): Rows {
  const rows = climate.conditions.flatMap((_, from) => chancesAfter(climate, season, from, dawn));
  return Float64Array.from(rows);
}

function dayOf({ stepMinutes }: Climate, window: DawnWindow | undefined): Run[] {
  const stepMs = stepMinutes * minuteMs;
  const draws = window === undefined ? 1 : Math.max(1, Math.round(window.dayMs / stepMs));
  return runsOf(window, stepMs, stepMs, draws);
}
