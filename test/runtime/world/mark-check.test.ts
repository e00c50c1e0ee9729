import { expect, test } from "vitest";
import { packHistory } from "../../../src/runtime/journal/packed-history.ts";
import { MarkCheck, registryMark } from "../../../src/runtime/world/mark-check.ts";
import { foldHash } from "../../../src/runtime/world/state-hash.ts";
import { InlineRun, order } from "../../support/inline.ts";
import { scripted } from "../../support/scripted.ts";
import { identity } from "../journal/fixtures.ts";

const actors = [scripted("a")];

/** Two workers with two actors each, after two frames. */
function create(what = "hello"): InlineRun {
  const run = new InlineRun(actors, { workers: 2 });
  run.world.runFrame([1, 2, 3, 4].map((i) => order(`a/${i}`, "hello")));
  run.world.runFrame([order("a/3", what)]);
  return run;
}

interface Mark {
  readonly frame: number;
  readonly hashes: readonly number[];
}

function checkOf(...marks: readonly Mark[]): MarkCheck {
  return new MarkCheck(
    packHistory({
      ...{ identity, snapshot: undefined, frames: [], quarantine: [], replies: [], reached: 9 },
      marks: marks.map(({ frame, hashes }) => ({ frame, hashes: Int32Array.from(hashes) })),
    }),
  );
}

/** Marks of all actors and the registry, as workers and conductor leave them. */
function marksOf({ world }: InlineRun): Mark[] {
  const { frame } = world;
  return [
    { frame, hashes: [registryMark, foldHash(world.conductor.hash())] },
    ...world.cores.map((core) => ({ frame, hashes: [...core.survey.marks(0, 64)] })),
  ];
}

function checkAll(check: () => MarkCheck, { world }: InlineRun, frame = world.frame): void {
  for (const core of world.cores) check().checkActors(frame, core);
  check().checkRegistry(frame, world.conductor);
}

test("a world that is what it was is accepted", () => {
  const marks = marksOf(create());
  expect(marks.flatMap(({ hashes }) => hashes)).toHaveLength(2 * 5);
  expect(() => checkAll(() => checkOf(...marks), create())).not.toThrow();
});

test("an actor that is not what it was is named, with the frame", () => {
  const marks = marksOf(create());
  expect(() => checkAll(() => checkOf(...marks), create("bye"))).toThrow(
    expect.objectContaining({
      code: "HISTORY_DIVERGED",
      message: expect.stringMatching(/^after frame 2, a\/3 is not what it was/),
    }),
  );
});

test("of several that differ, the first one of the marks is named", () => {
  const marks = marksOf(create()).map(({ frame, hashes }) => ({
    frame,
    hashes: hashes.map((hash, i) =>
      i % 2 === 1 && (hashes[i - 1] as number) > 1 ? hash ^ 1 : hash,
    ),
  }));
  expect(() => checkAll(() => checkOf(...marks), create())).toThrow(/a\/3 is not what it was/);
});

test("a registry that is not what it was is told", () => {
  const marks = marksOf(create());
  const run = create();
  run.world.conductor.registry.beginFrame();
  run.world.conductor.registry.remove(run.world.conductor.registry.at("a/4") as never);
  expect(() => checkOf(...marks).checkRegistry(2, run.world.conductor)).toThrow(
    expect.objectContaining({
      code: "HISTORY_DIVERGED",
      message: expect.stringContaining("after frame 2, the list of active actors"),
    }),
  );
});

test("marks of other frames are not looked at", () => {
  const marks = marksOf(create()).map(({ hashes }) => ({ frame: 3, hashes }));
  const run = create("bye");
  expect(() => checkAll(() => checkOf(...marks), run)).not.toThrow();
  expect(() => checkAll(() => checkOf(...marks), run, 3)).toThrow("after frame 3");
});

test("a worker checks its own actors only: the others' are checked where they sit", () => {
  const marks = marksOf(create());
  const { world } = create("bye");
  const differing = world.coreOf(3);
  for (const core of world.cores) {
    const check = (): void => checkOf(...marks).checkActors(2, core);
    if (core === differing) expect(check).toThrow("a/3");
    else expect(check).not.toThrow();
  }
});
