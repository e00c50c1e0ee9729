import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectIn } from "../../../clients/typescript/src/connect.ts";
import type { World } from "../../../clients/typescript/src/world.ts";
import { FakeNetwork, settle } from "./fake-network.ts";

const stepMs = 1_000 / 60;
const accuracyMs = 5;
const settleMs = 15_000;
const watchMs = 60_000;
const readEveryMs = 16;

interface Path {
  /** One way, in milliseconds: a fixed part and a random one. */
  readonly there: number;
  readonly back: number;
  readonly jitter: number;
}

/** A world whose clock is known, at the end of a line that delays both ways. */
class FarWorld {
  readonly network = new FakeNetwork();
  readonly #path: Path;
  readonly #random: () => number;
  #rate: number;
  #anchor = { localMs: 0, worldMs: 0 };
  #lastBackMs = 0;
  #lastThereMs = 0;
  /** The server tells the time of its last frame only. */
  readonly isInFrames: boolean;

  constructor(path: Path, seed: number, driftPpm = 0, isInFrames = true) {
    this.#path = path;
    this.#rate = 1 + driftPpm / 1e6;
    this.isInFrames = isInFrames;
    let state = seed;
    this.#random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    this.#anchor = { localMs: this.network.nowMs, worldMs: 1_000_000 + this.#random() * 1_000 };
  }

  get timeMs(): number {
    const { localMs, worldMs } = this.#anchor;
    return worldMs + (this.network.nowMs - localMs) * this.#rate;
  }

  /** Loses time, without a word of it. */
  standStill(ms: number): void {
    this.#anchor = { localMs: this.network.nowMs, worldMs: this.timeMs - ms };
  }

  /** As long as nobody is there to hear of it. */
  dilateUnheard(factor: number): void {
    this.#anchor = { localMs: this.network.nowMs, worldMs: this.timeMs };
    this.#rate = factor;
  }

  dilate(factor: number): void {
    this.dilateUnheard(factor);
    this.network.socket.tell({ case: "timeDilation", value: { factor } });
  }

  async join(): Promise<World> {
    const { network } = this;
    const joining = connectIn(network, { url: "ws://far" });
    const { socket } = network;
    socket.answer = (body) => {
      if (body.case === "ping") this.#carry(body.value.clientTimeMs);
    };
    socket.open();
    await settle();
    const frame = BigInt(Math.floor(this.timeMs / stepMs));
    socket.tell({ case: "welcome", value: { frame, tickHz: 60, world: "far" } });
    return joining;
  }

  /** A line keeps the order of its messages. */
  #carry(clientTimeMs: number): void {
    const { network } = this;
    const { there, back, jitter } = this.#path;
    const atMs = network.nowMs + there + jitter * this.#random();
    this.#lastThereMs = Math.max(this.#lastThereMs, atMs);
    network.after(this.#lastThereMs - network.nowMs, () => {
      const frame = Math.floor(this.timeMs / stepMs);
      const worldTimeMs = this.isInFrames ? frame * stepMs : this.timeMs;
      const backMs = network.nowMs + back + jitter * this.#random();
      this.#lastBackMs = Math.max(this.#lastBackMs, backMs);
      network.after(this.#lastBackMs - network.nowMs, () =>
        network.socket.tell({
          case: "pong",
          value: { clientTimeMs, frame: BigInt(frame), worldTimeMs },
        }),
      );
    });
  }
}

/** Reads the clock as a game does, and gives the greatest error after a time. */
function watch(far: FarWorld, world: World, forMs: number, fromMs = 0): number {
  let before = world.clock.now();
  let worst = 0;
  const startMs = far.network.nowMs;
  while (far.network.nowMs - startMs < forMs) {
    far.network.pass(readEveryMs);
    const now = world.clock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
    if (far.network.nowMs - startMs < fromMs) continue;
    worst = Math.max(worst, Math.abs(now - far.timeMs));
  }
  return worst;
}

/** Chance has tails: which lines are tried is the same each time. */
const seed = 20_261;
const seeds = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const drifts = fc.integer({ min: -50, max: 50 });

