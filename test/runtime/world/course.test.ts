import { expect, test } from "vitest";
import { FrameInputsSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import type { History } from "../../../src/runtime/journal/history.ts";
import { type PackedHistory, packHistory } from "../../../src/runtime/journal/packed-history.ts";
import { type ArrivedInputs, Course, type FramePlan } from "../../../src/runtime/world/course.ts";
import { identity } from "../journal/fixtures.ts";

const frameCodec = codecOf(FrameInputsSchema);

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

interface Waiting {
  readonly value: number;
  readonly isQuery?: boolean;
  readonly isKeyed?: boolean;
}

function waiting(value: number, more: Omit<Waiting, "value"> = {}): Waiting {
  return { value, ...more };
}

function arrived(...inputs: readonly Waiting[]): () => ArrivedInputs {
  const bytesOf = ({ value }: Waiting) => bytes(value);
  return () => ({
    all: inputs.map(bytesOf),
    recorded: inputs.filter(({ isQuery }) => !isQuery).map(bytesOf),
    keyed: inputs.some(({ isKeyed }) => isKeyed),
  });
}

function historyOf(given: Partial<History>): PackedHistory {
  const none = { frames: [], marks: [], quarantine: [], replies: [] };
  return packHistory({ ...none, identity, snapshot: undefined, reached: 0, ...given });
}

function row(frame: number, inputs: Uint8Array[], checkpoint = false): History["frames"][number] {
  return { frame, inputs: frameCodec.toBytes({ inputs, checkpoint }), keyed: false };
}

interface Recorded {
  readonly frame: number;
  readonly inputs: readonly Uint8Array[];
  readonly checkpoint: boolean;
  readonly keyed: boolean;
}

function create(history?: PackedHistory, bootstrap: readonly Uint8Array[] = []) {
  const recorded: Recorded[] = [];
  const course = new Course(
    history,
    bootstrap,
    (frame, { inputs = [], checkpoint = false }, keyed) => {
      recorded.push({ frame, inputs, checkpoint, keyed });
    },
  );
  return { course, recorded };
}

function refuse(): never {
  throw new Error("what arrives was asked for");
}

function short({ frame, inputs, checkpoint }: FramePlan | Recorded): string {
  return `${frame}: ${inputs.map((input) => [...input]).join()}${checkpoint ? " checkpoint" : ""}`;
}

test("a new world begins with the bootstrap, and what arrives meanwhile waits for the second frame", () => {
  const { course, recorded } = create(historyOf({}), [bytes(1), bytes(2)]);
  expect(course.isReplaying).toBe(false);
  expect(short(course.next(refuse, false))).toBe("1: 1,2");
  expect(short(course.next(arrived(waiting(3)), false))).toBe("2: 3");
  expect(course.frame).toBe(2);
  expect(recorded.map(short)).toEqual(["1: 1,2", "2: 3"]);
});

test("what a frame takes is recorded before the frame is handed out", () => {
  const order: string[] = [];
  const course = new Course(undefined, [bytes(1)], () => order.push("recorded"));
  course.next(refuse, false);
  order.push("planned");
  expect(order).toEqual(["recorded", "planned"]);
});

test("a world that is kept nowhere records nothing and goes the same way", () => {
  const course = new Course(undefined, [bytes(1)], undefined);
  expect(short(course.next(refuse, true))).toBe("1: 1 checkpoint");
  expect(short(course.next(arrived(waiting(4)), false))).toBe("2: 4");
});

test("queries are taken and not recorded; a frame with nothing else is not recorded at all", () => {
  const { course, recorded } = create(historyOf({}));
  course.next(refuse, false);
  const query = waiting(9, { isQuery: true });
  expect(short(course.next(arrived(query), false))).toBe("2: 9");
  expect(short(course.next(arrived(query, waiting(5), query), false))).toBe("3: 9,5,9");
  expect(short(course.next(arrived(), false))).toBe("4: ");
  expect(recorded.map(short)).toEqual(["3: 5"]);
});

test("a checkpoint is recorded, also in a frame that takes nothing", () => {
  const { course, recorded } = create(historyOf({}));
  course.next(refuse, false);
  expect(short(course.next(arrived(), true))).toBe("2:  checkpoint");
  course.next(arrived(waiting(1)), true);
  expect(recorded.map(short)).toEqual(["2:  checkpoint", "3: 1 checkpoint"]);
});

test("a frame that takes a keyed command says so", () => {
  const { course, recorded } = create(historyOf({}));
  course.next(refuse, false);
  course.next(arrived(waiting(1), waiting(2)), false);
  course.next(arrived(waiting(1), waiting(2, { isKeyed: true })), false);
  expect(recorded.map(({ keyed }) => keyed)).toEqual([false, true]);
});

test("frames of the history come again as they were; nothing is asked for or recorded meanwhile", () => {
  const history = historyOf({
    frames: [row(1, [bytes(1), bytes(2)]), row(3, [bytes(7)], true), row(4, [], true)],
    reached: 5,
  });
  const { course, recorded } = create(history, [bytes(99)]);
  const plans = Array.from({ length: 5 }, () => {
    expect(course.isReplaying).toBe(true);
    return short(course.next(refuse, true));
  });
  expect(plans).toEqual(["1: 1,2", "2: ", "3: 7 checkpoint", "4:  checkpoint", "5: "]);
  expect(course.isReplaying).toBe(false);
  expect(recorded).toEqual([]);
  expect(short(course.next(arrived(waiting(6)), false))).toBe("6: 6");
  expect(recorded.map(short)).toEqual(["6: 6"]);
});

test("with a snapshot, the course goes on after it", () => {
  const snapshot = { frame: 10, body: bytes(0) };
  const frames = [row(9, [bytes(9)]), row(10, [bytes(10)]), row(12, [bytes(12)])];
  const { course } = create(historyOf({ snapshot, frames, reached: 12 }));
  expect(course.frame).toBe(10);
  expect(short(course.next(refuse, false))).toBe("11: ");
  expect(short(course.next(refuse, false))).toBe("12: 12");
  expect(course.isReplaying).toBe(false);
  expect(short(course.next(arrived(waiting(1)), false))).toBe("13: 1");
});
