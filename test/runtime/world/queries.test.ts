import { expect, test } from "vitest";
import type { Cell } from "../../../src/runtime/actor/cell.ts";
import { createLaneMemory, LaneWriter } from "../../../src/runtime/memory/lane.ts";
import { recordKind } from "../../../src/runtime/memory/record.ts";
import { appendRecord } from "../../../src/runtime/world/outgoing.ts";
import { Queries } from "../../../src/runtime/world/queries.ts";
import type { Reports } from "../../../src/runtime/world/reports.ts";
import type { Turn } from "../../../src/runtime/world/turn.ts";

/** Queries over a worker that has actor 1 only, and what became of them: `answered 7` or `CODE 7`, by call number. */
function setUp(limits: { queryMsPerFrameMax: number; callsMax: number; queryFramesMax?: number }) {
  const outcomes: string[] = [];
  const turn = {
    query: (_cell: Cell, { call, request }: { call: number; request: Uint8Array }) =>
      outcomes.push(`answered ${call} ${request.join()}`),
  } as unknown as Turn;
  const reports = {
    refuse: (call: number, code: string) => outcomes.push(`${code} ${call}`),
  } as unknown as Reports;
  const cells = [undefined, { fresh: false, number: 1 } as Cell];
  const queries = new Queries(turn, reports, cells, { queryFramesMax: 15, ...limits });
  const lane = new LaneWriter(createLaneMemory(), () => {});
  const ask = (actor: number, call: number, frame = 1): void => {
    const head = { kind: recordKind.query, type: 0, sender: 0, target: actor, sequence: 0 };
    const at = appendRecord(lane, { ...head, extra: call }, Uint8Array.of(call));
    queries.add(lane.segment, at, frame);
    // The memory is the next frame's: a query that waits must not depend on it.
    lane.bytes.fill(255, at + 24, at + 25);
  };
  return { queries, ask, outcomes, cells };
}

test("queries are answered in their order, at least one a frame, and the others wait", () => {
  const { queries, ask, outcomes } = setUp({ queryMsPerFrameMax: 0, callsMax: 10 });
  for (const call of [5, 6, 7]) ask(1, call);
  queries.answer(1);
  expect(outcomes).toEqual(["answered 5 5"]);
  queries.answer(1);
  queries.answer(1);
  queries.answer(1);
  expect(outcomes).toEqual(["answered 5 5", "answered 6 6", "answered 7 7"]);
});

test("all are answered in one frame when there is time", () => {
  const { queries, ask, outcomes } = setUp({ queryMsPerFrameMax: 60_000, callsMax: 10 });
  for (const call of [5, 6, 7]) ask(1, call);
  queries.answer(1);
  expect(outcomes).toHaveLength(3);
});

test("no more wait than calls can, and an actor that is gone is not asked", () => {
  const { queries, ask, outcomes } = setUp({ queryMsPerFrameMax: 60_000, callsMax: 2 });
  ask(1, 5);
  ask(2, 6);
  ask(1, 7);
  expect(outcomes).toEqual(["RESOURCE_EXHAUSTED 7"]);
  queries.answer(1);
  expect(outcomes).toEqual(["RESOURCE_EXHAUSTED 7", "answered 5 5", "NOT_FOUND 6"]);
});

test("a query that waits is for the actor that it came for, not for the next one with its number", () => {
  const { queries, ask, outcomes, cells } = setUp({ queryMsPerFrameMax: 0, callsMax: 10 });
  ask(1, 5);
  ask(1, 6);
  queries.answer(1);
  cells[1] = { fresh: false, number: 1 } as Cell;
  queries.answer(2);
  expect(outcomes).toEqual(["answered 5 5", "NOT_FOUND 6"]);
});

test("queries that have waited too long are refused, and take no time from the others", () => {
  const { queries, ask, outcomes } = setUp({
    queryMsPerFrameMax: 0,
    callsMax: 10,
    queryFramesMax: 2,
  });
  for (const call of [5, 6, 7]) ask(1, call, 1);
  ask(1, 8, 4);
  queries.answer(4);
  expect(outcomes).toEqual([
    ...[5, 6, 7].map((call) => `RESOURCE_EXHAUSTED ${call}`),
    "answered 8 8",
  ]);
});

test("an actor that is about to move answers first what waits for it", () => {
  const { queries, ask, outcomes, cells } = setUp({ queryMsPerFrameMax: 0, callsMax: 10 });
  for (const call of [5, 6]) ask(1, call);
  queries.answerFor(cells[1] as Cell);
  cells[1] = undefined;
  queries.answer(2);
  expect(outcomes).toEqual(["answered 5 5", "answered 6 6"]);
});
