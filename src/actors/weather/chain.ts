import { type Climate, conditionAt, type Season } from "./climate.ts";

/** From this much fog on, a condition is a foggy one. */
const foggyFrom = 0.3;

/** What the dawn factor can bring the chances of all foggy conditions together to. */
const foggyShareMax = 0.9;

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

/** The chances of each condition to follow condition `from`. */
export function chancesAfter(
  climate: Climate,
  season: Season,
  from: number,
  dawn: boolean,
): number[] {
  const foggyScale = dawn ? foggyScaleOf(climate, season, from) : 1;
  const otherScale = foggyScale === 1 ? 1 : otherScaleOf(climate, season, from, foggyScale);
  return rowOf(season, from).map(
    (chance, to) => chance * (isFoggy(climate, to) ? foggyScale : otherScale),
  );
}

/** Draws one after another, all of which are made with dawn's chances, or none. */
export interface Run {
  readonly dawn: boolean;
  readonly draws: number;
}

/** Whether a draw at game time `ms` is one of dawn: after the phase began, up to its end. */
export function isDawn(window: DawnWindow | undefined, ms: number): boolean {
  return window !== undefined && sinceDawn(window, ms) < lengthOf(window);
}

/** `draws` draws, the first at game time `fromMs`, the others a step after the one before. */
export function runsOf(
  window: DawnWindow | undefined,
  fromMs: number,
  stepMs: number,
  draws: number,
): Run[] {
  if (window === undefined) return [{ dawn: false, draws }];
  const runs: Run[] = [];
  for (let done = 0; done < draws; ) {
    const ms = fromMs + done * stepMs;
    const dawn = isDawn(window, ms);
    const msLeft = (dawn ? lengthOf(window) : window.dayMs) - sinceDawn(window, ms);
    const run = { dawn, draws: Math.min(Math.ceil(msLeft / stepMs), draws - done) };
    runs.push(run);
    done += run.draws;
  }
  return runs;
}

/** Game time since dawn's first millisecond, in the day that begins with it. */
function sinceDawn(window: DawnWindow, ms: number): number {
  const since = (ms - window.fromMs - 1) % window.dayMs;
  return since < 0 ? since + window.dayMs : since;
}

function lengthOf(window: DawnWindow): number {
  return window.untilMs - window.fromMs;
}

function isFoggy(climate: Climate, condition: number): boolean {
  return conditionAt(climate, condition).fog >= foggyFrom;
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
