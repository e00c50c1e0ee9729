import fc from "fast-check";
import { expect, test } from "vitest";
import { type Gap, Resequencer, type Sequenced } from "../../../clients/consumer/src/index.ts";
import { putBackSeconds } from "../../../clients/consumer/src/put-back.ts";

const receivesMax = 5;
const gapTimeoutMs = 120_000;
const heldPacksMax = 400;
const messagesPerSecond = 1_000;
const secondsMax = 3_600;

test("a pack comes back soon at first, then after as long as a gap is waited for, within what SQS takes", () => {
  const seconds = [1, 2, 3, 4, 5].map((receives) => putBackSeconds(gapTimeoutMs, receives));
  expect(seconds).toEqual([15, 120, 120, 120, 120]);
  expect(putBackSeconds(100, 1)).toBe(1);
  expect(putBackSeconds(12 * 3_600_000, 9)).toBe(43_200);
});

interface Message {
  readonly sequence: number;
  /** In seconds. */
  visibleAt: number;
  receives: number;
}

/** A queue and a consumer that takes at once what can be handed over, second by second. */
class Model {
  readonly taken: number[] = [];
  readonly dead: number[] = [];
  readonly gaps: Gap[] = [];
  readonly #messages: Map<number, Message>;
  readonly #resequencer = new Resequencer<Sequenced>({
    ...{ gapTimeoutMs, heldPacksMax, heldBytesMax: 1_000_000, epochsMax: 4 },
  });

  constructor(backlog: readonly number[]) {
    const entries = backlog.map((sequence): [number, Message] => {
      return [sequence, { sequence, visibleAt: 0, receives: 0 }];
    });
    this.#messages = new Map(entries);
    for (let now = 0; this.#messages.size > 0 && now < secondsMax; now += 1) this.#second(now);
  }

  #second(now: number): void {
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now);
    for (const message of visible.slice(0, messagesPerSecond)) this.#receive(message, now);
    this.gaps.push(...this.#resequencer.expire(1_000 * now));
    this.#take(now);
  }

  #receive(message: Message, now: number): void {
    const { sequence } = message;
    message.receives += 1;
    if (message.receives > receivesMax) {
      this.dead.push(sequence);
      this.#messages.delete(sequence);
      return;
    }
    const pack = { stream: "all", epoch: "e1", sequence, count: 1, bytes: 10 };
    const putBack: Sequenced[] = [];
    // What is held is kept hidden for as long as it takes.
    message.visibleAt = Number.POSITIVE_INFINITY;
    if (this.#resequencer.offer(pack, 1_000 * now, putBack) === "full") putBack.push(pack);
    for (const { sequence: back } of putBack) {
      const hidden = this.#messages.get(back) as Message;
      hidden.visibleAt = now + putBackSeconds(gapTimeoutMs, hidden.receives);
    }
    this.#take(now);
  }

  #take(now: number): void {
    for (;;) {
      const run = this.#resequencer.take(5_000, () => true);
      if (run === undefined) return;
      this.#resequencer.settle(run, true, 1_000 * now);
      for (const { sequence } of run.items) {
        this.#messages.delete(sequence);
        this.taken.push(sequence);
      }
    }
  }
}

const inOrder = Array.from({ length: 1_500 }, (_, i) => i + 1);

test("a backlog of several times what can be held outlasts two gaps in it, and nothing becomes a dead letter", () => {
  const missing = [5, 700];
  const backlog = inOrder.filter((sequence) => !missing.includes(sequence));
  const { taken, dead, gaps } = new Model(backlog);
  expect(dead).toEqual([]);
  expect(gaps.map(({ first, last }) => [first, last])).toEqual(missing.map((n) => [n, n]));
  expect(taken).toEqual(backlog);
});

test("one of nearly four times what can be held comes through in order however it is mixed", () => {
  const mixed = fc.shuffledSubarray(inOrder, { minLength: inOrder.length });
  const property = fc.property(mixed, (backlog) => {
    const { taken, dead, gaps } = new Model(backlog);
    expect([dead, gaps]).toEqual([[], []]);
    expect(taken).toEqual(inOrder);
  });
  fc.assert(property, { numRuns: 5 });
});
