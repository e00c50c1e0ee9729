import type { WorldIdentity } from "../../src/runtime/journal/history.ts";
import { defaultRetention } from "../../src/runtime/journal/retention.ts";
import { showHash } from "../../src/runtime/world/state-hash.ts";
import type { VaultState, WandererState } from "../gen/tellurion/test/v1/simulation_pb.ts";
import type { Breakage } from "./breakage.ts";
import { Chance } from "./chance.ts";
import { type Acknowledged, Client } from "./client.ts";
import { FaultDriver } from "./fault-driver.ts";
import { type Finding, Findings } from "./findings.ts";
import { Outside } from "./outside.ts";
import { type Plan, planOf } from "./plan.ts";
import { SimulatedClock, settled } from "./simulated-clock.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { SimulatedServer, tooManyLosses } from "./simulated-server.ts";
import { tickHz } from "./simulated-threads.ts";
import { Struck, strike } from "./strike.ts";
import { Timeline } from "./timeline.ts";
import { runUndisturbed } from "./undisturbed.ts";

const tickMs = 1_000 / tickHz;
/** Without faults, a world settles within so many ticks. */
const settleTicksMax = 400;
/** An effect that has waited for longer is not done. */
const effectTicksMax = 90;
/** Ticks between two looks at the actors. */
const lookTicks = 8;

/** One world under one seed: first with faults, then without, until it has settled. */
export class Simulation {
  readonly plan: Plan;
  readonly findings = new Findings();
  readonly timeline = new Timeline(this.findings);
  readonly disk: SimulatedDisk;
  readonly outside: Outside;
  server: SimulatedServer | undefined;
  clock = new SimulatedClock(0);
  processes = 0;
  /** What it went through, to compare two runs. */
  readonly trace: string[] = [];
  readonly #breakage: Breakage | undefined;
  readonly #chance: Chance;
  readonly #clients: readonly Client[];
  readonly #driver: FaultDriver;
  readonly #acknowledged: Acknowledged[] = [];
  #tick = 0;
  #committed = 0;

