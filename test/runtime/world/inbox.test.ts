import fc from "fast-check";
import { expect, test } from "vitest";
import { Inbox, type Outcome } from "../../../src/runtime/world/inbox.ts";

const digest = Uint8Array.of(1, 2, 3);
const otherDigest = Uint8Array.of(1, 2, 4);

function outcome(value: number): Outcome {
  return { error: undefined, payload: Uint8Array.of(value) };
}

function create(keysMax = 10) {
  const inbox = new Inbox(keysMax);
  const answers: string[] = [];
  const join = (who: string, key: string, asked = digest): boolean =>
    inbox.join(key, asked, ({ payload }) => answers.push(`${who} ${payload[0]}`));
  return { inbox, answers, join };
}

test("the first who asks is to carry it out, and all others wait for the one outcome", () => {
  const { inbox, answers, join } = create();
  expect(["Ann", "Bob", "Cid"].map((who) => join(who, "k"))).toEqual([false, true, true]);
  expect(answers).toEqual([]);
  inbox.settle("k", outcome(7));
  expect(answers).toEqual(["Ann 7", "Bob 7", "Cid 7"]);
  expect(join("Dot", "k")).toBe(true);
  expect(answers.at(-1)).toBe("Dot 7");
});

test("the first outcome counts", () => {
  const { inbox, answers, join } = create();
  join("Ann", "k");
  inbox.settle("k", outcome(1));
  inbox.settle("k", outcome(2));
  inbox.settle("never asked for", outcome(3));
  join("Bob", "k");
  expect(answers).toEqual(["Ann 1", "Bob 1"]);
  expect(join("Cid", "never asked for")).toBe(false);
});

test("a key that was used for another request is refused, before and after the outcome", () => {
  const { inbox, answers, join } = create();
  join("Ann", "k");
  const reuse = (): unknown => join("Bob", "k", otherDigest);
  expect(reuse).toThrow(expect.objectContaining({ code: "IDEMPOTENCY_KEY_REUSED" }));
  inbox.settle("k", outcome(1));
  expect(reuse).toThrow(/idempotency key "k" was used for another request/);
  expect(answers).toEqual(["Ann 1"]);
});

test("a command that was not taken frees its key, one that has an outcome does not", () => {
  const { inbox, join } = create();
  join("Ann", "k");
  inbox.release("k");
  expect(inbox.digestOf("k")).toBeUndefined();
  expect(join("Ann", "k", otherDigest)).toBe(false);
  inbox.settle("k", outcome(1));
  inbox.release("k");
  expect(inbox.digestOf("k")).toEqual(otherDigest);
});

test("what an earlier run knew is answered, or waited for", () => {
  const { inbox, answers, join } = create();
  inbox.restore("known", digest, outcome(1));
  inbox.restore("asked", digest, undefined);
  expect(join("Ann", "known")).toBe(true);
  expect(join("Bob", "asked")).toBe(true);
  expect(() => join("Cid", "asked", otherDigest)).toThrow("was used for another request");
  inbox.settle("asked", outcome(2));
  expect(answers).toEqual(["Ann 1", "Bob 2"]);
});

test("those that wait for their outcome take no room from those that have one", () => {
  const { inbox, answers, join } = create(1);
  for (const key of ["a", "b", "c"]) join("Ann", key);
  inbox.settle("a", outcome(1));
  expect(join("Bob", "a")).toBe(true);
  expect(answers).toEqual(["Ann 1", "Bob 1"]);
});

test("it does what a list of all that ever happened would do, of which the newest outcomes are kept", () => {
  const keys = fc.integer({ min: 0, max: 7 }).map(String);
  const step = fc.record({
    what: fc.constantFrom("join" as const, "join" as const, "settle" as const, "release" as const),
    key: keys,
    asked: fc.constantFrom(digest, digest, digest, otherDigest),
  });
  const known = fc.uniqueArray(fc.record({ key: keys, settled: fc.boolean() }), {
    selector: ({ key }) => key,
    maxLength: 3,
  });
  const room = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80, size: "max" }),
      known,
      room,
      (steps, restored, keysMax) => {
        const { inbox, answers, join } = create(keysMax);
        const model = new Model(keysMax);
        for (const { key, settled } of restored) {
          inbox.restore(key, digest, settled ? outcome(99) : undefined);
          model.restore(key, digest, settled ? 99 : undefined);
        }
        steps.forEach(({ what, key, asked }, i) => {
          if (what === "release") {
            inbox.release(key);
            model.release(key);
          } else if (what === "settle") {
            inbox.settle(key, outcome(i));
            model.settle(key, i);
          } else {
            expect(outcomeOf(() => join(`${i}`, key, asked))).toBe(model.join(`${i}`, key, asked));
          }
          expect(answers).toEqual(model.answers);
        });
      },
    ),
    { numRuns: 300 },
  );
});

function outcomeOf(run: () => boolean): boolean | "refused" {
  try {
    return run();
  } catch {
    return "refused";
  }
}

interface Row {
  readonly key: string;
  readonly asked: Uint8Array;
  value: number | undefined;
  waiting: string[];
}

class Model {
  readonly answers: string[] = [];
  readonly #keysMax: number;
  #open: Row[] = [];
  /** The oldest outcome first. */
  #settled: Row[] = [];

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  restore(key: string, asked: Uint8Array, value: number | undefined): void {
    const row = { key, asked, value, waiting: [] };
    if (value === undefined) this.#open.push(row);
    else this.#settled.push(row);
  }

  join(who: string, key: string, asked: Uint8Array): boolean | "refused" {
    const row = [...this.#open, ...this.#settled].find((other) => other.key === key);
    if (row === undefined) {
      this.#open.push({ key, asked, value: undefined, waiting: [who] });
      return false;
    }
    if (row.asked !== asked) return "refused";
    if (row.value === undefined) row.waiting.push(who);
    else this.answers.push(`${who} ${row.value}`);
    return true;
  }

  settle(key: string, value: number): void {
    const row = this.#open.find((other) => other.key === key);
    if (row === undefined) return;
    row.value = value;
    this.#open = this.#open.filter((other) => other !== row);
    this.#settled = [...this.#settled, row].slice(-this.#keysMax);
    for (const who of row.waiting) this.answers.push(`${who} ${value}`);
  }

  release(key: string): void {
    this.#open = this.#open.filter((other) => other.key !== key);
  }
}
