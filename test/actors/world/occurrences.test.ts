import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Consequence,
  consequencesOf,
  scheduleConsequence,
} from "../../../src/actors/world/consequences.ts";
import { dayOf, liveDay } from "../../../src/actors/world/days.ts";
import {
  listOccurrences,
  triggerOccurrence,
} from "../../../src/actors/world/occurrence-commands.ts";
import { carryOut } from "../../../src/actors/world/reactions.ts";
import { liveTo, skipTo } from "../../../src/actors/world/time.ts";
import { BeatKind } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  FactionChangedEventSchema,
  OccurrenceEventSchema,
  TerritoryChangedEventSchema,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { day, minute } from "../fixtures.ts";
import { WorldRig } from "./rig.ts";

const raid = {
  kind: "raid",
  region: "moor",
  place: "moor-farm",
  intensity: 0.7,
  minutes: 30,
  cause: "player/anna",
};

const toldBy = (rig: WorldRig) =>
  rig
    .eventsOf(OccurrenceEventSchema)
    .map(({ id, started, gameMs }) => [id, started, Number(gameMs) / minute]);

describe("an occurrence", () => {
  it("begins and ends under one id, and changes the power of who holds the region", () => {
    const rig = new WorldRig();
    const { id } = triggerOccurrence(rig.world, raid, rig);
    rig.liveMinutes(29);
    expect(toldBy(rig)).toEqual([[id, true, 0]]);
    rig.liveMinutes(1);
    expect(toldBy(rig)).toEqual([
      [id, true, 0],
      [id, false, 30],
    ]);
    expect(rig.eventsOf(OccurrenceEventSchema)[1]).toMatchObject({
      ...{ kind: "raid", region: "moor", place: "moor-farm", cause: "player/anna" },
    });
    expect(rig.eventsOf(FactionChangedEventSchema)).toMatchObject([
      { faction: "reeds", power: 55, reason: "occurrence" },
    ]);
    expect(rig.world).toMatchObject({ occurrences: [], agenda: [] });
  });

  it("lasts as long as its kind says, and is not there twice", () => {
    const rig = new WorldRig();
    const start = { ...raid, minutes: 0, intensity: 0 };
    expect(triggerOccurrence(rig.world, start, rig)).toMatchObject({
      intensity: 0.5,
      endsMs: BigInt(120 * minute),
    });
    expect(() => triggerOccurrence(rig.world, start, rig)).toThrow(
      'kind="raid" is there already, as raid-1',
    );
    triggerOccurrence(rig.world, { ...start, region: "vale", place: "" }, rig);
    expect(listOccurrences(rig.world, "vale").occurrences).toHaveLength(1);
    expect(listOccurrences(rig.world, "").occurrences).toHaveLength(2);
  });

  it("comes by itself as often as its kind says", () => {
    const rig = new WorldRig(3, ({ definition }) => {
      for (const kind of definition?.occurrenceKinds ?? []) kind.dailyChance = 0.1;
    });
    for (let i = 1; i <= 1_000; i += 1) {
      liveTo(rig.world, BigInt(i * day), rig);
      liveDay(rig.world, BigInt(i), false, rig);
    }
    const began = rig.eventsOf(OccurrenceEventSchema).filter((e) => e.started && e.kind === "raid");
    expect(began.length).toBeGreaterThan(150);
    expect(began.length).toBeLessThan(250);
    for (const { intensity } of began) expect(intensity).toBeGreaterThanOrEqual(0.3);
  });

  const wrong: [string, Partial<typeof raid> | undefined, string][] = [
    ["nothing", undefined, 'occurrence="" is not valid'],
    [
      "an unknown kind",
      { kind: "flood" },
      'occurrence.kind="flood" is not valid; valid are raid, fair',
    ],
    [
      "an unknown region",
      { region: "sea" },
      'occurrence.region="sea" is not valid; valid are moor, vale',
    ],
    [
      "an unknown place",
      { place: "sea" },
      'occurrence.place="sea" is not valid; valid are places in moor',
    ],
    ["a place elsewhere", { place: "vale-mill" }, 'occurrence.place="vale-mill" is not valid'],
    ["an intensity", { intensity: 1.1 }, "occurrence.intensity=1.1 is not valid"],
    ["NaN", { intensity: Number.NaN }, "occurrence.intensity=NaN is not valid"],
    ["minutes", { minutes: 1_000_001 }, "occurrence.minutes=1000001 is not valid"],
    ["a long cause", { cause: "x".repeat(161) }, "occurrence.cause (length)=161 is not valid"],
  ];

  it.each(wrong.map(([name, change, text]) => ({ name, change, text })))(
    "is refused for $name",
    ({ change, text }) => {
      const rig = new WorldRig();
      const before = rig.encoded();
      const start = change && { ...raid, ...change };
      expect(() => triggerOccurrence(rig.world, start, rig)).toThrow(text);
      expect(rig.encoded()).toBe(before);
    },
  );
});

