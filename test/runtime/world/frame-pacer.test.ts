import { beforeEach, expect, test, vi } from "vitest";
import { ControlBlock, controlBytes } from "../../../src/runtime/world/control-block.ts";
import { FramePacer } from "../../../src/runtime/world/frame-pacer.ts";

const clock = vi.hoisted(() => ({ ms: 0 }));
vi.mock("../../../src/runtime/wall-clock.ts", () => ({ wallMs: () => clock.ms }));

const stepMs = 10;

function create(): { control: ControlBlock; pacer: FramePacer } {
  const control = new ControlBlock(new SharedArrayBuffer(controlBytes(1)), 1);
  vi.spyOn(control, "sleep").mockImplementation((ms) => {
    clock.ms += ms;
  });
  return { control, pacer: new FramePacer(control) };
}

beforeEach(() => {
  clock.ms = 1_000;
});

test("frames are due a step apart, however long their work takes", () => {
  const { pacer } = create();
  const due = [3, 9.5, 0, 6].map((workMs) => {
    expect(pacer.wait(stepMs)).toBe(0);
    const at = clock.ms;
    clock.ms += workMs;
    return at;
  });
  expect(due).toEqual([1_010, 1_020, 1_030, 1_040]);
});

test("a frame that is late by less than a step is caught up with", () => {
  const { pacer } = create();
  pacer.wait(stepMs);
  clock.ms += 14;
  expect(pacer.wait(stepMs)).toBe(4);
  clock.ms += 1;
  expect([pacer.wait(stepMs), clock.ms]).toEqual([0, 1_030]);
});

test("a world that is late by more than a step does not hurry to catch up", () => {
  const { pacer } = create();
  pacer.wait(stepMs);
  clock.ms += 500;
  expect(pacer.wait(stepMs)).toBe(490);
  expect([pacer.wait(stepMs), clock.ms]).toEqual([0, 1_520]);
});

test("a dilated step is longer from the next frame on, and so is the lateness it forgives", () => {
  const { pacer } = create();
  pacer.wait(stepMs);
  expect([pacer.wait(20), clock.ms]).toEqual([0, 1_030]);
  clock.ms += 35;
  expect(pacer.wait(20)).toBe(15);
  expect([pacer.wait(20), clock.ms]).toEqual([0, 1_070]);
  expect([pacer.wait(stepMs), clock.ms]).toEqual([0, 1_080]);
});

test("a stop ends the wait", () => {
  const { control, pacer } = create();
  control.requestStop();
  expect([pacer.wait(stepMs), clock.ms]).toEqual([0, 1_000]);
});
