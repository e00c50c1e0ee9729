import { beforeEach, expect, test } from "vitest";
import { TimeEventSchema, TimePhaseEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { CommitHold } from "../../../src/server/gateway/commit-hold.ts";
import { FrameEncoder } from "../../../src/server/gateway/frame-encoder.ts";
import { FakeWorld } from "../../support/fake-world.ts";

let world: FakeWorld;
let now: number;
let shown: number[];
let hold: CommitHold;

beforeEach(() => {
  world = new FakeWorld();
  world.keptThrough = 0;
  world.listenTo([3, 4]);
  now = 0;
  shown = [];
  hold = new CommitHold(
    world,
    100,
    ({ frame }) => shown.push(frame),
    () => now,
  );
  world.onFrame((frame) => {
    const encoder = new FrameEncoder();
    encoder.read(frame);
    hold.take(encoder);
  });
});

function pass(isReliable: boolean): void {
  if (isReliable) world.publish(TimePhaseEventSchema, {});
  world.publish(TimeEventSchema, {});
  world.endFrame();
}

test("frames without reliable events wait for nothing, unless one before them waits", () => {
  pass(false);
  pass(true);
  pass(false);
  expect(shown).toEqual([1]);
  now = 30;
  world.keep(2);
  expect(shown).toEqual([1, 2, 3]);
  pass(false);
  expect(shown).toEqual([1, 2, 3, 4]);
  expect(hold).toMatchObject({ size: 0, longestMs: 30 });
});

test("no frame waits longer than it may", () => {
  pass(true);
  now = 60;
  pass(true);
  now = 99;
  hold.look();
  expect(shown).toEqual([]);
  now = 100;
  hold.look();
  expect(shown).toEqual([1]);
  world.keep(2);
  expect(shown).toEqual([1, 2]);
});

test("nothing waits for a disk that takes nothing", () => {
  pass(true);
  world.durabilityProblem = "full";
  pass(false);
  expect(shown).toEqual([]);
  hold.look();
  expect(shown).toEqual([1, 2]);
  pass(true);
  expect(shown).toEqual([1, 2, 3]);
});

test("no more than 1,024 frames wait", () => {
  for (let i = 0; i < 1_030; i += 1) pass(true);
  expect(hold.size).toBe(1_024);
  expect(shown).toEqual([1, 2, 3, 4, 5, 6]);
  hold.close();
});

test("frames that did not last are not shown, and come again", () => {
  pass(true);
  pass(true);
  hold.rewind(2);
  world.frame = 1;
  world.keep(1);
  pass(true);
  world.keep(2);
  expect(shown).toEqual([1, 2]);
});