describe("a festival", () => {
  const festivalsOf = (rig: WorldRig) =>
    rig
      .eventsOf(OccurrenceEventSchema)
      .map(({ region, started, cause, gameMs }) => [region, started, cause, Number(gameMs) / day]);

  it("is held on its days, every year", () => {
    const rig = new WorldRig();
    for (let i = 1; i <= 125; i += 1) {
      liveTo(rig.world, BigInt(i * day), rig);
      liveDay(rig.world, BigInt(i), false, rig);
    }
    expect(festivalsOf(rig)).toEqual([
      ["vale", true, "festival/lanterns", 2],
      ["vale", false, "festival/lanterns", 4],
      ["vale", true, "festival/lanterns", 122],
      ["vale", false, "festival/lanterns", 124],
    ]);
  });

  it("that a jump leads into begins, and one that it leads out of ends", () => {
    const rig = new WorldRig();
    skipTo(rig.world, BigInt(3.5 * day));
    liveDay(rig.world, 3n, true, rig);
    expect(rig.world.occurrences).toMatchObject([
      { festival: "lanterns", endsMs: BigInt(4 * day) },
    ]);
    skipTo(rig.world, BigInt(50 * day));
    liveDay(rig.world, 50n, true, rig);
    expect(rig.world).toMatchObject({ occurrences: [], agenda: [] });
    expect(dayOf(rig.world, rig.world.gameMs)).toBe(50n);
  });

  it("is on from the start in a world that begins on one of its days", () => {
    const rig = new WorldRig(1, (copy) => {
      copy.gameMs = BigInt(2 * day + 5 * minute);
    });
    expect(rig.world.occurrences).toMatchObject([{ kind: "fair", endsMs: BigInt(4 * day) }]);
  });
});

const consequence = (id: string, dueMinutes: number, what?: Consequence["what"]): Consequence => ({
  ...{ id, dueGameMs: BigInt(dueMinutes * minute) },
  what: what ?? { case: "power", value: { faction: "hills", change: 1 } },
});

