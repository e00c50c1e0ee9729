import { expect, test } from "vitest";
import { SnapshotSchedule } from "../../../src/runtime/world/snapshot-schedule.ts";

const options = { replayMsMax: 100, framesMin: 10, framesMax: 1_000 };

/** The frames after which snapshots are made, each in `snapshotMs`, in a world whose frames take `frameMs`. */
function snapshots(frameMs: number, snapshotMs: number, frames: number, from = 0): number[] {
  const schedule = new SnapshotSchedule(options, from);
  const made: number[] = [];
  for (let frame = from + 1; frame <= from + frames; frame += 1) {
    schedule.note(frameMs);
    if (!schedule.isDue(frame)) continue;
    schedule.made(frame, snapshotMs);
    made.push(frame);
  }
  return made;
}

test("a snapshot is due when a replay of the frames since the last one would take too long", () => {
  expect(snapshots(2, 0, 200)).toEqual([50, 100, 150, 200]);
  expect(snapshots(4, 0, 100)).toEqual([25, 50, 75, 100]);
});

test("snapshots come no closer than framesMin, however long frames take", () => {
  expect(snapshots(1_000, 0, 35)).toEqual([10, 20, 30]);
});

test("snapshots come at the latest after framesMax, however short frames are", () => {
  expect(snapshots(0.001, 0, 2_500)).toEqual([1_000, 2_000]);
});

test("snapshots take no more than a tenth of the time that frames take", () => {
  // The first one is not known to be slow; then 40 ms of snapshot ask for 400 ms of frames.
  expect(snapshots(2, 40, 500)).toEqual([50, 250, 450]);
});

test("the last snapshot decides how far the next one is, and not those before it", () => {
  const schedule = new SnapshotSchedule(options, 0);
  schedule.made(10, 40);
  schedule.made(20, 1);
  for (let frame = 21; frame <= 70; frame += 1) schedule.note(2);
  expect(schedule.isDue(70)).toBe(true);
});

test("frames are counted from the one that the world was taken up at", () => {
  expect(snapshots(1_000, 0, 25, 5_000)).toEqual([5_010, 5_020]);
});
