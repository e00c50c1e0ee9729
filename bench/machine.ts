import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly platform: string;
  /** Load averages of 1, 5 and 15 minutes as the run began. */
  readonly load: readonly number[];
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    load: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

/** The commit that is checked out, with `-dirty` when files differ from it. */
export function gitId(): string {
  try {
    const cwd = import.meta.dirname;
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}

/** Milliseconds of processor time that the machine has spent so far, and this process and its children of it. Linux only. */
interface Busy {
  readonly machineMs: number;
  readonly ownMs: number;
  readonly atMs: number;
}

const tickMs = 10;

function busyNow(): Busy | undefined {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = numbersIn(
      (readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "").replace("cpu", ""),
    );
    // After the name, which may hold anything, its fields are 3 and up: 14 to 17 are the times.
    const own = readFileSync("/proc/self/stat", "utf8").replace(/^.*\) \S /, "");
    const ownTicks = numbersIn(own).slice(10, 14);
    return {
      machineMs: (user + nice + system + irq + softIrq + steal) * tickMs,
      ownMs: ownTicks.reduce((sum, ticks) => sum + ticks, 0) * tickMs,
      atMs: performance.now(),
    };
  } catch {
    return undefined;
  }
}

function numbersIn(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

/** Watches how much of the machine others use: figures from a busy machine are worth little. */
export class Disturbance {
  readonly #began = busyNow();

  /** Processors that others kept busy since it was made, or undefined where that cannot be known. */
  get processors(): number | undefined {
    const now = busyNow();
    if (this.#began === undefined || now === undefined) return undefined;
    const others = now.machineMs - this.#began.machineMs - (now.ownMs - this.#began.ownMs);
    return Math.max(0, others / (now.atMs - this.#began.atMs));
  }
}