describe("consequences", () => {
  it("happen at their game time, in its order, each once, however time is told", () => {
    const lists = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 });
    const steps = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lists, steps, (dues, minutes) => {
        const rig = new WorldRig(1, ({ definition }) => {
          if (definition?.factions[1]) definition.factions[1].power = 0;
        });
        for (const due of dues) {
          expect(scheduleConsequence(rig.world, consequence(`c${due}`, due))).toBe(false);
        }
        for (const step of minutes) rig.liveMinutes(step);
        const until = minutes.reduce((sum, step) => sum + step, 0);
        const fired = rig.eventsOf(FactionChangedEventSchema).map((e) => Number(e.gameMs) / minute);
        const expected = dues.filter((due) => due <= until).sort((a, b) => a - b);
        expect(fired).toEqual(expected);
        const waiting = consequencesOf(rig.world).map(({ id }) => id);
        expect(waiting).toEqual(
          dues
            .filter((due) => due > until)
            .sort((a, b) => a - b)
            .map((due) => `c${due}`),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("that a jump passes over happen once, at once; those ahead keep their time", () => {
    const rig = new WorldRig();
    scheduleConsequence(rig.world, consequence("a", 100));
    scheduleConsequence(rig.world, consequence("b", 5_000));
    skipTo(rig.world, BigInt(4_000 * minute));
    liveTo(rig.world, BigInt(4_000 * minute), rig);
    skipTo(rig.world, 0n);
    liveTo(rig.world, BigInt(4_999 * minute), rig);
    expect(rig.world.factions[1]?.power).toBe(41);
    liveTo(rig.world, BigInt(5_000 * minute), rig);
    expect(rig.world.factions[1]?.power).toBe(42);
  });

  it("may be occurrences and mutations, and come to nothing when they have become impossible", () => {
    const rig = new WorldRig();
    const mutations = [{ id: "tower", change: { case: "remove", value: true } as const }];
    scheduleConsequence(rig.world, consequence("a", 5, { case: "occurrence", value: raid }));
    scheduleConsequence(rig.world, consequence("b", 6, { case: "occurrence", value: raid }));
    scheduleConsequence(
      rig.world,
      consequence("c", 7, { case: "mutations", value: { mutations } }),
    );
    rig.liveMinutes(10);
    expect(toldBy(rig)).toEqual([["raid-4", true, 5]]);
    expect(rig.logged[0]).toContain('consequence b came to nothing: kind="raid" is there already');
    expect(rig.logged[1]).toContain(
      'consequence c came to nothing: mutations[0].id="tower" is not there',
    );
  });

  it("are asked for once: the same again changes nothing, other content is refused", () => {
    const rig = new WorldRig();
    expect(scheduleConsequence(rig.world, consequence("a", 5))).toBe(false);
    const before = rig.encoded();
    expect(scheduleConsequence(rig.world, consequence("a", 5))).toBe(true);
    expect(() => scheduleConsequence(rig.world, consequence("a", 6))).toThrow(
      'consequence.id="a" waits already',
    );
    expect(rig.encoded()).toBe(before);
  });

  const mutations = Array.from({ length: 1_000 }, () => ({
    id: "some-long-name-of-a-thing",
    change: { case: "remove", value: true } as const,
  }));
  const wrong: [string, Consequence | undefined, string][] = [
    ["nothing", undefined, 'consequence="" is not valid'],
    ["an id", consequence("", 5), 'consequence.id="" is not valid'],
    ["a time that is past", consequence("a", -1), "consequence.due_game_ms=-60000 is not valid"],
    ["nothing that follows", { id: "a", dueGameMs: 0n, what: { case: undefined } }, "consequence="],
    [
      "an unknown faction",
      consequence("a", 5, { case: "power", value: { faction: "x", change: 1 } }),
      'consequence.power.faction="x" is not valid',
    ],
    [
      "a power",
      consequence("a", 5, { case: "power", value: { faction: "hills", change: 101 } }),
      "consequence.power.change=101",
    ],
    [
      "an occurrence",
      consequence("a", 5, { case: "occurrence", value: { ...raid, kind: "x" } }),
      'consequence.occurrence.kind="x"',
    ],
    [
      "no mutations",
      consequence("a", 5, { case: "mutations", value: { mutations: [] } }),
      "consequence.mutations.mutations (length)=0",
    ],
    [
      "many mutations",
      consequence("a", 5, { case: "mutations", value: { mutations } }),
      "consequence (bytes)=",
    ],
  ];

  it.each(wrong.map(([name, what, text]) => ({ name, what, text })))(
    "are refused for $name",
    ({ what, text }) => {
      const rig = new WorldRig();
      const before = rig.encoded();
      expect(() => scheduleConsequence(rig.world, what)).toThrow(text);
      expect(rig.encoded()).toBe(before);
    },
  );
});

describe("the storyteller's beats", () => {
  const beat = {
    ...{ beat: 12n, kind: BeatKind.ENCOUNTER, storylet: "", region: "moor", place: "", player: "" },
    ...{ subject: "wolf", intensity: 0.5, minutes: 0, points: 0, gameMs: 0n },
  };

  it("make encounters where they may be, which end in their time", () => {
    const rig = new WorldRig(4);
    for (let i = 0; i < 20; i += 1) carryOut(rig.world, beat, rig);
    const at = new Set(rig.world.encounters.map(({ place }) => place));
    expect([...at].sort()).toEqual(["moor-farm", "moor-gate"]);
    expect(rig.world.encounters[0]).toMatchObject({
      kind: "wolf",
      strength: 0.3,
      cause: "beat/12",
    });
    expect(rig.world.entities[0]).toMatchObject({
      type: "encounter",
      tags: ["wolf"],
      region: "moor",
    });
    carryOut(rig.world, { ...beat, place: "vale-mill", minutes: 500 }, rig);
    rig.liveMinutes(240);
    expect(rig.world.encounters).toMatchObject([{ place: "vale-mill" }]);
    rig.liveMinutes(260);
    expect(rig.world).toMatchObject({ encounters: [], entities: [], agenda: [] });
  });

  it("make occurrences", () => {
    const rig = new WorldRig();
    const happens = { ...beat, kind: BeatKind.OCCURRENCE, subject: "raid", minutes: 10 };
    carryOut(rig.world, happens, rig);
    expect(rig.eventsOf(OccurrenceEventSchema)).toMatchObject([
      { kind: "raid", region: "moor", started: true, cause: "beat/12" },
    ]);
  });

  it("of other services change nothing", () => {
    const rig = new WorldRig();
    const before = rig.encoded();
    for (const kind of [BeatKind.QUEST, BeatKind.WEATHER, BeatKind.STORY, BeatKind.QUIET]) {
      carryOut(rig.world, { ...beat, kind }, rig);
    }
    expect(rig.encoded()).toBe(before);
  });

  it.each([
    { change: { subject: "dragon" }, text: 'subject="dragon" is not valid; valid are wolf' },
    { change: { region: "sea" }, text: 'region="sea" is not valid' },
    { change: { region: "vale" }, text: "place=" },
    { change: { intensity: Number.NaN }, text: "intensity=NaN" },
    { change: { minutes: 2_000_000 }, text: "minutes=2000000" },
    { change: { kind: BeatKind.OCCURRENCE, subject: "flood" }, text: 'kind="flood"' },
  ])("that are wrong are refused: $text", ({ change, text }) => {
    const rig = new WorldRig();
    const before = rig.encoded();
    expect(() => carryOut(rig.world, { ...beat, ...change }, rig)).toThrow(text);
    expect(rig.encoded()).toBe(before);
  });
});

describe("factions", () => {
  it("act within their bounds, and each change is told", () => {
    const rig = new WorldRig(9);
    const power = new Map(rig.world.factions.map((faction) => [faction.name, faction.power]));
    for (let i = 1; i <= 2_000; i += 1) liveDay(rig.world, BigInt(10), false, rig);
    const told = rig.eventsOf(FactionChangedEventSchema);
    for (const event of told) {
      power.set(event.faction, event.power);
      expect(event.power).toBeGreaterThanOrEqual(0);
      expect(event.power).toBeLessThanOrEqual(100);
      expect(Math.abs(event.relation)).toBeLessThanOrEqual(1);
    }
    for (const faction of rig.world.factions) expect(power.get(faction.name)).toBe(faction.power);
    expect(new Set(told.map(({ reason }) => reason))).toEqual(
      new Set(["claim", "trade", "feud", "recovery"]),
    );
  });

  it("take regions that nobody holds, and from weaker ones that they do not like", () => {
    const rig = new WorldRig(2);
    for (let i = 1; i <= 400; i += 1) liveDay(rig.world, BigInt(10), false, rig);
    const told = rig.eventsOf(TerritoryChangedEventSchema);
    expect(told[0]).toMatchObject({ region: "vale", oldFaction: "" });
    const holders = new Map([
      ["moor", "reeds"],
      ["vale", ""],
    ]);
    for (const { region, oldFaction, newFaction } of told) {
      expect(holders.get(region)).toBe(oldFaction);
      holders.set(region, newFaction);
    }
    for (const { region, faction } of rig.world.holdings) expect(holders.get(region)).toBe(faction);
  });
});
