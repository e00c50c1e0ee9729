import fc from "fast-check";
import { expect, test } from "vitest";
import { needsCount } from "../../../src/actors/npc/columns.ts";
import { ClockService } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { NpcActivity, NpcDetail } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { NpcRig } from "./rig.ts";
import { ShardRig } from "./shard-rig.ts";

const { FULL, COARSE, STATISTICAL } = NpcDetail;

/** Metres in a minute at most, and what distances are rounded to along a way. */
const paceMost = 80;
const roundingMetres = 60;

/** Lived minutes that a shard's NPCs may be behind it, which shows when it catches up. */
const lagMost: Record<number, number> = { [FULL]: 0, [COARSE]: 10, [STATISTICAL]: 60 };

/** Asserts that what the shard holds is what came in, less what went out. */
function checkBooks({ books }: ShardRig): void {
  for (const { good, held, made, used, brought, taken } of books.goods) {
    expect(held, good).toBe(made + brought - used - taken);
  }
  expect(books.coins).toBe(books.coinsFirst + books.coinsIn - books.coinsOut);
}

test("a shard is simulated closely while players are there, coarsely when they have left, and summed up far away", () => {
  const rig = new NpcRig({
    shards: { "moor-0": 4, "vale-0": 4, "far-0": 4 },
    scale: 3_600,
  });
  const details = () => ["moor-0", "vale-0", "far-0"].map((key) => rig.shard(key).detail);
  expect(details()).toEqual([STATISTICAL, STATISTICAL, STATISTICAL]);
  rig.act({});
  rig.live(10);
  expect(details()).toEqual([FULL, COARSE, STATISTICAL]);
  rig.live(150);
  expect(details()).toEqual([COARSE, COARSE, STATISTICAL]);
  rig.live(600);
  expect(details()).toEqual([STATISTICAL, STATISTICAL, STATISTICAL]);
});

test("whatever players do, goods and coins are conserved, nobody teleports and needs keep their bounds", () => {
  const stay = fc.record({
    minutes: fc.integer({ min: 3, max: 900 }),
    comes: fc.boolean(),
    raid: fc.boolean(),
  });
  const seen = new Set<number>();
  fc.assert(
    fc.property(fc.array(stay, { minLength: 3, maxLength: 8 }), fc.nat(1_000), (stays, seed) => {
      const rig = new ShardRig({ seed, startMinute: 360 });
      let before = rig.positions();
      let lag = 0;
      stays.forEach(({ minutes, comes, raid }, i) => {
        if (comes) rig.act();
        if (raid) rig.occur({ id: `raid-${i}`, place: "moor.market" });
        for (let left = minutes; left > 0; left -= 7) {
          const step = Math.min(left, 7);
          lag = Math.max(lagMost[rig.shard.detail] as number, lag - step, 0);
          rig.live(step);
          const after = rig.positions();
          const reach = (step + lag) * paceMost + roundingMetres;
          after.forEach(({ x, y }, npc) => {
            const from = before[npc] as { x: number; y: number };
            expect(Math.hypot(x - from.x, y - from.y)).toBeLessThanOrEqual(reach);
          });
          before = after;
          seen.add(rig.shard.detail);
          checkBooks(rig);
        }
        rig.occur({ id: `raid-${i}`, started: false });
        expect(rig.columns.needs.every((need) => need >= 0 && need <= 1)).toBe(true);
      });
    }),
    { numRuns: 10 },
  );
  expect([...seen].sort()).toEqual([FULL, COARSE, STATISTICAL]);
});

test("a change of detail leaves possessions, needs and places as they are", () => {
  const rig = new ShardRig({ startMinute: 600 });
  rig.live(100);
  const { possessions, coins, needs, wayTo } = structuredClone(rig.columns);
  const places = rig.positions();
  expect(rig.shard.detail).toBe(STATISTICAL);
  rig.act();
  expect(rig.shard.detail).toBe(FULL);
  expect(rig.columns).toMatchObject({ possessions, coins, needs, wayTo });
  expect(rig.positions()).toEqual(places);
});

test("needs drift far away as they do near players, in the mean to within a tenth", () => {
  const rigs = [new ShardRig({ count: 60 }), new ShardRig({ count: 60 })] as const;
  const sums = rigs.map(() => new Float64Array(needsCount));
  for (let hour = 0; hour < 60; hour += 1) {
    rigs[1].act({ player: "bob" });
    rigs.forEach((rig, i) => {
      rig.live(60);
      if (hour < 20) return;
      const sum = sums[i] as Float64Array;
      rig.columns.needs.forEach((need, at) => {
        sum[at % needsCount] = (sum[at % needsCount] as number) + need / 60 / 40;
      });
    });
  }
  expect(rigs.map((rig) => rig.shard.detail)).toEqual([STATISTICAL, FULL]);
  for (let i = 0; i < needsCount; i += 1) {
    const [far, near] = sums.map((sum) => sum[i] as number) as [number, number];
    expect(Math.abs(far - near), `need ${i}: ${far} far away, ${near} near`).toBeLessThan(0.1);
  }
});

test("far from players a schedule is kept too, and what begins is told", () => {
  const rig = new ShardRig({ count: 40 });
  rig.live(24 * 60 + 59);
  expect(rig.doing(NpcActivity.SLEEP)).toBe(40);
  rig.live(10 * 60);
  expect(rig.doing(NpcActivity.WORK) + rig.doing(NpcActivity.GUARD)).toBeGreaterThan(30);
  expect(rig.ticks).toBe(0);
  expect(rig.actions().length).toBeGreaterThan(40 * 6);
});

test("no more NPCs are visited in a frame than the shard's budget, and all of them in a minute", () => {
  const rig = new ShardRig({ count: 256 });
  rig.act();
  rig.live(10);
  expect(rig.ticks).toBe((10 * 256) / 8);
  expect(Math.min(...rig.columns.updatedMs)).toBe(rig.shard.livedMs);
});

test("a jump of the clock is no time that anybody lives through", () => {
  const rig = new NpcRig({ startMs: 10 * 3_600_000 });
  rig.act({});
  rig.live(30);
  const { livedMs, gameMs } = rig.state();
  const before = rig.columns().needs.slice();
  const to = { case: "gameMs", value: gameMs + BigInt(90 * 24 * 3_600_000) } as const;
  expect(rig.world.call(ClockService.method.setTime, { to }).ok).toBe(true);
  rig.live(2);
  const after = rig.state();
  expect(after.livedMs - livedMs).toBeLessThan(10 * 60_000);
  expect(Number(after.gameMs - gameMs)).toBeGreaterThan(89 * 24 * 3_600_000);
  const changes = rig.columns().needs.map((need, i) => Math.abs(need - (before[i] as number)));
  expect(Math.max(...changes)).toBeLessThan(0.5);
});
