import { expect, test } from "vitest";
import { ControlBlock, command, controlBytes } from "../../../src/runtime/world/control-block.ts";

function create(workers: number): ControlBlock {
  return new ControlBlock(new SharedArrayBuffer(controlBytes(workers)), workers);
}

test.each([0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 33 + 5, 2 ** 45])(
  "frame %i is told whole",
  (frame) => {
    const block = create(1);
    for (const order of [
      { what: command.stop, moves: true, checkpoint: false, snapshot: true, marksFrom: -1 },
      { what: command.run, moves: false, checkpoint: true, snapshot: false, marksFrom: 64 },
    ]) {
      block.order({ ...order, frame });
      const { moves, checkpoint, snapshot, marksFrom } = block;
      expect({ what: block.command, moves, checkpoint, snapshot, marksFrom }).toEqual(order);
      expect(block.frame).toBe(frame);
    }
  },
);

test("what was sent in a round is the sum over all workers, and stays until the round after next", () => {
  const block = create(3);
  [1, 2, 4].forEach((records, worker) => {
    block.setSent(worker, 6, records);
  });
  expect(block.sentIn(6)).toBe(7);
  // A fast worker ends its next round before a slow one has read the sum of this one.
  block.setSent(0, 7, 100);
  expect(block.sentIn(6)).toBe(7);
  block.setSent(1, 7, 0);
  block.setSent(2, 7, 0);
  expect(block.sentIn(7)).toBe(100);
});

test("there is output as soon as one worker has some, and none when none has", () => {
  const block = create(3);
  expect(block.output).toBe(false);
  block.setOutput(2, true);
  expect(block.output).toBe(true);
  block.setOutput(2, false);
  expect(block.output).toBe(false);
});

test("the doorbell rings once until it is answered", () => {
  const block = create(1);
  expect([block.ringDoorbell(), block.ringDoorbell()]).toEqual([true, false]);
  block.answerDoorbell();
  expect(block.ringDoorbell()).toBe(true);
});

test("a conductor that sleeps is not kept from a stop that was requested before", () => {
  const block = create(1);
  block.requestStop();
  expect(block.stopRequested).toBe(true);
  const began = performance.now();
  block.sleep(30_000);
  expect(performance.now() - began).toBeLessThan(10_000);
});
