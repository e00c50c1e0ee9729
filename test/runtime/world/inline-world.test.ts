import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { EffectFailedSchema } from "../../../src/gen/tellurion/v1/actor_pb.ts";
import { encodeBootstrap } from "../../../src/runtime/world/bootstrap.ts";
import { ChaosSchema, GrantedSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { actors, bootstrap } from "../../support/chaos.ts";
import { InlineRun, input, read, snapshotOf } from "../../support/inline.ts";

const framesBefore = 40;
const framesAfter = 8;
const framesAll = framesBefore + framesAfter;
const checkpointEvery = 9;

interface Frame {
  readonly inputs: readonly Uint8Array[];
  readonly checkpoint: boolean;
  readonly hash: string;
  /** Of the world after the frame, where it was quiet. */
  readonly snapshot: Uint8Array | undefined;
}

/** What one world took, and what it came to. By frame, from 1. */
const frames: Frame[] = [];
let undisturbed: string[];

/** What comes from outside: messages, and what has come of the effects that were asked for. */
function inputsOf(frame: number, run: InlineRun): Uint8Array[] {
  if (frame === 1) return encodeBootstrap(bootstrap);
  const messages = [1, 2, 3].map((i) =>
    input(`return/${(frame * i) % 40}`, ChaosSchema, { hops: 3, value: BigInt(frame) }),
  );
  const outcomes = run.effects.splice(0).flatMap(({ address, id }, i) => {
    if (i % 4 === 0) return [];
    if (i % 4 === 1) return [input(address, EffectFailedSchema, { effect: id, code: "NO" }, id)];
    return [input(address, GrantedSchema, { value: BigInt(id) }, id)];
  });
  return [...messages, ...outcomes];
}

beforeAll(() => {
  const run = new InlineRun(actors, { seed: 7, workers: 2, shuffleEveryFrames: 3 });
  for (let frame = 1; frame <= framesAll; frame += 1) {
    const inputs = inputsOf(frame, run);
    const checkpoint = frame % checkpointEvery === 0;
    run.world.runFrame(inputs, checkpoint);
    const snapshot = run.world.quiet ? snapshotOf(run) : undefined;
    frames.push({ inputs, checkpoint, hash: run.hash, snapshot });
  }
  const other = new InlineRun(actors, { seed: 7 });
  undisturbed = frames.map(({ inputs, checkpoint }) => {
    other.world.runFrame(inputs, checkpoint);
    return other.hash;
  });
});

function at(frame: number): Frame {
  return frames[frame - 1] as Frame;
}

test("taking snapshots changes nothing", () => {
  expect(frames.map(({ hash }) => hash)).toEqual(undisturbed);
  expect(new Set(undisturbed).size).toBe(framesAll);
});

test("the snapshots hold all that there is to hold", () => {
  const worlds = frames.flatMap(({ snapshot }) => (snapshot ? [read(snapshot, actors)] : []));
  expect(worlds.length).toBeGreaterThan(framesBefore / 2);
  const images = worlds.flatMap((world) => world.images);
  const holds = {
    notices: worlds.filter(({ notices }) => notices.length > 0),
    watchers: worlds.filter(({ registry }) => registry.actors.some((a) => a.watchers.length > 0)),
    "free numbers": worlds.filter(({ registry }) => registry.free.length > 0),
    "resting numbers": worlds.filter(({ registry }) => registry.resting.length > 0),
    timers: images.filter(({ timers }) => timers.length > 1),
    effects: images.filter(({ effects }) => effects.length > 0),
    checkpoints: images.filter(({ checkpoint }) => checkpoint !== undefined),
    parents: images.filter(({ parent }) => parent > 0),
    restarts: images.filter(({ restarts }) => restarts > 0),
  };
  for (const [what, found] of Object.entries(holds)) expect(found.length, what).toBeGreaterThan(2);
});

test("a world that is taken up from a snapshot goes on as if nothing had been, on 1 to 4 workers", () => {
  const moments = Array.from({ length: framesBefore }, (_, i) => i + 1).filter(
    (frame) => at(frame).snapshot !== undefined,
  );
  const options = fc.record({
    workers: fc.integer({ min: 1, max: 4 }),
    shuffleEveryFrames: fc.constantFrom(0, 1, 2),
    moment: fc.constantFrom(...moments),
  });
  fc.assert(
    fc.property(options, ({ moment, workers, shuffleEveryFrames }) => {
      const restored = read(at(moment).snapshot as Uint8Array, actors);
      expect(restored.frame).toBe(moment);
      const run = new InlineRun(actors, { seed: 7, workers, shuffleEveryFrames, restored });
      expect(run.hash).toBe(at(moment).hash);
      for (let frame = moment + 1; frame <= moment + framesAfter; frame += 1) {
        const { inputs, checkpoint, hash } = at(frame);
        run.world.runFrame(inputs, checkpoint);
        expect(run.hash, `frame ${frame} from ${moment} on ${workers} workers`).toBe(hash);
      }
    }),
    { numRuns: 12 },
  );
});

test("a snapshot of a world that was just taken up is the one that it was taken up from", () => {
  const [frame] = frames.filter(({ snapshot }) => snapshot).slice(-1);
  const once = new InlineRun(actors, {
    seed: 7,
    restored: read(frame?.snapshot as Uint8Array, actors),
  });
  const first = snapshotOf(once);
  const again = new InlineRun(actors, { seed: 7, restored: read(first, actors) });
  expect(Buffer.compare(snapshotOf(again), first)).toBe(0);
  expect(read(first, actors).registry).toEqual(
    read(frame?.snapshot as Uint8Array, actors).registry,
  );
  expect(read(first, actors).notices).toEqual(read(frame?.snapshot as Uint8Array, actors).notices);
});

test("a world that was taken up asks for no effect again by itself, and asks on with the next number", () => {
  const [moment] = Array.from({ length: framesBefore }, (_, i) => framesBefore - i).filter(
    (frame) => at(frame).snapshot !== undefined,
  );
  const restored = read(at(moment as number).snapshot as Uint8Array, actors);
  const pending = restored.images.flatMap(({ address, effects }) =>
    effects.map(({ id }) => `${address} ${id}`),
  );
  expect(pending.length).toBeGreaterThan(5);
  const run = new InlineRun(actors, { seed: 7, restored });
  const { inputs, checkpoint } = at((moment as number) + 1);
  run.world.runFrame(inputs, checkpoint);
  expect(run.effects.filter(({ address, id }) => pending.includes(`${address} ${id}`))).toEqual([]);
});

test("with a replay behind it, it tells of the effects that are pending when the replay is over", () => {
  const moment = frames.findLastIndex(({ snapshot }, i) => snapshot && i < framesBefore) + 1;
  const restored = read(at(moment).snapshot as Uint8Array, actors);
  const replayedThrough = moment + 3;
  const run = new InlineRun(actors, { seed: 7, workers: 2, restored, replayedThrough });
  for (let frame = moment + 1; frame <= replayedThrough; frame += 1) {
    run.world.runFrame(at(frame).inputs, at(frame).checkpoint);
  }
  expect(run.effects).toEqual([]);
  const pending = read(snapshotOf(run), actors).images.flatMap(({ address, effects }) =>
    effects.map(({ id }) => `${address} ${id}`),
  );
  run.world.runFrame([]);
  const told = run.effects.map(({ address, id }) => `${address} ${id}`);
  expect(new Set(told).size).toBe(told.length);
  expect(told).toEqual(expect.arrayContaining(pending));
});
