import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import { Barrier, barrierWords } from "../../../src/runtime/memory/barrier.ts";
import type { BarrierJob, BarrierOutcome } from "../../support/barrier-worker.ts";
import { within } from "../../support/within.ts";

function createBarrier(): SharedArrayBuffer {
  return new SharedArrayBuffer(barrierWords * Int32Array.BYTES_PER_ELEMENT);
}

interface Party {
  readonly outcome: Promise<BarrierOutcome>;
  readonly online: Promise<unknown>;
}

function startParties(jobs: readonly BarrierJob[]): Party[] {
  return jobs.map((job) => {
    const url = new URL("../../support/barrier-worker.ts", import.meta.url);
    const thread = new Worker(url, { workerData: job });
    const outcome = once(thread, "message").then(([message]) => message as BarrierOutcome);
    return { outcome, online: once(thread, "online") };
  });
}

function jobsOf(parties: number, spins: number, rounds: number): BarrierJob[] {
  const common = {
    barrier: createBarrier(),
    written: new SharedArrayBuffer(parties * 2 * Int32Array.BYTES_PER_ELEMENT),
    parties,
    spins,
    rounds,
  };
  return Array.from({ length: parties }, (_, party) => ({ ...common, party }));
}

test.each([
  { parties: 2, spins: 0, rounds: 5_000 },
  { parties: 2, spins: 4_000, rounds: 6_000 },
  { parties: 3, spins: 0, rounds: 3_000 },
  { parties: 3, spins: 20, rounds: 3_000 },
  { parties: 4, spins: 0, rounds: 2_000 },
])(
  "$parties threads, spins=$spins: each sees what all others wrote before the barrier",
  async ({ parties, spins, rounds }) => {
    const outcomes = await Promise.all(
      startParties(jobsOf(parties, spins, rounds)).map((party) => party.outcome),
    );
    expect(outcomes).toEqual(
      Array.from({ length: parties }, () => ({ rounds, wrong: 0, aborted: false })),
    );
  },
);

test.each([0, 1_000_000_000])("abort releases threads that wait with spins=%i", async (spins) => {
  const jobs = jobsOf(4, spins, 0);
  // The last party never comes: all others wait in their first round, or will.
  const parties = startParties(jobs.slice(0, 2));
  await Promise.all(parties.map((party) => party.online));
  const shared = (jobs[0] as BarrierJob).barrier;
  const arrived = new Int32Array(shared);
  while (Atomics.load(arrived, 0) < 2) await new Promise(setImmediate);
  new Barrier(arrived, 4).abort();
  const outcomes = await within(
    "parties to leave",
    Promise.all(parties.map((party) => party.outcome)),
  );
  expect(outcomes).toEqual([0, 1].map(() => ({ rounds: 0, wrong: 0, aborted: true })));
});

test("a barrier that was aborted lets nobody wait again", () => {
  const barrier = new Barrier(new Int32Array(createBarrier()), 2);
  expect(barrier.aborted).toBe(false);
  barrier.abort();
  expect(barrier.aborted).toBe(true);
  expect([barrier.wait(0), barrier.wait(10), barrier.wait(0)]).toEqual([false, false, false]);
});

test("a barrier of one party never waits", () => {
  const barrier = new Barrier(new Int32Array(createBarrier()), 1);
  for (let i = 0; i < 100; i += 1) expect(barrier.wait(0)).toBe(true);
});

test("a party that is the last but one to come does not miss an opening at the very moment it came", () => {
  const words = new Int32Array(createBarrier());
  const barrier = new Barrier(words, 2);
  const add = Atomics.add.bind(Atomics);
  // The other party comes, and opens, right after this one has counted itself in.
  const counted = vi.spyOn(Atomics, "add").mockImplementationOnce((array, index, value) => {
    const before = add(array as unknown as Int32Array, index, Number(value));
    expect(new Barrier(words, 2).wait(0)).toBe(true);
    return before as never;
  });
  const slept = vi.spyOn(Atomics, "wait").mockImplementation(() => {
    throw new Error("it sleeps, and nobody is left to wake it");
  });
  try {
    expect(barrier.wait(0)).toBe(true);
  } finally {
    counted.mockRestore();
    slept.mockRestore();
  }
});

test("a party that the others open for just before it sleeps, does not sleep", () => {
  const words = new Int32Array(createBarrier());
  const wait = Atomics.wait.bind(Atomics);
  const outcomes: string[] = [];
  const slept = vi.spyOn(Atomics, "wait").mockImplementation((array, index, value, timeout) => {
    // The other party comes between the last look at the generation and the sleep.
    expect(new Barrier(words, 2).wait(0)).toBe(true);
    outcomes.push(wait(array as unknown as Int32Array, index, Number(value), timeout));
    return outcomes.at(-1) as "not-equal";
  });
  try {
    expect(new Barrier(words, 2).wait(0)).toBe(true);
  } finally {
    slept.mockRestore();
  }
  expect(outcomes).toEqual(["not-equal"]);
});
