import { expect, test } from "vitest";
import { tellAll, tellMoves } from "../../../src/actors/npc/moves.ts";
import { turnOf } from "../../../src/actors/npc/turn.ts";
import { goTo, positionAt } from "../../../src/actors/npc/walk.ts";
import { EntitiesMovedEventSchema } from "../../../src/gen/tellurion/v1/entities_pb.ts";
import { NpcDetail } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { NpcRig } from "./rig.ts";
import { ShardRig } from "./shard-rig.ts";

const hour = 3_600_000;
const stepMs = 1_000 / 60;

interface Seen {
  x: number;
  y: number;
  heading: number;
}

/** What somebody knows who takes all that is told of a shard. */
class Picture {
  readonly seen = new Map<number, Seen>();
  readonly partial: number[] = [];
  complete = 0;
  readonly #rig: NpcRig;
  #read = 0;

  constructor(rig: NpcRig) {
    this.#rig = rig;
  }

  read(): void {
    const events = this.#rig.world.eventsOf(EntitiesMovedEventSchema);
    for (const event of events.slice(this.#read)) {
      expect(event).toMatchObject({ group: "npc:moor-0", kind: "npc", ids: [] });
      if (event.complete) {
        this.seen.clear();
        this.complete += 1;
      } else this.partial.push(event.numbers.length);
      event.numbers.forEach((number, i) => {
        const [x = Number.NaN, y = Number.NaN] = [event.x[i], event.y[i]];
        this.seen.set(number, { x, y, heading: event.headings[i] ?? Number.NaN });
      });
    }
    this.#read = events.length;
  }
}

/** Lived ms that a shard has come to by the world's own time. */
function livedAt({ world, ...rig }: { world: NpcRig["world"] } & Pick<NpcRig, "state">): number {
  const { livedMs, clockedMs, timeScale } = rig.state();
  return livedMs + Math.min(60_000, Math.max(0, (world.frame * stepMs - clockedMs) * timeScale));
}

test("whoever takes all that is told near players knows where everybody is", () => {
  const rig = new NpcRig({ shards: { "moor-0": 60 }, scale: 120, startMs: 6.3 * hour });
  rig.act({});
  const picture = new Picture(rig);
  let compared = 0;
  for (let frame = 0; frame < 1_500; frame += 1) {
    rig.world.step();
    picture.read();
    const state = rig.state();
    const atMs = livedAt({ world: rig.world, state: () => state });
    if (picture.seen.size === 0 || Math.abs(state.movesToldMs - atMs) > 0.001) continue;
    compared += 1;
    const turn = turnOf(state, "moor-0");
    for (let npc = 0; npc < 60; npc += 1) {
      const { x, y, east, north } = positionAt(turn, npc, state.movesToldMs);
      const seen = picture.seen.get(npc);
      expect([seen?.x, seen?.y]).toEqual([Math.round(100 * x), Math.round(100 * y)]);
      const heading = Math.round((Math.atan2(east, north) / (2 * Math.PI)) * 256) & 255;
      expect(seen?.heading).toBe(heading);
    }
  }
  expect(compared).toBeGreaterThan(50);
  const told = picture.partial.reduce((sum, count) => sum + count, 0);
  expect(told).toBeGreaterThan(60);
  // Who stands is not told of again and again, though many are on their way to work.
  expect(told).toBeLessThan(0.8 * 60 * picture.partial.length);
});

test("while everybody sleeps nothing is told but, now and then, where all are", () => {
  const rig = new NpcRig({ shards: { "moor-0": 30 }, scale: 60, startMs: 1 * hour });
  rig.act({});
  rig.live(30);
  const picture = new Picture(rig);
  picture.read();
  const before = { partial: picture.partial.length, complete: picture.complete };
  rig.live(60);
  picture.read();
  expect(picture.partial.length - before.partial).toBeLessThan(10);
  const all = picture.complete - before.complete;
  expect(all).toBeGreaterThanOrEqual(5);
  expect(all).toBeLessThanOrEqual(7);
});

test("far from players a shard is told as a whole when it has been brought up to its time", () => {
  const rig = new NpcRig({ shards: { "moor-0": 20 }, scale: 3_600, startMs: 6 * hour });
  rig.live(200);
  const picture = new Picture(rig);
  picture.read();
  expect(rig.state().detail).toBe(NpcDetail.STATISTICAL);
  expect(picture.partial).toEqual([]);
  expect(picture.complete).toBeGreaterThanOrEqual(2);
  expect(picture.complete).toBeLessThanOrEqual(5);
  expect(picture.seen.size).toBe(20);
});

test("the interval between two events is what the configuration says, and is checked", () => {
  const rig = new NpcRig({ scale: 60, startMs: 8 * hour, more: { moveIntervalMs: 1_000 } });
  rig.act({});
  rig.world.step(600);
  const { length } = rig.world.eventsOf(EntitiesMovedEventSchema);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(11);
  const refused = new NpcRig({ more: { moveIntervalMs: 60_001 } });
  expect(refused.world.log.map(({ text }) => text).join()).toContain("move_interval_ms=60001");
});

test("a walk that is over before the time that was told of already is told all the same", () => {
  const rig = new ShardRig({ count: 1 });
  const { shard, turn } = rig;
  const indexOf = (name: string) => turn.map.places.findIndex(({ id }) => id === `moor.${name}`);
  const [from, to] = [rig.columns.wayTo[0] as number, indexOf("inn")];
  const distances = new DataView(turn.map.distances.buffer, turn.map.distances.byteOffset);
  // 10 m: less than 8 s.
  distances.setUint16(2 * (from * turn.map.places.length + to), 1, true);
  Object.assign(shard, { timeScale: 60, clockedMs: 0, movesUntilAll: 10, livedMs: 600_000 });
  const told = () => rig.eventsOf(EntitiesMovedEventSchema).at(-1);
  const ctx = Object.assign(rig, { now: 500 });
  tellAll(turn, 630_000, ctx);
  expect(goTo(turn, 0, to, 600_000)).toBe(true);
  tellMoves(turn, ctx);
  const { x = 0, y = 0 } = turn.map.places[to] ?? {};
  expect(told()).toMatchObject({ complete: false, numbers: [0], x: [100 * x], y: [100 * y] });
});
