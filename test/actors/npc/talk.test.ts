import { expect, test } from "vitest";
import { heardCount } from "../../../src/actors/npc/columns.ts";
import { memoriesOf } from "../../../src/actors/npc/memory.ts";
import { changeRelation, relationOf, relationsMax } from "../../../src/actors/npc/relations.ts";
import {
  beginRumour,
  distorted,
  hear,
  rumourMinutes,
  rumoursMax,
} from "../../../src/actors/npc/rumours.ts";
import {
  NpcActivity,
  NpcRelationEventSchema,
  NpcSpeakEventSchema,
} from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { ShardRig } from "./shard-rig.ts";

const day = 1_440;

/** How many know of a rumour, and how distorted it is for each. */
function hearersOf({ shard, columns }: ShardRig, about: string): number[] {
  const slot = shard.rumours.findIndex((rumour) => rumour.about === about);
  const found: number[] = [];
  for (let at = 0; at < columns.heard.length; at += 2) {
    if (columns.heard[at] === slot + 1) found.push(columns.heard[at + 1] as number);
  }
  return found;
}

test("who is helped trusts more, who is attacked fears, and both remember and say so", () => {
  const rig = new ShardRig({ startMinute: 600 });
  rig.act({ verb: Verb.DELIVER, target: "moor-0.7", item: "bread", amount: 3 });
  rig.act({ verb: Verb.FIGHT, target: "moor-0.8", player: "bob" });
  const helped = rig.npc(7);
  expect(helped.relations[0]).toMatchObject({ other: "player/anna" });
  expect(helped.relations[0]?.trust).toBeGreaterThan(0.05);
  expect(helped.memories[0]).toMatchObject({ kind: "helped", subject: "player/anna" });
  expect(helped.possessions.find(({ good }) => good === "bread")?.amount).toBe(5);
  const hurt = rig.npc(8);
  expect(hurt.relations[0]?.fear).toBeCloseTo(0.5);
  expect(hurt.needs.safety).toBeGreaterThan(0.5);
  const told = rig.eventsOf(NpcRelationEventSchema);
  expect(told.map(({ npc, other, reason }) => [npc, other, reason])).toEqual(
    expect.arrayContaining([
      ["moor-0.7", "player/anna", "helped"],
      ["moor-0.8", "player/bob", "attacked"],
    ]),
  );
  const said = rig.eventsOf(NpcSpeakEventSchema);
  expect(said[0]).toMatchObject({ npc: "moor-0.7", player: "anna", language: "old-tongue" });
  expect(rig.books.goods.find(({ good }) => good === "bread")?.brought).toBe(40 * 3 + 3);
});

test("deeds of NPCs of other shards, of nobody and of numbers that no NPC has change no relation", () => {
  const rig = new ShardRig();
  for (const target of [
    "moor-1.7",
    "moor-0.40",
    "moor-0.-1",
    "moor-0.1e1",
    "moor-0.",
    "",
    "wolf",
  ]) {
    rig.act({ verb: Verb.FIGHT, target, success: false });
  }
  expect(rig.shard.relations).toEqual([]);
});

test("opinions and memories fade, and what is faint is forgotten", () => {
  const rig = new ShardRig({ startMinute: 600 });
  rig.act({ verb: Verb.TALK, target: "moor-0.2" });
  rig.act({ verb: Verb.FIGHT, target: "moor-0.3" });
  const fresh = rig.npc(3);
  rig.live(20 * day);
  const stale = rig.npc(3);
  expect(stale.relations[0]?.fear).toBeLessThan((fresh.relations[0]?.fear ?? 0) / 5);
  expect(Math.abs(stale.memories[0]?.feeling ?? 0)).toBeLessThan(0.1);
  expect(stale.memories[0]?.minutesAgo).toBeCloseTo(20 * day, -1);
});

test("an NPC has an opinion of a few players at most, and remembers a few things at most", () => {
  const rig = new ShardRig({ startMinute: 600 });
  for (let i = 0; i < 300; i += 1) {
    rig.act({ player: `p${i}`, verb: Verb.TALK, target: "moor-0.4" });
  }
  rig.act({ player: "villain", verb: Verb.FIGHT, target: "moor-0.4" });
  for (let i = 0; i < 20; i += 1) {
    rig.act({ player: `q${i}`, verb: Verb.TALK, target: "moor-0.4" });
  }
  const { relations, memories } = rig.npc(4);
  expect(relations).toHaveLength(relationsMax);
  expect(relations.map(({ other }) => other)).toContain("player/villain");
  expect(memories).toHaveLength(8);
  expect(memories[0]?.subject).toBe("player/q19");
  expect(rig.shard.subjects.length).toBeLessThanOrEqual(256);
  expect(rig.shard.guests).toHaveLength(64);
});

