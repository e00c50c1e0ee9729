import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deadlines } from "../../../src/actors/quest/deadlines.ts";
import { ObjectiveTree } from "../../../src/actors/quest/objective-tree.ts";

const text = fc.constantFrom("", "a", "b", "c");
const pattern = fc.tuple(text, text, text);
const texts = fc.tuple(...[text, text, text].map((part) => part));

describe("the tree of objectives", () => {
  it("finds exactly those whose pattern fits, whatever was added and removed before", () => {
    const change = fc.record({
      pattern,
      number: fc.integer({ min: 1, max: 5 }),
      step: fc.integer({ min: 0, max: 2 }),
      add: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.array(texts), (changes, events) => {
        const tree = new ObjectiveTree();
        const naive = new Map<string, { pattern: string[]; number: number; step: number }>();
        for (const { pattern, number, step, add } of changes) {
          const key = JSON.stringify([pattern, number, step]);
          if (add) {
            tree.add(pattern, { number, step });
            naive.set(key, { pattern, number, step });
          } else {
            tree.remove(pattern, { number, step });
            naive.delete(key);
          }
        }
        for (const event of events) {
          const found: { number: number; step: number }[] = [];
          tree.match(event, found);
          const wanted = [...naive.values()].filter(({ pattern }) =>
            pattern.every((part, i) => part === "" || part === event[i]),
          );
          const names = (list: { number: number; step: number }[]) =>
            list.map(({ number, step }) => `${number}.${step}`).sort();
          expect(names(found)).toEqual(names(wanted));
        }
      }),
    );
  });

  it("costs an event what fits, and not what there is", () => {
    const cost = (count: number, event: string[]) => {
      const tree = new ObjectiveTree();
      for (let i = 0; i < count; i += 1) tree.add([`player.${i}`, "3", ""], { number: i, step: 0 });
      tree.match(event, []);
      return tree.visited;
    };
    expect(cost(10_000, ["player.7", "3", "x"])).toBe(cost(10, ["player.7", "3", "x"]));
    expect(cost(10_000, ["stranger", "3", "x"])).toBe(1);
  });

  it("holds nothing once all is removed", () => {
    const tree = new ObjectiveTree();
    const all = [
      ["a", "", "b"],
      ["a", "c", ""],
      ["", "", ""],
    ];
    for (const pattern of all) tree.add(pattern, { number: 1, step: 1 });
    for (const pattern of all) tree.remove(pattern, { number: 1, step: 1 });
    tree.match(["a", "c", "b"], []);
    expect(tree.visited).toBe(1);
  });
});

describe("deadlines", () => {
  it("come out in order, those that are due and no others", () => {
    const deadline = fc.record({
      dueMs: fc.integer({ min: 1, max: 20 }),
      number: fc.integer({ min: 1, max: 4 }),
      step: fc.integer({ min: -1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(deadline), fc.integer({ min: 0, max: 21 }), (list, nowMs) => {
        const deadlines = new Deadlines();
        for (const one of list) deadlines.add(one);
        const taken = [];
        for (let one = deadlines.takeDue(nowMs); one; one = deadlines.takeDue(nowMs)) {
          taken.push(one);
        }
        const wanted = list
          .filter(({ dueMs }) => dueMs <= nowMs)
          .sort((a, b) => a.dueMs - b.dueMs || a.number - b.number || a.step - b.step);
        expect(taken).toEqual(wanted);
        expect(deadlines.size).toBe(list.length - taken.length);
      }),
    );
  });
});
