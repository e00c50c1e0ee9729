import fc from "fast-check";
import { expect, test } from "vitest";
import { ActorSet } from "../../../src/runtime/actor/actor-set.ts";

function drain(set: ActorSet): number[] {
  const taken: number[] = [];
  for (let actor = set.takeFrom(0); actor !== -1; actor = set.takeFrom(actor)) taken.push(actor);
  return taken;
}

test("a set is emptied in ascending order, each member once, whatever was added twice", () => {
  const capacity = 70_000;
  const set = new ActorSet(capacity);
  const members = fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: capacity - 1 }),
      fc.constantFrom(0, 31, 32, 63, 64, 1_023, 1_024, 32_767, 32_768, capacity - 1),
    ),
    { maxLength: 300, size: "max" },
  );
  fc.assert(
    fc.property(members, (added) => {
      for (const actor of added) set.add(actor);
      expect(drain(set)).toEqual([...new Set(added)].sort((a, b) => a - b));
      expect(set.takeFrom(0)).toBe(-1);
    }),
  );
});

test("a member that is added while the set is emptied, above the present one, has its turn", () => {
  const set = new ActorSet(4_096);
  for (const actor of [3, 40, 2_000]) set.add(actor);
  expect(set.takeFrom(0)).toBe(3);
  set.add(4);
  set.add(1_999);
  expect(set.takeFrom(3)).toBe(4);
  expect(drain(set)).toEqual([40, 1_999, 2_000]);
});

test("a set of one word holds the numbers of all its bits", () => {
  const set = new ActorSet(32);
  for (let actor = 31; actor >= 0; actor -= 1) set.add(actor);
  expect(drain(set)).toEqual(Array.from({ length: 32 }, (_, i) => i));
});
