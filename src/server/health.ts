import type { World } from "../runtime/host.ts";
import type { Durability } from "./durability.ts";

export interface HealthReport {
  /** `stalled`: the world's frame has not moved for longer than it may. */
  readonly status: "ok" | "stalled" | "failed";
  readonly world: string;
  readonly frame: number;
  readonly workers: number;
  /** What happens outlasts the server. A world whose file takes no writes runs on: its status stays what it is. */
  readonly durable: boolean;
  /** Why it is not durable, and what keeps its bridge from its work. */
  readonly problem?: string;
}

const looksPerStall = 8;

/** Watches whether a world goes on. */
export class Health {
  readonly #world: World;
  readonly #stalledAfterMs: number;
  readonly #durability: Durability;
  readonly #bridge: { readonly problem: string | undefined } | undefined;
  readonly #timer: NodeJS.Timeout;
  #failed = false;
  #frame: number;
  #movedAtMs = performance.now();

  constructor(
    world: World,
    stalledAfterMs: number,
    durability: Durability,
    bridge?: { readonly problem: string | undefined },
  ) {
    this.#world = world;
    this.#stalledAfterMs = stalledAfterMs;
    this.#durability = durability;
    this.#bridge = bridge;
    this.#frame = world.frame;
    world.onFailure(() => {
      this.#failed = true;
    });
    this.#timer = setInterval(() => this.#look(), stalledAfterMs / looksPerStall);
    this.#timer.unref();
  }

  report(): HealthReport {
    this.#look();
    const { name, frame, workers } = this.#world;
    const durable = this.#durability.problem === undefined;
    const report = { status: this.#status(), world: name, frame, workers, durable };
    const problems = [this.#durability.problem, this.#bridge?.problem];
    const problem = problems.filter((one) => one !== undefined).join("; ");
    return problem === "" ? report : { ...report, problem };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #status(): HealthReport["status"] {
    if (this.#failed) return "failed";
    return performance.now() - this.#movedAtMs > this.#stalledAfterMs ? "stalled" : "ok";
  }

  #look(): void {
    const { frame } = this.#world;
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#movedAtMs = performance.now();
  }
}
