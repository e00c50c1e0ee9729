import fc from "fast-check";
import { expect, test } from "vitest";
import { NpcNeedEventSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { ShardRig } from "./shard-rig.ts";

const day = 1_440;

function checkBooks({ books }: ShardRig): void {
  for (const { good, held, made, used, brought, taken } of books.goods) {
    expect(held, good).toBe(made + brought - used - taken);
  }
  expect(books.coins).toBe(books.coinsFirst + books.coinsIn - books.coinsOut);
}

test("a month far from players: all that is eaten was made or brought, everybody eats, coins go round", () => {
  const rig = new ShardRig({ count: 120 });
  const first = rig.books;
  for (let i = 0; i < 30; i += 1) {
    rig.live(day);
    rig.beginDay();
    checkBooks(rig);
  }
  const { goods, meanNeeds } = rig.books;
  const bread = goods.find(({ good }) => good === "bread");
  const grain = goods.find(({ good }) => good === "grain");
  expect(bread?.made).toBeGreaterThan(3_000);
  // Three meals a day, and grain for the bread.
  const used = (bread?.used ?? 0) + (grain?.used ?? 0);
  expect(used).toBeGreaterThan(120 * 30 * 2);
  expect(meanNeeds.hunger).toBeLessThan(0.5);
  expect(rig.shard.till).toBeGreaterThan(0);
  expect(first.coins).toBe(first.coinsFirst);
  const hungry = rig.eventsOf(NpcNeedEventSchema).filter(({ need }) => need === "food");
  expect(hungry.length).toBeLessThan(30);
});

test("what players bring is counted, whatever they say how much it is, and goods that nobody knows are not", () => {
  const deed = fc.record({
    npc: fc.integer({ min: 0, max: 50 }),
    item: fc.constantFrom("bread", "grain", "tools", "gold", ""),
    amount: fc.nat(4_294_967_295),
  });
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 120 }), (deeds) => {
      const rig = new ShardRig({ count: 40 });
      for (const { npc, item, amount } of deeds) {
        rig.act({ verb: Verb.DELIVER, target: `moor-0.${npc}`, item, amount });
      }
      checkBooks(rig);
      rig.live(120);
      checkBooks(rig);
    }),
    { numRuns: 20 },
  );
});

test("without goods that are called food, everybody eats and nobody counts it", () => {
  const rig = new ShardRig({ count: 40, more: { foods: [] } });
  rig.live(2 * day);
  expect(rig.books.meanNeeds.hunger).toBeLessThan(0.6);
  checkBooks(rig);
});

test("work without what it needs goes on at a third of its pace", () => {
  const made = [0, 500].map((tools) => {
    const rig = new ShardRig({ count: 40, startMinute: 400 });
    const { columns, shard } = rig;
    const tool = shard.goods.indexOf("tools");
    shard.till = 0;
    columns.stock.fill(0);
    for (let npc = 0; npc < 40; npc += 1) {
      for (const good of shard.goods.keys())
        columns.possessions[npc * shard.goods.length + good] = 0;
      columns.possessions[npc * shard.goods.length + tool] = Math.min(tools, 20);
    }
    rig.live(200);
    return rig.books.goods.find(({ good }) => good === "grain")?.made ?? 0;
  });
  expect(made[0]).toBeGreaterThan(0);
  expect(made[1]).toBeGreaterThan(2 * (made[0] ?? 0));
});
