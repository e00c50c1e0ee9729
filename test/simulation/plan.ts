import { Chance } from "./chance.ts";

/** Faults that a simulation can have. */
const faultNames = [
  "failing handlers",
  "stuck handlers",
  "lost workers",
  "kills",
  "orderly stops",
  "full mailboxes",
  "a slow disk",
  "a full disk",
  "a small journal",
  "effects done twice",
  "late outcomes",
  "clock jumps",
  "damaged snapshots",
  "a slow main thread",
  "a failing outside",
] as const;

export type FaultName = (typeof faultNames)[number];

/** What one seed does: its workload and its faults. */
export interface Plan {
  readonly seed: number;
  /** Ticks with faults; after them come ticks without. */
  readonly ticks: number;
  readonly vaults: number;
  readonly clients: number;
  /** Commands that a client sends in a tick, on average. */
  readonly callsPerTick: number;
  /** Of commands: those that have an idempotency key. */
  readonly keyedShare: number;
  readonly workers: readonly number[];
  readonly shuffleEveryFrames: number;
  /** How far a replay can go back, at least, in frames. */
  readonly historyFrames: number;
  readonly journalBytesMax: number;
  readonly faults: ReadonlySet<FaultName>;
}

/** Of large worlds: as good as none. */
const plenty = 16_777_216;
/** Large enough for a snapshot and for a frame, small enough to run over while the disk takes nothing. */
const few = 40_000;

export function planOf(seed: number): Plan {
  const chance = new Chance(seed, "plan");
  const share = chance.pick([0.15, 0.3, 0.5]);
  const faults = new Set(faultNames.filter(() => chance.happens(share)));
  return {
    seed,
    ticks: chance.between(30, 110),
    vaults: chance.between(1, 3),
    clients: chance.between(1, 3),
    callsPerTick: chance.pick([0.15, 0.4, 0.8]),
    keyedShare: chance.pick([0, 0.3, 0.7, 1]),
    workers: Array.from({ length: 3 }, () => chance.pick([1, 2, 4])),
    shuffleEveryFrames: chance.pick([0, 0, 1, 7]),
    historyFrames: chance.pick([10, 216_000, 216_000]),
    journalBytesMax: faults.has("a small journal") ? few : plenty,
    faults,
  };
}

/** The plan in words, a line for each part. */
export function describePlan(plan: Plan): string[] {
  const { vaults, clients, callsPerTick, keyedShare, workers, shuffleEveryFrames } = plan;
  const keyed = `${keyedShare * 100} % of them keyed`;
  const moves = shuffleEveryFrames > 0 ? `moves every ${shuffleEveryFrames} frames` : "no moves";
  return [
    `seed ${plan.seed}: ${plan.ticks} ticks with faults, history of ${plan.historyFrames} frames`,
    `  workload: ${vaults} vaults, ${clients} clients, ${callsPerTick} calls a tick, ${keyed}`,
    `  workers, one process after another: ${workers.join(", ")}; ${moves}`,
    `  faults: ${[...plan.faults].join(", ") || "none"}`,
  ];
}
