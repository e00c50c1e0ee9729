import type { Measured } from "./messages.ts";

/** Ticks that are kept in a measurement at most: ten minutes. */
const ticksMax = 12_000;

/** What a server's process uses from one moment to another, and when its ticks began. */
export class Meter {
  #beganAt: number[] = [];
  #firstTick = 0;
  #before: NodeJS.CpuUsage | undefined;
  #startedMs = 0;
  #memoryMbBefore = 0;

  begin(): void {
    this.#beganAt = [];
    this.#startedMs = performance.now();
    this.#memoryMbBefore = memoryMb();
    this.#before = process.cpuUsage();
  }

  tickBegan(tick: number, atMs = performance.timeOrigin + performance.now()): void {
    if (this.#before === undefined || this.#beganAt.length === ticksMax) return;
    if (this.#beganAt.length === 0) this.#firstTick = tick;
    this.#beganAt.push(atMs);
  }

  end(): Measured {
    const { user, system } = process.cpuUsage(this.#before);
    this.#before = undefined;
    return {
      ticks: this.#beganAt.length,
      elapsedMs: performance.now() - this.#startedMs,
      cpuMs: (user + system) / 1_000,
      memoryMb: memoryMb(),
      memoryMbBefore: this.#memoryMbBefore,
      firstTick: this.#firstTick,
      beganAt: this.#beganAt,
    };
  }
}

function memoryMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
