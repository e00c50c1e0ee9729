/** What one ping found out. */
export interface ClockSample {
  readonly sentMs: number;
  readonly receivedMs: number;
  /** The world's time somewhere between the two. */
  readonly worldMs: number;
  /** The world's time is known in steps of this: it was up to so much more. */
  readonly stepMs: number;
}

/** World time minus local time, as one sample has it: not outside of low and high. */
interface Estimate {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
  readonly stepMs: number;
}

const samplesMax = 128;
/** After so many samples the clock is steered gently only. */
const settledSamples = 8;
/** By how much two clocks drift apart: 0.05 ms in a second, and hardly ever twice that. */
const drift = 5e-5;
/** What a sample errs by at least, squared: timers and threads are not exact. */
const varianceMin = 0.25;
/** Of a value that may be anywhere in a range, the variance is the range's square over this. */
const evenSpread = 12;
/** How fast `now` is steered towards the truth: by so much of the time that passes. */
const slewGentle = 0.05;
const slewHard = 0.9;
const gentleErrorMsMax = 50;
/** An error that only a jump can mend. Jumps go forward, never back. */
const jumpErrorMsMin = 1_000;

/**
 * The world's time on this machine. A ping bounds it from both sides: the answer was written after its request had been
 * sent and before it arrived itself. The best guess is the middle, and it errs by at most half of what the round trip took
 * longer than the fastest one: so each sample weighs as much as it is certain, and the fastest count most. What the
 * fastest way there and the fastest way back differ by, nobody at one end can know: the clock errs by half of that.
 */
export class WorldClock {
  readonly #localNow: () => number;
  #samples: Estimate[] = [];
  #taken = 0;
  /** World time that passes in a local millisecond. */
  #rate = 1;
  /** World time at local time 0, as far as known. */
  #offset = 0;
  #shown = 0;
  #shownAtMs: number;

  constructor(localNow: () => number) {
    this.#localNow = localNow;
    this.#shownAtMs = localNow();
  }

  /** Milliseconds of world time. Of two readings the later one is not less, unless the clock began anew between them. */
  now(): number {
    const local = this.#localNow();
    const passed = Math.max(0, local - this.#shownAtMs);
    const expected = this.#shown + this.#rate * passed;
    const error = this.#offset + this.#rate * local - expected;
    this.#shownAtMs = local;
    this.#shown = expected + this.#correction(error, passed);
    return this.#shown;
  }

  /** How far `now` may be from the truth, were one way the whole of the fastest round trip. */
  get uncertaintyMs(): number {
    return Math.min(...this.#samples.map(({ low, high }) => (high - low) / 2));
  }

  /** Whether enough pings have been answered to trust it. */
  get isSettled(): boolean {
    return this.#taken >= settledSamples;
  }

  /** Begins anew at a time of the world: with a first connection, or with a world that is far behind. Readings may go back. */
  begin(worldMs: number): void {
    const local = this.#localNow();
    this.#samples = [];
    this.#taken = 0;
    this.#offset = worldMs - this.#rate * local;
    this.#shown = worldMs;
    this.#shownAtMs = local;
  }

  /** The world runs at another speed from now on. */
  setRate(rate: number): void {
    if (rate === this.#rate || !(rate > 0)) return;
    this.now();
    const local = this.#shownAtMs;
    this.#offset += (this.#rate - rate) * local;
    this.#rate = rate;
    this.#samples = [];
    this.#taken = 0;
  }

  /** False when it contradicts those before: the world stood still or leapt, and more samples are needed. */
  add({ sentMs, receivedMs, worldMs, stepMs }: ClockSample): boolean {
    this.now();
    this.#samples.push({
      atMs: receivedMs,
      low: worldMs - this.#rate * receivedMs,
      high: worldMs + stepMs - this.#rate * sentMs,
      stepMs,
    });
    this.#taken += 1;
    if (this.#samples.length > samplesMax) this.#samples.shift();
    const agrees = !this.#isContradictory();
    // The newest ones know it best.
    while (this.#isContradictory()) this.#samples.shift();
    this.#offset = this.#weighed();
    return agrees;
  }

  #correction(error: number, passed: number): number {
    if (error >= jumpErrorMsMin || (error > 0 && !this.isSettled)) return error;
    const isGentle = this.isSettled && Math.abs(error) <= gentleErrorMsMax;
    const most = passed * this.#rate * (isGentle ? slewGentle : slewHard);
    return Math.max(-most, Math.min(most, error));
  }

  #isContradictory(): boolean {
    const newest = this.#samples.at(-1)?.atMs ?? 0;
    const slack = ({ atMs }: Estimate) => 2 * drift * (newest - atMs);
    const low = Math.max(...this.#samples.map((sample) => sample.low - slack(sample)));
    const high = Math.min(...this.#samples.map((sample) => sample.high + slack(sample)));
    return low > high;
  }

  #weighed(): number {
    const newest = this.#samples.at(-1)?.atMs ?? 0;
    const fastest = Math.min(...this.#samples.map(({ low, high, stepMs }) => high - low - stepMs));
    let sum = 0;
    let weights = 0;
    for (const { atMs, low, high, stepMs } of this.#samples) {
      const slower = high - low - stepMs - fastest;
      const spread = (slower ** 2 + stepMs ** 2) / evenSpread;
      const weight = 1 / (varianceMin + spread + (drift * (newest - atMs)) ** 2);
      sum += (weight * (low + high)) / 2;
      weights += weight;
    }
    return sum / weights;
  }
}