test("relations of many NPCs stand in order, however they came about", () => {
  const rig = new ShardRig({ count: 40 });
  const { turn } = rig;
  for (let i = 0; i < 600; i += 1) {
    const trust = ((i * 7) % 20) / 20;
    const change = { trust, fear: 0, respect: 0 };
    changeRelation(turn, (i * 17) % 40, `player/p${i % 13}`, change, "talked", rig);
  }
  const numbers = rig.shard.relations.map(({ npc }) => npc);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  for (const { npc, other, trust } of rig.shard.relations) {
    expect(relationOf(turn, npc, other)?.trust).toBe(trust);
    expect(trust).toBeLessThanOrEqual(1);
  }
});

test("a feared player who comes near makes people leave", () => {
  const rig = new ShardRig({ startMinute: 600 });
  rig.act();
  rig.live(60);
  const market = rig.turn.map.places.findIndex(({ id }) => id === "moor.market");
  const npc = [...rig.columns.wayTo.keys()].find((i) => rig.columns.wayTo[i] === market) ?? -1;
  rig.act({ player: "bob", verb: Verb.FIGHT, target: `moor-0.${npc}` });
  rig.act({ player: "bob", verb: Verb.FIGHT, target: `moor-0.${npc}` });
  rig.live(1);
  expect(rig.columns.activity[npc]).toBe(NpcActivity.FLEE);
  expect(rig.columns.wayTo[npc]).not.toBe(market);
});

test("a rumour spreads from the few who heard of it, loses truth on its way, and dies out", () => {
  const rig = new ShardRig({ count: 80, startMinute: 900 });
  rig.act();
  rig.live(30);
  rig.occur({ id: "the-raid", place: "moor.tower", intensity: 0.4 });
  const first = hearersOf(rig, "the-raid");
  expect(first.length).toBeGreaterThan(0);
  expect(first.every((distortion) => distortion === 0)).toBe(true);
  rig.occur({ id: "the-raid", started: false });
  for (let i = 0; i < 8; i += 1) {
    rig.act();
    rig.live(60);
  }
  const later = hearersOf(rig, "the-raid");
  expect(later.length).toBeGreaterThan(3 * first.length);
  const mean = later.reduce((sum, distortion) => sum + distortion, 0) / later.length;
  expect(mean).toBeGreaterThan(10);
  const said = rig.eventsOf(NpcSpeakEventSchema).filter(({ about }) => about === "the-raid");
  expect(said.length).toBeGreaterThan(2);
  expect(said[0]).toMatchObject({ distortion: 0 });
  expect(said[0]?.concepts[0]).toBe("danger");
  expect(said.some(({ distortion }) => distortion > 0)).toBe(true);
  rig.live(rumourMinutes);
  rig.beginDay();
  expect(rig.shard.rumours.filter(({ about }) => about === "the-raid")).toEqual([]);
});

test("what is told turns further from the truth with distortion", () => {
  const concepts = ["danger", "north"];
  expect(distorted(concepts, 0, 5)).toEqual(concepts);
  expect(distorted(concepts, 0.4, 5)[1]).not.toBe("north");
  expect(distorted(concepts, 0.6, 5)).toHaveLength(3);
  expect(distorted(concepts, 0.9, 5)).not.toContain("danger");
});

test("a rumour that has given way to another is not taken for that one", () => {
  const rig = new ShardRig({ count: 40 });
  const { turn } = rig;
  expect(hear(turn, 5, beginRumour(turn, "first", ["danger"]), 0)).toBe(true);
  for (let i = 0; i < rumoursMax; i += 1) {
    rig.live(1);
    beginRumour(rig.turn, `later-${i}`, ["new"]);
  }
  expect(rig.shard.rumours.some(({ about }) => about === "first")).toBe(false);
  expect(rig.npc(5).rumours).toEqual([]);
});

test("a shard keeps a few rumours at most, and nobody tells one that has given way", () => {
  const rig = new ShardRig({ count: 40 });
  for (let i = 0; i < 200; i += 1) {
    rig.occur({ id: `o${i}`, kind: "fair", place: "moor.farmhouse" });
    rig.occur({ id: `o${i}`, started: false });
    rig.live(1);
  }
  expect(rig.shard.rumours).toHaveLength(rumoursMax);
  for (let npc = 0; npc < 40; npc += 1) {
    const { rumours } = rig.npc(npc);
    expect(rumours.length).toBeLessThanOrEqual(heardCount);
    for (const { about } of rumours) expect(Number(about.slice(1))).toBeGreaterThanOrEqual(160);
  }
  expect(memoriesOf(rig.turn, 0)).toEqual([]);
});
