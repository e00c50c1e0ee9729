import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiledOf, configure, type State } from "../../../src/actors/language/compiled.ts";
import { headStart, pointsToKnow } from "../../../src/actors/language/learning.ts";
import {
  findListener,
  knowsConcept,
  listenerOf,
  listenersIn,
  listenersMax,
  moveConcepts,
  pointsMax,
  pointsOf,
  presenceMs,
  setPoints,
} from "../../../src/actors/language/listeners.ts";
import { LanguageStateSchema } from "../../../src/gen/tellurion/v1/language_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { configuration } from "./definitions.ts";

function emptyState(concepts: readonly string[] = ["wolf", "bear"]): State {
  return codecOf(LanguageStateSchema).complete({ concepts: [...concepts] });
}

describe("the list of listeners", () => {
  it("is bounded: who has learned nothing gives way, the one who acted longest ago first", () => {
    const state = emptyState();
    for (let i = 0; i < listenersMax; i += 1) {
      const listener = listenerOf(state, `p${i}`);
      if (listener) listener.actedMs = BigInt(i === 7 ? 1 : 100 + i);
    }
    const first = findListener(state, "p7");
    if (first) first.known = 1;
    expect(listenerOf(state, "late")).toBeDefined();
    expect(state.listeners).toHaveLength(listenersMax);
    expect(findListener(state, "p0")).toBeUndefined();
    expect(findListener(state, "p7")).toBeDefined();
    for (const listener of state.listeners) listener.known = 1;
    expect(listenerOf(state, "later")).toBeUndefined();
    expect(state.turnedAway).toBe(1);
    expect(listenerOf(state, "late")?.player).toBe("late");
  });

  it("finds the same players after a restore, when nothing is derived yet", () => {
    const state = emptyState();
    for (const player of ["anna", "ben"]) listenerOf(state, player);
    const codec = codecOf(LanguageStateSchema);
    const restored: State = codec.decode(codec.toBytes(state));
    expect(listenerOf(restored, "ben")).toBe(restored.listeners[1]);
    expect(restored.listeners).toHaveLength(2);
  });

  it("holds who is in a region until a day after their last act", () => {
    const state = emptyState();
    const anna = listenerOf(state, "anna");
    if (anna) Object.assign(anna, { region: "moor", actedMs: 5n });
    const there = (gameMs: bigint) => listenersIn(state, "moor", gameMs).length;
    expect([there(5n), there(5n + presenceMs), there(6n + presenceMs)]).toEqual([1, 1, 0]);
    expect(listenersIn(state, "coast", 5n)).toEqual([]);
  });
});

describe("points", () => {
  it("are kept per concept, with whether it is known, and never overflow", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(39), fc.nat(100_000), fc.boolean()), { maxLength: 80 }),
        (changes) => {
          const state = emptyState();
          const listener = listenerOf(state, "anna");
          if (listener === undefined) throw new Error("no listener");
          const expected = new Map<number, [number, boolean]>();
          for (const [concept, points, known] of changes) {
            setPoints(listener, concept, 40, points, known);
            expected.set(concept, [Math.min(points, pointsMax), known]);
          }
          for (let concept = 0; concept < 40; concept += 1) {
            const [points, known] = expected.get(concept) ?? [0, false];
            expect(pointsOf(listener, concept)).toBe(points);
            expect(knowsConcept(listener, concept)).toBe(known);
          }
        },
      ),
    );
  });

  it("go with their concepts when those get other places", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    fc.assert(
      fc.property(fc.shuffledSubarray(names), fc.shuffledSubarray(names), (before, after) => {
        const state = emptyState(before);
        const listener = listenerOf(state, "anna");
        if (listener === undefined) throw new Error("no listener");
        before.forEach((name, i) => {
          setPoints(listener, i, before.length, 10 + name.charCodeAt(0), i % 2 === 0);
          if (i % 2 === 0) listener.known += 1;
        });
        moveConcepts(state, after);
        after.forEach((name, i) => {
          const was = before.indexOf(name);
          expect(pointsOf(listener, i)).toBe(was < 0 ? 0 : 10 + name.charCodeAt(0));
          expect(knowsConcept(listener, i)).toBe(was >= 0 && was % 2 === 0);
        });
        const known = after.filter(
          (name) => before.includes(name) && before.indexOf(name) % 2 === 0,
        );
        expect(listener.known).toBe(known.length);
        expect(state.concepts).toEqual(after);
      }),
    );
  });

  it("that are needed are the same for a player and a word, and at most what 98 of 100 have enough with", () => {
    const needed = Array.from({ length: 2_000 }, (_, i) => pointsToKnow(7n, `p${i}`, "wolf"));
    expect(pointsToKnow(7n, "p3", "wolf")).toBe(needed[3]);
    expect(Math.min(...needed)).toBe(100);
    expect(Math.max(...needed)).toBeLessThanOrEqual(Math.ceil(-Math.log(0.02) * 600));
    const within = needed.filter((points) => points <= 600).length / needed.length;
    expect(within).toBeGreaterThan(0.6);
    expect(within).toBeLessThan(0.69);
  });

  it("are given ahead by a relative's word: all for the same word, none for another one", () => {
    expect(headStart(1)).toBeGreaterThanOrEqual(Math.ceil(-Math.log(0.02) * 600));
    expect(headStart(0.5)).toBe(0);
    expect(headStart(0)).toBe(0);
    expect(headStart(0.8)).toBeLessThan(headStart(0.9));
  });
});

describe("a configuration", () => {
  it("leads to the same language from a state alone as from itself", () => {
    const state = emptyState();
    configure(state, configuration(), "");
    const kept = compiledOf(state);
    const made = compiledOf({ ...state, digest: "of a restored world" });
    expect(made).not.toBe(kept);
    expect([...made.tongue.lexicon.bySpelling]).toEqual([...kept.tongue.lexicon.bySpelling]);
    expect(compiledOf(state)).toBe(kept);
  });
});
