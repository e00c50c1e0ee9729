import { expect, test } from "vitest";
import {
  type Directive,
  decide,
  defaultSupervision,
  type Supervision,
} from "../../../src/runtime/actor/supervision.ts";

const restart: Supervision = {
  ...defaultSupervision,
  directive: "restart",
  restartsMax: 2,
  windowFrames: 10,
};

function decisions(supervision: Supervision, frames: readonly number[]): Directive[] {
  const window = { restarts: 0, since: 0 };
  return frames.map((frame) => decide(supervision, window, frame));
}

test.each([
  { name: "resume always resumes", directive: "resume", decided: "resume" },
  { name: "stop stops", directive: "stop", decided: "stop" },
  { name: "escalate escalates", directive: "escalate", decided: "escalate" },
] as const)("$name", ({ directive, decided }) => {
  expect(decisions({ ...restart, directive }, [1, 1, 1, 2])).toEqual([
    decided,
    decided,
    decided,
    decided,
  ]);
});

test.each([
  { name: "as many restarts as allowed are made", frames: [1, 1], last: "restart" },
  { name: "one more in the same frame escalates", frames: [1, 1, 1], last: "escalate" },
  { name: "one more in the window's last frame escalates", frames: [1, 5, 10], last: "escalate" },
  { name: "one more when the window is over restarts", frames: [1, 5, 11], last: "restart" },
  { name: "a new window begins at its first failure", frames: [1, 2, 30, 39], last: "restart" },
  { name: "and has the same bound", frames: [1, 2, 30, 39, 39], last: "escalate" },
  { name: "failures at frame 0 count", frames: [0, 0, 0], last: "escalate" },
  {
    name: "windows do not slide: they are counted from their start",
    frames: [1, 10, 11, 12],
    last: "restart",
  },
] as const)("$name", ({ frames, last }) => {
  const decided = decisions(restart, frames);
  expect(decided.at(-1)).toBe(last);
  expect(decided.slice(0, -1)).toEqual(decided.slice(0, -1).map(() => "restart"));
});

test("without any restart allowed the first failure escalates", () => {
  expect(decisions({ ...restart, restartsMax: 0 }, [5])).toEqual(["escalate"]);
});

test("by default an actor restarts, five times a minute at 60 Hz", () => {
  expect(defaultSupervision).toEqual({
    ...{ directive: "restart", scope: "one-for-one", restartFrom: "init" },
    restartsMax: 5,
    windowFrames: 3_600,
  });
});
