import { type Climate, conditionAt, type Season } from "./climate.ts";

/** From this much fog on, a condition is a foggy one. */
const foggyFrom = 0.3;

/** What the dawn factor can bring the chances of all foggy conditions together to. */
const foggyShareMax = 0.9;

/** Enough squarings of a day's matrix for about 16 million days. */
const squarings = 24;

/**
 * When in the day the chain draws with dawn's chances. Undefined as long as no dawn has been heard
 * of.
 */
export interface DawnWindow {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly dayMs: number;
}

/**
 * Draws the condition that follows. `chance` is a number from 0 to 1 (exclusive). Allocates
 * nothing. The chain has no memory but its present condition, so a condition lasts as its own
 * chance in its row says.
 */
export function drawNext(
  climate: Climate,
  season: Season,
  from: number,
  dawn: boolean,
  chance: number,
): number {
  const chances = rowOf(season, from);
  const foggyScale = dawn ? foggyScaleOf(climate, season, from) : 1;
  const otherScale = foggyScale === 1 ? 1 : otherScaleOf(climate, season, from, foggyScale);
  let rest = chance;
  let last = from;
  for (let to = 0; to < chances.length; to += 1) {
    const weight = chances[to] as number;
    if (weight === 0) continue;
    rest -= weight * (isFoggy(climate, to) ? foggyScale : otherScale);
    if (rest < 0) return to;
    last = to;
  }
  // Rows add up to 1 but for rounding.
  return last;
}

/** The chances after a draw, from those before it. */
export function propagate(
  climate: Climate,
  season: Season,
  before: readonly number[],
  dawn: boolean,
): number[] {
  const after = before.map(() => 0);
  before.forEach((share, from) => {
    if (share === 0) return;
    const foggyScale = dawn ? foggyScaleOf(climate, season, from) : 1;
    const otherScale = foggyScale === 1 ? 1 : otherScaleOf(climate, season, from, foggyScale);
    rowOf(season, from).forEach((chance, to) => {
      const scale = isFoggy(climate, to) ? foggyScale : otherScale;
      after[to] = (after[to] as number) + share * chance * scale;
    });
  });
  return after;
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
  const draws = drawsOfDay(climate, window);
  const count = climate.conditions.length;
  let power = Array.from({ length: count }, (_, i) =>
    draws.reduce<number[]>(
      (shares, dawn) => propagate(climate, season, shares, dawn),
      certain(count, i),
    ),
  );
  for (let i = 0; i < squarings; i += 1) power = squared(power);
  // Where the chain falls apart into several, each condition to begin with counts alike.
  let shares = normalised(power.reduce((sum, row) => sum.map((s, j) => s + (row[j] as number))));
  const total = shares.map(() => 0);
  for (const dawn of draws) {
    shares = propagate(climate, season, shares, dawn);
    shares.forEach((share, i) => {
      total[i] = (total[i] as number) + share;
    });
  }
  return normalised(total);
}

/** The shares of `count` conditions when it is certain which one holds. */
export function certain(count: number, condition: number): number[] {
  return Array.from({ length: count }, (_, i) => (i === condition ? 1 : 0));
}

/** Whether a draw at game time `ms` is one of dawn: after the phase began, up to its end. */
export function isDawn(window: DawnWindow | undefined, ms: number): boolean {
  if (window === undefined) return false;
  const since = (ms - window.fromMs - 1) % window.dayMs;
  return (since < 0 ? since + window.dayMs : since) < window.untilMs - window.fromMs;
}

function isFoggy(climate: Climate, condition: number): boolean {
  return conditionAt(climate, condition).fog >= foggyFrom;
}

/** For each draw of a day whether it is one of dawn. */
function drawsOfDay(climate: Climate, window: DawnWindow | undefined): boolean[] {
  const stepMs = climate.stepMinutes * 60_000;
  if (window === undefined) return [false];
  const count = Math.max(1, Math.round(window.dayMs / stepMs));
  return Array.from({ length: count }, (_, i) => isDawn(window, (i + 1) * stepMs));
}

/**
 * What dawn does to the chances of foggy conditions in a row. 1 in the rows of foggy conditions.
 */
function foggyScaleOf(climate: Climate, season: Season, from: number): number {
  if (isFoggy(climate, from)) return 1;
  const share = foggyShareOf(climate, season, from);
  if (share === 0 || share >= 1) return 1;
  return Math.min(share * climate.dawnFogFactor, Math.max(share, foggyShareMax)) / share;
}

/** What is left to the other chances of the row. */
function otherScaleOf(climate: Climate, season: Season, from: number, foggyScale: number): number {
  const share = foggyShareOf(climate, season, from);
  return (1 - share * foggyScale) / (1 - share);
}

function foggyShareOf(climate: Climate, season: Season, from: number): number {
  const chances = rowOf(season, from);
  let share = 0;
  for (let to = 0; to < chances.length; to += 1) {
    if (isFoggy(climate, to)) share += chances[to] as number;
  }
  return share;
}

function rowOf(season: Season, from: number): readonly number[] {
  return (season.rows[from] as { chances: number[] }).chances;
}

function squared(rows: readonly number[][]): number[][] {
  return rows.map((row) => {
    const product = row.map((_, j) =>
      row.reduce((sum, share, k) => sum + share * ((rows[k] as number[])[j] as number), 0),
    );
    return normalised(product);
  });
}

function normalised(shares: readonly number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
