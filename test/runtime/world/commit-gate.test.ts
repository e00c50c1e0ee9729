import fc from "fast-check";
import { expect, test } from "vitest";
import { CommitGate } from "../../../src/runtime/world/commit-gate.ts";

function create() {
  const gate = new CommitGate();
  const released: string[] = [];
  const hold = (frame: number, name = `${frame}`): void => {
    gate.hold(frame, () => released.push(name));
  };
  return { gate, released, hold };
}

test("what is held is released when its frame is on the disk, in the order in which it came", () => {
  const { gate, released, hold } = create();
  hold(5, "a");
  hold(4, "b");
  hold(6, "c");
  hold(5, "d");
  gate.commit(3);
  expect(released).toEqual([]);
  gate.commit(5);
  expect(released).toEqual(["a", "b", "d"]);
  gate.commit(6);
  expect(released).toEqual(["a", "b", "d", "c"]);
});

test("what is on the disk already is released at once", () => {
  const { gate, released, hold } = create();
  gate.commit(5);
  hold(5);
  hold(1);
  hold(6);
  expect(released).toEqual(["5", "1"]);
});

test("awaited is the greatest frame that something waits for", () => {
  const { gate, hold } = create();
  expect(gate.awaited).toBe(0);
  hold(7);
  hold(3);
  expect(gate.awaited).toBe(7);
  gate.commit(3);
  expect(gate.awaited).toBe(7);
  gate.commit(7);
  expect(gate.awaited).toBe(0);
});

test("a commit of an earlier frame changes nothing", () => {
  const { gate, released, hold } = create();
  gate.commit(5);
  gate.commit(2);
  hold(4);
  expect(released).toEqual(["4"]);
});

test("what waits for frames that did not last is forgotten, and the rest is released as ever", () => {
  const { gate, released, hold } = create();
  hold(4);
  hold(5);
  hold(6);
  gate.forgetAfter(5);
  hold(6, "anew");
  gate.commit(9);
  expect(released).toEqual(["4", "5", "anew"]);
});

test("what is released may hold something else", () => {
  const { gate, released, hold } = create();
  gate.hold(1, () => {
    hold(1, "at once");
    hold(2, "later");
  });
  gate.commit(1);
  expect(released).toEqual(["at once"]);
  gate.commit(2);
  expect(released).toEqual(["at once", "later"]);
});

test("everything is released once, not before its frame is on the disk, and not after", () => {
  const step = fc.record({ hold: fc.boolean(), frame: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const gate = new CommitGate();
      const held: { frame: number; releases: number }[] = [];
      let committed = 0;
      for (const { hold, frame } of steps) {
        if (hold) {
          const entry = { frame, releases: 0 };
          held.push(entry);
          gate.hold(frame, () => {
            entry.releases += 1;
          });
        } else {
          committed = Math.max(committed, frame);
          gate.commit(frame);
        }
        for (const entry of held) expect(entry.releases).toBe(entry.frame <= committed ? 1 : 0);
      }
    }),
  );
});