describe("the world's clock", () => {
  test("is within 5 ms under 100 ± 40 ms of round trip, and never goes back", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, drifts, fc.boolean(), async (seed, drift, isInFrames) => {
        const far = new FarWorld({ there: 30, back: 30, jitter: 40 }, seed, drift, isInFrames);
        const world = await far.join();
        expect(watch(far, world, watchMs, settleMs)).toBeLessThan(accuracyMs);
        expect(world.clock.isSettled).toBe(true);
      }),
      { numRuns: 60, seed },
    );
  });

  test("errs by half of what the ways differ, which nobody can know, and by no more", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.nat(60), fc.nat(60), async (seed, there, back) => {
        const far = new FarWorld({ there, back, jitter: 40 }, seed);
        const world = await far.join();
        const unknowable = Math.abs(there - back) / 2;
        const worst = watch(far, world, watchMs, settleMs);
        expect(worst).toBeLessThan(unknowable + accuracyMs);
        expect(world.clock.uncertaintyMs).toBeGreaterThan(worst - accuracyMs);
      }),
      { numRuns: 30, seed },
    );
  });

  test("follows a world that slows down, and one that catches its breath", async () => {
    const far = new FarWorld({ there: 30, back: 30, jitter: 40 }, 7);
    const world = await far.join();
    watch(far, world, settleMs);
    far.dilate(0.5);
    expect(watch(far, world, watchMs, settleMs)).toBeLessThan(accuracyMs);
    far.dilate(1);
    expect(watch(far, world, watchMs, settleMs)).toBeLessThan(accuracyMs);
  });

  test("finds the time again of a world that stood still for a while", async () => {
    const far = new FarWorld({ there: 30, back: 30, jitter: 40 }, 13);
    const world = await far.join();
    watch(far, world, settleMs);
    far.standStill(3_000);
    expect(watch(far, world, watchMs, settleMs)).toBeLessThan(accuracyMs);
  });

  /** Cuts the connection, lets the client come again, and tells by how much its clock steps with the welcome. */
  async function comeAgain(far: FarWorld, world: World, resumed: boolean): Promise<number> {
    const { answer } = far.network.socket;
    far.network.socket.cut();
    watch(far, world, 2_000);
    const { socket } = far.network;
    socket.answer = answer;
    socket.open();
    await settle();
    const frame = BigInt(Math.floor(far.timeMs / stepMs));
    // What a welcome says is of when it was sent.
    far.network.pass(60);
    const before = world.clock.now();
    socket.tell({ case: "welcome", value: { frame, tickHz: 60, resumed } });
    return world.clock.now() - before;
  }

  test.each([
    ["its session", true],
    ["a new session", false],
  ])("goes on with %s after a cut without going back", async (_what, resumed) => {
    const far = new FarWorld({ there: 30, back: 30, jitter: 40 }, 11);
    const world = await far.join();
    watch(far, world, settleMs);
    expect(await comeAgain(far, world, resumed)).toBe(0);
    expect(watch(far, world, 20_000)).toBeLessThan(accuracyMs);
  });

  test("has its normal speed again with a new connection, unless the server says otherwise", async () => {
    const far = new FarWorld({ there: 30, back: 30, jitter: 40 }, 19);
    const world = await far.join();
    far.dilate(0.5);
    watch(far, world, settleMs);
    far.dilateUnheard(1);
    await comeAgain(far, world, true);
    expect(watch(far, world, watchMs, settleMs)).toBeLessThan(accuracyMs);
  });

  test.each([
    ["slows down for a world that has lost nine seconds", 9_000, 0],
    ["steps back for a world that has lost eleven", 11_000, -11_000],
  ])("%s meanwhile", async (_what, lostMs, step) => {
    const far = new FarWorld({ there: 30, back: 30, jitter: 40 }, 17);
    const world = await far.join();
    watch(far, world, settleMs);
    far.standStill(lostMs);
    expect(Math.abs((await comeAgain(far, world, false)) - step)).toBeLessThan(100);
    expect(watch(far, world, 30_000, settleMs)).toBeLessThan(accuracyMs);
  });
});
