import { expect, test } from "vitest";
import { EffectFailedSchema } from "../../../src/gen/tellurion/v1/actor_pb.ts";
import type { WeatherEvent } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { GrantedSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { actors, bootstrap } from "../../support/chaos.ts";

const frames = 40;
const limits = { roundsMax: 4 };

interface Placed {
  readonly workers: number;
  readonly shuffleEveryFrames: number;
}

interface Run {
  readonly hashes: readonly string[];
  readonly handled: number;
  /** Effects whose time came. */
  readonly settled: number;
  readonly events: readonly string[];
  readonly letters: readonly string[];
  readonly log: readonly string[];
  readonly moves: number;
}

function createChaos(seed: number, placed: Placed, more: object = {}): TestWorld {
  return createTestWorld({ actors, bootstrap, seed, limits, ...placed, ...more });
}

/** Notes how often an actor is found on another worker than before. */
class MoveCounter {
  moves = 0;
  readonly #places = new Map<string, number | undefined>();

  look(world: TestWorld): void {
    for (const address of world.actors) {
      const worker = world.workerOf(address);
      const before = this.#places.get(address);
      if (before !== undefined && before !== worker) this.moves += 1;
      this.#places.set(address, worker);
    }
  }
}

/** What actors ask of the outside comes true four frames later, some of it twice, some not at all. */
function settleEffects(world: TestWorld): number {
  const due = world.effects
    .filter(({ frame }) => frame === world.frame - 4)
    .sort((a, b) => (a.address === b.address ? a.id - b.id : a.address < b.address ? -1 : 1));
  due.forEach((effect, i) => {
    const value = BigInt(i);
    const { typeName } = effect.type;
    if (i % 5 === 0) {
      world.settle(effect, EffectFailedSchema, { effect: effect.id, type: typeName, code: "NO" });
    } else if (i % 3 !== 0) world.settle(effect, GrantedSchema, { value });
    if (i % 2 === 0) world.settle(effect, GrantedSchema, { value });
  });
  return due.length;
}

function run(seed: number, placed: Placed): Run {
  const world = createChaos(seed, placed);
  const counter = new MoveCounter();
  const hashes: string[] = [];
  let settled = 0;
  for (let i = 0; i < frames; i += 1) {
    settled += settleEffects(world);
    if (i % 7 === 5) world.checkpoint();
    world.step();
    hashes.push(world.hash());
    if (placed.shuffleEveryFrames > 0) counter.look(world);
  }
  return {
    hashes,
    settled,
    handled: world.handled,
    events: world.events.map(({ frame, topic, address, event }) => {
      return `${frame} ${topic} ${address} ${(event as WeatherEvent).intensity}`;
    }),
    // Dead letters and log lines are for people: what there is must be the same, its order within a frame need not.
    letters: world.deadLetters.map((letter) => JSON.stringify(letter)).sort(),
    log: world.log
      .map(({ frame, address, text }) => `${frame} ${address} ${text.split("\n")[0]}`)
      .sort(),
    moves: counter.moves,
  };
}

const alone = { workers: 1, shuffleEveryFrames: 0 };
const others: readonly Placed[] = [
  { workers: 2, shuffleEveryFrames: 0 },
  { workers: 2, shuffleEveryFrames: 1 },
  { workers: 4, shuffleEveryFrames: 2 },
];

test.each([7, 1_000_003, 2 ** 52 + 1])(
  "the world of seed %i is the same at every frame with 1, 2 and 4 workers, however actors move",
  (seed) => {
    const reference = run(seed, alone);
    for (const placed of others) {
      const { moves, ...other } = run(seed, placed);
      const { moves: _, ...expected } = reference;
      const first = other.hashes.findIndex((hash, i) => hash !== expected.hashes[i]);
      expect(first, `first frame that differs, less 1, with ${JSON.stringify(placed)}`).toBe(-1);
      expect(other).toEqual(expected);
      if (placed.shuffleEveryFrames > 0) expect(moves).toBeGreaterThan(100);
    }
  },
);

test("the world that this is tested with is hard: all that can go wrong does, often", () => {
  const { hashes, handled, settled, events, letters, log } = run(7, alone);
  expect(new Set(hashes).size).toBe(frames);
  expect(handled).toBeGreaterThan(30_000);
  expect(events.length).toBeGreaterThan(100);
  expect(settled).toBeGreaterThan(100);
  const reasons = ["mailbox-full", "already-active", "stopped", "no-such-actor", "effect-settled"];
  for (const reason of reasons) {
    expect(letters.filter((text) => text.includes(reason)).length, reason).toBeGreaterThan(5);
  }
  for (const kind of [
    "resume",
    "restart",
    "return",
    "stop",
    "escalate",
    "child",
    "sibling",
    "twin",
  ]) {
    const failures = log.filter((text) => text.includes(` ${kind}/`) && text.includes("threw on"));
    expect(failures.length, kind).toBeGreaterThan(5);
  }
});

test("messages are carried over in it: with more rounds to a frame it is another world", () => {
  const final = (roundsMax: number): string => {
    const world = createChaos(7, alone, { limits: { roundsMax } });
    world.step(20);
    return world.hash();
  };
  expect(final(4)).not.toBe(final(64));
  expect(final(64)).toBe(final(63));
});

test("another seed gives another world", () => {
  const hashes = [1, 2, 3, 2 ** 32 + 1, 2 ** 33 + 1].map((seed) => {
    const world = createChaos(seed, alone);
    world.step(10);
    return world.hash();
  });
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("the tick rate is part of the world", () => {
  const hashes = [30, 60].map((tickHz) => {
    const world = createChaos(1, alone, { tickHz });
    world.step(20);
    return world.hash();
  });
  expect(new Set(hashes).size).toBe(2);
});
