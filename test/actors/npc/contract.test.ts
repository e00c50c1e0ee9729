import { expect, test } from "vitest";
import { clock } from "../../../src/actors/clock/clock.ts";
import { npc } from "../../../src/actors/npc/npc.ts";
import { weather } from "../../../src/actors/weather/weather.ts";
import {
  NpcActivity,
  NpcDetail,
  NpcNeedEventSchema,
} from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { QuestEndedEventSchema, QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  ConfigureWeatherSchema,
  WeatherService,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { climate } from "../fixtures.ts";
import { NpcRig } from "./rig.ts";

const hour = 3_600_000;

test("NPCs take shelter from a storm that the weather makes, and one asks for repairs after it", () => {
  expect([clock, npc, weather].map(({ kind }) => kind)).toEqual(["clock", "npc", "weather"]);
  const rig = new NpcRig({ scale: 1_200, startMs: 9 * hour });
  rig.world.spawn("weather/moor", ConfigureWeatherSchema, {
    ...{ climate, season: "spring", condition: "clear", gameMs: BigInt(9 * hour) },
  });
  rig.act({});
  const set = (condition: string, intensity: number) =>
    rig.world.call(WeatherService.method.setWeather, { region: "moor", condition, intensity });
  rig.live(20);
  expect(set("storm", 0.9).ok).toBe(true);
  rig.live(15);
  expect(rig.state().severe).toBe(true);
  expect(rig.state().weatherBadness).toBeGreaterThan(0.2);
  const sheltering = rig.columns().activity.filter((one) => one === NpcActivity.SHELTER).length;
  expect(sheltering).toBeGreaterThanOrEqual(18);
  expect(set("clear", 0.2).ok).toBe(true);
  rig.live(15);
  expect(rig.state().severe).toBe(false);
  expect(rig.columns().activity.includes(NpcActivity.SHELTER)).toBe(false);
  const needs = rig.world.eventsOf(NpcNeedEventSchema).filter(({ need }) => need === "repair");
  expect(needs).toHaveLength(1);
  expect(needs[0]?.npc).toMatch(/^moor-0[.]\d+$/);
  expect(rig.world.deadLetters).toEqual([]);
});

test("who gave a quest thinks better of those who completed it, and worse of who failed it", () => {
  const rig = new NpcRig();
  const ended = { id: "q1", quest: "bread", region: "moor", giver: "moor-0.5", player: "anna" };
  rig.tell(QuestEndedEventSchema, {
    ...ended,
    outcome: QuestOutcome.COMPLETED,
    contributions: [
      { player: "anna", share: 1 },
      { player: "bob", share: 0.5 },
    ],
  });
  rig.tell(QuestEndedEventSchema, { ...ended, player: "carl", outcome: QuestOutcome.FAILED });
  rig.tell(QuestEndedEventSchema, { ...ended, giver: "vale-0.5", outcome: QuestOutcome.FAILED });
  const trust = new Map(rig.npc(5).relations.map((relation) => [relation.other, relation.trust]));
  expect([...trust.keys()].sort()).toEqual(["player/anna", "player/bob", "player/carl"]);
  expect(trust.get("player/anna")).toBeCloseTo(0.3);
  expect(trust.get("player/bob")).toBeCloseTo(0.15);
  expect(trust.get("player/carl")).toBeCloseTo(-0.2);
});

test("an encounter that the storyteller sends makes people uneasy, and they talk about it", () => {
  const rig = new NpcRig();
  rig.live(60);
  const beat = { beat: 12n, kind: BeatKind.ENCOUNTER, region: "moor", place: "moor.cottage" };
  rig.tell(StoryBeatEventSchema, { ...beat, subject: "wolves", intensity: 0.8 });
  expect(rig.state().rumours).toMatchObject([{ about: "beat/12" }]);
  expect(Math.max(...rig.columns().needs.filter((_, i) => i % 5 === 3))).toBeGreaterThan(0.3);
  rig.tell(StoryBeatEventSchema, { ...beat, region: "vale", intensity: 0.8 });
  expect(rig.state().rumours).toHaveLength(1);
});

test("occurrences of other regions concern nobody, and one that ends twice or never began is no harm", () => {
  const rig = new NpcRig();
  const raid = { id: "r", kind: "raid", region: "moor", place: "moor.market", intensity: 1 };
  rig.tell(OccurrenceEventSchema, { ...raid, region: "vale", started: true });
  rig.tell(OccurrenceEventSchema, { ...raid, started: false });
  expect(rig.state().occurrences).toEqual([]);
  rig.tell(OccurrenceEventSchema, { ...raid, started: true });
  rig.tell(OccurrenceEventSchema, { ...raid, started: true });
  expect(rig.state().occurrences).toHaveLength(1);
  rig.tell(OccurrenceEventSchema, { ...raid, started: false });
  rig.tell(OccurrenceEventSchema, { ...raid, started: false });
  expect(rig.state().occurrences).toEqual([]);
  expect(rig.shard().detail).toBe(NpcDetail.STATISTICAL);
  expect(rig.world.log).toEqual([]);
});

test("a player who does something elsewhere is no guest any more", () => {
  const rig = new NpcRig();
  rig.act({});
  rig.act({ player: "bob" });
  expect(rig.state().guests.map(({ player }) => player)).toEqual(["player/anna", "player/bob"]);
  rig.act({ region: "far", place: "far.inn" });
  expect(rig.state().guests.map(({ player }) => player)).toEqual(["player/bob"]);
});
