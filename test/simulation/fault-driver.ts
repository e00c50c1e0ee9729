import type { Chance } from "./chance.ts";
import type { Simulation } from "./simulation.ts";
import { strike } from "./strike.ts";

/** Points of a running server between now and a blow, at most. */
const blowPointsMax = 80;
const episodeTicksMax = 45;
/** How far a clock jumps at most, in ms. */
const jumpMsMax = 5_000;
/** Outcomes that can come again later. */
const outcomesKept = 20;

/** Makes the faults of a plan happen, when chance says so. */
export class FaultDriver {
  readonly #simulation: Simulation;
  readonly #chance: Chance;
  /** Episodes by name: the tick at which each ends. */
  readonly #until = new Map<string, number>();
  #tick = 0;
  #outcomes: Uint8Array[] = [];

  constructor(simulation: Simulation, chance: Chance) {
    this.#simulation = simulation;
    this.#chance = chance;
  }

  /** Before each tick. */
  act(): void {
    this.#tick += 1;
    const { faults } = this.#simulation.plan;
    const { server, disk, outside, clock } = this.#simulation;
    if (server === undefined) return;
    if (faults.has("lost workers") && this.#chance.happens(0.04)) this.#arm("loss");
    if (faults.has("kills") && this.#chance.happens(0.03)) this.#arm("kill");
    disk.isFull = faults.has("a full disk") && this.#isIn("full", 0.02);
    server.journal.isSlow = faults.has("a slow disk") && this.#isIn("slow", 0.05);
    server.isMainSlow = faults.has("a slow main thread") && this.#isIn("main", 0.05);
    outside.isFailing = faults.has("a failing outside") && this.#isIn("outside", 0.1);
    if (faults.has("clock jumps") && this.#chance.happens(0.05)) {
      clock.jump(this.#chance.between(-jumpMsMax, jumpMsMax));
    }
    if (faults.has("late outcomes") && this.#outcomes.length > 0 && this.#chance.happens(0.1)) {
      server.put(this.#chance.pick(this.#outcomes));
    }
  }

  /** Whether the process is to end in good order, now. */
  wantsStop(): boolean {
    return this.#simulation.plan.faults.has("orderly stops") && this.#chance.happens(0.02);
  }

  /** Outcomes of effects, some of which come again at once, some later. */
  onOutcome(input: Uint8Array): void {
    const { plan, server } = this.#simulation;
    this.#outcomes = [...this.#outcomes, input].slice(-outcomesKept);
    if (plan.faults.has("effects done twice") && this.#chance.happens(0.3)) server?.put(input);
  }

  /** While no process runs. */
  betweenProcesses(): void {
    const { plan, disk } = this.#simulation;
    if (plan.faults.has("damaged snapshots") && this.#chance.happens(0.5)) {
      disk.damageNewestSnapshot();
    }
  }

  /** No more faults. */
  heal(): void {
    const { server, disk, outside } = this.#simulation;
    strike.disarm();
    disk.isFull = false;
    outside.isFailing = false;
    if (server === undefined) return;
    server.journal.isSlow = false;
    server.journal.isPrompt = true;
    server.isMainSlow = false;
  }

  #arm(blow: "loss" | "kill"): void {
    if (!strike.isArmed) strike.arm(blow, this.#chance.between(1, blowPointsMax));
  }

  /** Whether an episode lasts, or begins now. */
  #isIn(name: string, probability: number): boolean {
    const until = this.#until.get(name) ?? 0;
    if (this.#tick < until) return true;
    if (!this.#chance.happens(probability)) return false;
    this.#until.set(name, this.#tick + this.#chance.between(2, episodeTicksMax));
    return true;
  }
}
