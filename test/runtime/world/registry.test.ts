import fc from "fast-check";
import { expect, test } from "vitest";
import { catalogueOf } from "../../../src/runtime/world/catalogue.ts";
import { bindKinds, type Kind } from "../../../src/runtime/world/kinds.ts";
import { type Registered, Registry } from "../../../src/runtime/world/registry.ts";
import { scripted } from "../../support/scripted.ts";

const definitions = [scripted("a"), scripted("b")];
const kinds = bindKinds(definitions, catalogueOf(definitions));
const kind = kinds.byName.get("a") as Kind;

function create(actorsMax = 65_536): Registry {
  return new Registry(kinds, actorsMax);
}

function add(registry: Registry, address: string, parent = 0): Registered {
  const actor = registry.add(address, kind, parent);
  if (actor === undefined) throw new Error(`${address} was not added`);
  return actor;
}

test("numbers begin at 1 and are given without gaps", () => {
  const registry = create();
  expect(["a/x", "a/y", "a/z"].map((address) => add(registry, address).number)).toEqual([1, 2, 3]);
  expect(registry.size).toBe(3);
});

test("a free number rests for a frame, and then the smallest free one is given first", () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant({ do: "add" as const, pick: 0 }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("remove" as const), pick: fc.nat() }) },
      { weight: 2, arbitrary: fc.constant({ do: "frame" as const, pick: 0 }) },
    ),
    { maxLength: 300, size: "max" },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const registry = create();
      const active: Registered[] = [];
      let free: number[] = [];
      let resting: number[] = [];
      let last = 0;
      let names = 0;
      for (const step of script) {
        if (step.do === "frame") {
          registry.beginFrame();
          free = [...free, ...resting].sort((a, b) => a - b);
          resting = [];
        } else if (step.do === "add") {
          names += 1;
          const actor = add(registry, `a/${names}`);
          const expected = free.shift() ?? last + 1;
          last = Math.max(last, expected);
          expect(actor.number).toBe(expected);
          active.push(actor);
        } else if (active.length > 0) {
          const [actor] = active.splice(step.pick % active.length, 1) as [Registered];
          registry.remove(actor);
          resting.push(actor.number);
        }
        expect(registry.size).toBe(active.length);
      }
      for (const actor of active) {
        expect(registry.at(actor.address)).toBe(actor);
        expect(registry.of(actor.number)).toBe(actor);
      }
    }),
  );
});

test("an actor that is gone is found neither by its address nor by its number", () => {
  const registry = create();
  const actor = add(registry, "a/x");
  registry.remove(actor);
  expect(registry.at("a/x")).toBeUndefined();
  expect(registry.of(actor.number)).toBeUndefined();
});

test("when there is no number left, nobody is added, and no number is lost over it", () => {
  const registry = create(3);
  const actors = ["a/1", "a/2", "a/3"].map((address) => add(registry, address));
  for (let i = 0; i < 5; i += 1) expect(registry.add("a/4", kind, 0)).toBeUndefined();
  expect(registry.at("a/4")).toBeUndefined();
  registry.remove(actors[1] as Registered);
  expect(registry.add("a/4", kind, 0)).toBeUndefined();
  registry.beginFrame();
  expect(add(registry, "a/4").number).toBe(2);
});

test("parents know their children as long as these live", () => {
  const registry = create();
  const parent = add(registry, "a/parent");
  const child = add(registry, "b/child", parent.number);
  expect([...parent.children]).toEqual([child.number]);
  registry.remove(child);
  expect([...parent.children]).toEqual([]);
});

test("a watcher that is gone is forgotten by those whom it watched", () => {
  const registry = create();
  const watcher = add(registry, "a/watcher");
  const watched = add(registry, "a/watched");
  watched.watchers.add(watcher.number);
  watcher.watched.add(watched.number);
  registry.remove(watcher);
  expect([...watched.watchers]).toEqual([]);
});

test("addresses of a kind are told in order, as many as were asked for", () => {
  const registry = create();
  for (const key of ["x", "y", "z"]) add(registry, `a/${key}`);
  expect(registry.addressesOf("a", 2)).toEqual(["a/x", "a/y"]);
  expect(registry.addressesOf("a", 9)).toEqual(["a/x", "a/y", "a/z"]);
  expect(registry.addressesOf("b", 9)).toEqual([]);
});

test("what will decide over the next numbers is in its image, the order of removal is not", () => {
  const told = (removals: readonly number[]): string => {
    const registry = create();
    const actors = ["a/1", "a/2", "a/3"].map((address) => add(registry, address));
    for (const i of removals) registry.remove(actors[i] as Registered);
    return Buffer.from(registry.encode()).toString("hex");
  };
  expect(told([0, 2])).toBe(told([2, 0]));
  expect(new Set([told([]), told([0]), told([2]), told([0, 2])]).size).toBe(4);
});