  constructor(plan: Plan, breakage?: Breakage) {
    const { seed, historyFrames, faults } = plan;
    const chance = (name: string) => new Chance(seed, name);
    this.plan = plan;
    this.#breakage = breakage;
    this.#chance = chance("server");
    const identity: WorldIdentity = {
      ...{ id: `w${seed}`, name: "simulation", seed, tickHz, node: "", schemaHash: "" },
    };
    const retention = { ...defaultRetention, historyFrames, snapshotSpacingFrames: 10 };
    // Only between two processes is there something to damage.
    const endsOften = faults.has("kills") || faults.has("orderly stops");
    const isFile = faults.has("damaged snapshots") && endsOften;
    this.disk = new SimulatedDisk(identity, retention, isFile);
    this.outside = new Outside(chance("outside"), this.disk, this.findings);
    this.#driver = new FaultDriver(this, chance("faults"));
    this.#clients = Array.from({ length: plan.clients }, (_, i) => {
      return new Client({
        ...{ name: `c${i}`, plan, chance: chance(`client ${i}`), findings: this.findings },
        onAcknowledged: (what) => this.#acknowledge(what),
      });
    });
  }

  async run(): Promise<readonly Finding[]> {
    strike.disarm();
    try {
      await this.#restart();
      while (this.#tick < this.plan.ticks && this.findings.all.length === 0) {
        this.#driver.act();
        await this.#step(true);
      }
      this.#driver.heal();
      await this.#settle();
      if (this.findings.all.length === 0) this.#compare();
    } finally {
      strike.disarm();
      this.server?.abandon();
      this.disk.destroy();
    }
    return this.findings.all;
  }

  async #step(hasFaults: boolean): Promise<void> {
    this.#tick += 1;
    try {
      for (const client of this.#clients) client.act(this.#server, hasFaults);
      this.#server.step();
      this.clock.pass(tickMs);
      await settled();
      if (hasFaults && !this.#server.failure && this.#driver.wantsStop()) await this.#stop();
    } catch (error) {
      if (!(error instanceof Struck)) throw error;
      await this.#restart();
    }
    while (this.#server.failure && this.findings.all.length === 0) await this.#replaceFailed();
    this.#watch();
  }

  /** Ends the process in good order: all that it has come to is on the disk then, if that takes it. */
  async #stop(): Promise<void> {
    const server = this.#server;
    server.stop();
    await settled();
    const { frame } = server.threads.world;
    const { reached } = this.disk.store;
    if (server.problem === undefined && reached !== frame) {
      this.findings.add("a stop loses nothing", `of ${frame} frames, the disk has ${reached}`);
    }
    await this.#restart();
  }

  get #server(): SimulatedServer {
    if (this.server === undefined) throw new Error("assertion failed: no process has begun");
    return this.server;
  }

  /** The process is gone; another one takes the world up. It may be killed while it does. */
  async #restart(): Promise<void> {
    for (;;) {
      this.server?.abandon();
      for (const client of this.#clients) client.loseConnection();
      await settled();
      if (this.processes > 0) this.#driver.betweenProcesses();
      this.processes += 1;
      this.clock = new SimulatedClock(this.#chance.between(0, 1_000_000));
      this.server = this.#createServer();
      this.timeline.reconnect(this.disk.store.reached);
      try {
        this.server.begin();
        break;
      } catch (error) {
        if (!(error instanceof Struck)) throw error;
      }
    }
    this.#look();
  }

  #createServer(): SimulatedServer {
    const { plan, disk, outside } = this;
    const workers = plan.workers[this.processes % plan.workers.length] ?? 1;
    return new SimulatedServer({
      ...{ plan, workers, disk, outside, clock: this.clock, breakage: this.#breakage },
      chance: this.#chance,
      snapshotFrames: this.#chance.pick([4, 11, 25, 1_000]),
      now: () => this.#tick * tickMs,
      onFrame: (frame, events) => this.timeline.show(frame, events),
      onResumed: (frame) => {
        this.trace.push(`tick ${this.#tick} on from frame ${frame}`);
        this.timeline.resume(frame);
      },
      onOutcome: (input) => this.#driver.onOutcome(input),
    });
  }

  /** A process that fails is replaced as one that was killed: the only failure that is allowed is to lose too many. */
  async #replaceFailed(): Promise<void> {
    const { failure } = this.#server;
    if (failure && failure.message !== tooManyLosses) {
      this.findings.add("the world runs on", `${failure.code}: ${failure.message}`);
      return;
    }
    await this.#restart();
  }

  #acknowledge(what: Acknowledged): void {
    const { reached } = this.disk.store;
    if (what.frame > reached) {
      const text = `${what.id} of frame ${what.frame} was answered when the disk had ${reached}`;
      this.findings.add("released after commit", text);
    }
    this.#acknowledged.push(what);
  }

  #watch(): void {
    const { reached } = this.disk.store;
    if (reached < this.#committed) {
      this.findings.add("committed never goes back", `from ${this.#committed} to ${reached}`);
    }
    this.#committed = reached;
    if (this.#tick % lookTicks === 0) this.#look();
  }

  #look(): void {
    const { threads } = this.#server;
    const vaults = new Map<string, VaultState>();
    for (const [address, state] of threads.statesOf("vault")) {
      vaults.set(address.slice("vault/".length), state as VaultState);
    }
    // Others forget what they wanted, when they restart.
    for (const [address, state] of threads.statesOf("calm")) {
      const strange = (state as WandererState).strange[0];
      if (strange === undefined) continue;
      this.findings.add("one effect, one outcome", `${address} got a voucher for ${strange}`);
    }
    for (const [name, { ids, outcomes }] of vaults) {
      const twice = ids.find((id, i) => ids.indexOf(id) !== i);
      if (twice) this.findings.add("one key, one outcome", `${twice} is twice in vault ${name}`);
      const again = outcomes.find((effect, i) => outcomes.indexOf(effect) !== i);
      if (again === undefined) continue;
      this.findings.add("one effect, one outcome", `effect ${again} of vault ${name} came twice`);
    }
    const lost = this.#acknowledged.find(({ vault, id }) => !vaults.get(vault)?.ids.includes(id));
    if (lost === undefined) return;
    const text = `${lost.id} of frame ${lost.frame} is not in vault ${lost.vault} at frame`;
    this.findings.add("acknowledged once", `${text} ${threads.world.frame}`);
  }

  async #settle(): Promise<void> {
    let reasons: string[] = [];
    for (let left = settleTicksMax; left > 0 && this.findings.all.length === 0; left -= 1) {
      await this.#step(false);
      reasons = this.#reasonsToWait();
      if (reasons.length === 0) return;
    }
    if (this.findings.all.length > 0) return;
    this.findings.add("the world settles", `after ${settleTicksMax} ticks: ${reasons.join("; ")}`);
  }

  #reasonsToWait(): string[] {
    const { journal, problem, threads } = this.#server;
    const reasons = this.#clients.flatMap((client) => client.waiting);
    if (problem !== undefined) reasons.push(problem);
    // The main thread may not have heard of it yet.
    else if (journal.status.degraded) reasons.push("the disk has not taken all");
    for (const { number, address } of threads.world.conductor.registry.all()) {
      for (const effect of threads.world.coreOf(number).cellAt(number)?.effects.values() ?? []) {
        const age = threads.world.frame - effect.frame;
        if (age > effectTicksMax) reasons.push(`effect ${effect.id} of ${address} is not done`);
      }
    }
    return reasons;
  }

  /** The world against an undisturbed run of what was recorded. */
  #compare(): void {
    const server = this.#server;
    server.synchronize();
    const { frame } = server.threads.world;
    if (this.disk.store.reached !== frame) {
      const text = `the disk has frames up to ${this.disk.store.reached}, the world is at ${frame}`;
      this.findings.add("the world settles", text);
      return;
    }
    this.#look();
    const hash = showHash(server.threads.world.hash());
    this.trace.push(`tick ${this.#tick} frame ${frame} hash ${hash}`);
    const workers = this.#chance.pick([1, 2, 4]);
    const undisturbed = runUndisturbed(this.disk, this.plan.seed, workers);
    for (const [shown, events] of this.timeline.shown) {
      if (shown <= undisturbed.from || undisturbed.events.get(shown) === events) continue;
      this.findings.add("the same events", `frame ${shown} shows others when it is run again`);
      break;
    }
    if (undisturbed.hash === hash) return;
    this.findings.add("the same state", `${hash} after frame ${frame}, then ${undisturbed.hash}`);
  }
}

/** Runs what a seed has picked, and returns what it found wrong. */
export async function runSeed(seed: number, breakage?: Breakage): Promise<readonly Finding[]> {
  return new Simulation(planOf(seed), breakage).run();
}
