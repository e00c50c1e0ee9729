import { describe, expect, it } from "vitest";
import { ofLightning } from "../../../src/actors/traces/happening.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema, QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  ConfigureTracesSchema,
  TraceDiscoveredEventSchema,
  TraceLeftEventSchema,
  TracesService,
} from "../../../src/gen/tellurion/v1/traces_pb.ts";
import {
  WeatherEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { climate } from "../fixtures.ts";
import { configuration, hour, places, TracesRig, template } from "./rig.ts";

const { method } = TracesService;
const region = "moor";
const raid = { id: "raid.1", kind: "raid", region, place: "mill", started: true, gameMs: 5n };
const fair = { ...raid, id: "fair.1", kind: "fair" };
const search = { player: "anna", verb: Verb.SEARCH, region, place: "mill", success: true };

function leftIn(rig: TracesRig) {
  return rig.world
    .eventsOf(TraceLeftEventSchema)
    .map(({ trace, kind, place, cause }) => `${trace} ${kind} ${place} ${cause}`);
}

function weightsIn(rig: TracesRig) {
  const list = rig.world.call(method.listTraces, { region });
  return list.ok ? list.value.traces.map(({ weight }) => weight) : [];
}

describe("traces", () => {
  it("are left by what happens in the region, each of the most particular template", () => {
    const rig = new TracesRig();
    const act = { player: "anna", region, place: "bridge", success: true, gameMs: 9n };
    rig.publish(OccurrenceEventSchema, raid, fair, { ...raid, started: false, gameMs: 6n });
    rig.publish(QuestEndedEventSchema, {
      ...{ id: "run.1", quest: "bread", player: "anna", region, place: "hill" },
      outcome: QuestOutcome.COMPLETED,
    });
    rig.publish(
      PlayerActedEventSchema,
      { ...act, verb: Verb.FIGHT, targetKind: "wolf" },
      { ...act, verb: Verb.FIGHT, targetKind: "imp", player: "berta" },
      { ...act, verb: Verb.FIGHT, success: false, targetKind: "imp" },
      { ...act, verb: Verb.WORK, player: "berta" },
      { ...act, verb: Verb.DELIVER, item: "salt", success: false },
      { ...act, verb: Verb.TALK },
    );
    const beat = { beat: 4n, kind: BeatKind.ENCOUNTER, region, place: "mill", subject: "wolf" };
    rig.publish(StoryBeatEventSchema, beat, { ...beat, beat: 5n, kind: BeatKind.QUIET });
    expect(leftIn(rig)).toEqual([
      "moor.1 raid mill occurrence/raid.1",
      "moor.2 occurrence mill occurrence/fair.1",
      "moor.3 ruin mill occurrence/raid.1",
      "moor.4 completed hill quest/run.1",
      "moor.5 paws bridge fight/anna/9",
      "moor.6 scuffle bridge fight/berta/9",
      "moor.7 scuffle bridge fight/anna/9",
      "moor.8 handiwork bridge work/berta/9",
      "moor.9 bundle bridge deliver/anna/9",
      "moor.10 sign mill beat/4",
    ]);
    expect(rig.world.deadLetters).toEqual([]);
  });

  it("are left by a storm when it is over, somewhere in the region", () => {
    const damage = template("storm:gale", { kind: "damage", texts: ["The {subject} did it."] });
    const rig = new TracesRig({ ...configuration, templates: [template("storm"), damage] });
    const storm = { region, condition: "gale", gameMs: 7n };
    rig.publish(WeatherSevereEventSchema, { ...storm, started: true });
    expect(leftIn(rig)).toEqual([]);
    // Its end tells of the weather after it.
    const end = { region, condition: "fair", started: false, gameMs: 8n };
    rig.publish(WeatherSevereEventSchema, end);
    expect(rig.state.traces[0]?.text).toBe("The gale did it.");
    expect(leftIn(rig)).toHaveLength(1);
    expect(leftIn(rig)[0]).toMatch(/^moor\.1 damage (mill|bridge|hill) storm\/moor\/8$/);
  });

  it("are scorched by lightning at the nearest place, if it is strong", () => {
    const strike = { region, x: 58, y: 9, strength: 0.9, gameMs: 3n };
    expect(ofLightning(strike, places)).toMatchObject({
      ...{ cause: "lightning/moor/3", kinds: ["lightning"], place: "bridge" },
    });
    expect(ofLightning({ ...strike, x: 39 }, places)?.place).toBe("mill");
    expect(ofLightning({ ...strike, strength: 0.5 }, places)).toBeUndefined();
    const unknown = places.map((place) => ({ ...place, x: 0, y: 0 }));
    expect(ofLightning(strike, unknown)?.place).toBe("");
  });

  it("stay in their region", () => {
    const rig = new TracesRig();
    const there = { region: "peaks", gameMs: 1n };
    rig.publish(OccurrenceEventSchema, { ...raid, ...there });
    rig.publish(PlayerActedEventSchema, { ...search, ...there, verb: Verb.FIGHT });
    rig.publish(QuestEndedEventSchema, { id: "q", outcome: QuestOutcome.FAILED, ...there });
    rig.publish(WeatherEventSchema, { newState: "rain", intensity: 1, region: "peaks" });
    expect(rig.state.traces).toEqual([]);
    expect(rig.state.rain).toBe(0);
    expect(rig.world.eventsOf(TraceLeftEventSchema).map((left) => left.region)).toEqual([
      "peaks",
      "peaks",
      "peaks",
    ]);
  });

  it("lose half of their weight in a half-life, and go when they are faint", () => {
    const rig = new TracesRig();
    rig.publish(OccurrenceEventSchema, fair);
    rig.pass(10);
    expect(weightsIn(rig)[0]).toBeCloseTo(0.4, 9);
    rig.pass(10);
    expect(weightsIn(rig)[0]).toBeCloseTo(0.2, 9);
    rig.pass(43);
    expect(weightsIn(rig)).toHaveLength(1);
    rig.pass(1);
    expect(weightsIn(rig)).toEqual([]);
    expect(rig.state).toMatchObject({ faded: 1n, left: 1n, gameMs: BigInt(64 * hour) });
  });

  it("wear faster in the weather that their material cannot stand", () => {
    const rig = new TracesRig();
    rig.publish(OccurrenceEventSchema, raid, fair);
    const rain = { region, newState: "rain", intensity: 0.5, windMps: 3 };
    rig.publish(WeatherEventSchema, rain);
    rig.pass(10);
    const [ofFair = 0, ofRaid = 0] = weightsIn(rig);
    expect(ofFair).toBeCloseTo(0.4, 9);
    // Rain of 0.6 in half its strength, for what wears three times as fast in heavy rain.
    expect(ofRaid).toBeCloseTo(0.8 * 2 ** -(1 + 2 * 0.3), 9);
  });

  it("know from the climate what a condition brings", () => {
    const [storm] = climate.conditions.slice(2);
    const conditions = storm ? [{ ...storm, name: "rain", rain: 0, snow: 0.9, dust: 0.2 }] : [];
    const rig = new TracesRig({ ...configuration, conditions });
    const sleet = { region, newState: "rain", intensity: 1, windMps: 50 };
    rig.publish(WeatherEventSchema, sleet);
    expect(rig.state).toMatchObject({ rain: 0, snow: 0.9, dust: 0.2, wind: 1 });
  });

  it("do not wear in a jump", () => {
    const rig = new TracesRig();
    rig.publish(OccurrenceEventSchema, fair);
    rig.publish(TimeEventSchema, { settledGameMs: BigInt(1_000 * hour), jumped: true });
    expect(weightsIn(rig)).toEqual([0.8]);
    expect(rig.state.gameMs).toBe(BigInt(1_000 * hour));
  });

  it("are as many as the region holds: the faintest gives way", () => {
    const light = template("occurrence:fair", { weight: 0.3 });
    const templates = [light, template("occurrence:raid")];
    const rig = new TracesRig({ ...configuration, templates, tracesMax: 3 });
    rig.publish(OccurrenceEventSchema, raid, fair, raid);
    rig.publish(OccurrenceEventSchema, { ...raid, id: "raid.2" });
    expect(rig.state.traces.map(({ number }) => number)).toEqual([1, 3, 4]);
    rig.pass(1);
    rig.publish(OccurrenceEventSchema, fair, fair);
    expect(rig.state.traces.map(({ number }) => number)).toEqual([3, 4, 6]);
    expect(rig.state.ousted).toBe(3n);
  });

  it("say what is known of what left them, and nothing else", () => {
    const rig = new TracesRig();
    const gameMs = BigInt(30 * hour);
    rig.publish(OccurrenceEventSchema, { ...raid, gameMs });
    const won = { ...search, verb: Verb.FIGHT, targetKind: "wolf", place: "deep-ford" };
    rig.publish(PlayerActedEventSchema, won);
    const quest = { id: "q", quest: "mend-it", outcome: QuestOutcome.COMPLETED, region };
    rig.publish(QuestEndedEventSchema, { ...quest, player: "world", place: "mill" });
    const texts = rig.state.traces.map(({ text }) => text);
    expect(texts.slice(0, 2)).toEqual([
      "Occurrence:raid at the mill, day 2.",
      "Anna beat the wolf at deep ford.",
    ]);
    expect(texts[2]).toMatch(/^Somebody was here( indeed)?: mend it\.$/);
  });

  it("are found once by each player, and tell their story when all of them are known", () => {
    const rig = new TracesRig();
    const { world } = rig;
    rig.publish(OccurrenceEventSchema, raid, { ...raid, place: "hill", started: false });
    rig.publish(PlayerActedEventSchema, search, search, { ...search, success: false });
    const found = () =>
      world
        .eventsOf(TraceDiscoveredEventSchema)
        .map(({ player, trace, story }) => `${player} ${trace} ${story}`);
    expect(found()).toEqual(["anna moor.1 "]);
    rig.publish(PlayerActedEventSchema, { ...search, place: "hill" });
    const story =
      "Day 1, the mill: Occurrence:raid at the mill, day 1. Aftermath:raid at the hill, day 1.";
    expect(found().slice(1)).toEqual([`anna moor.2 ${story}`]);
    const again = world.call(method.discover, { region, place: "hill", player: "anna" });
    expect(again).toMatchObject({ value: { already: true, found: [], stories: [] } });
    const other = world.call(method.discover, { region, player: "berta", trace: "moor.2" });
    expect(other).toMatchObject({ value: { already: false, found: [{ trace: "moor.2" }] } });
    expect(found()).toHaveLength(3);
    const nothing = world.call(method.discover, { region, place: "bridge", player: "anna" });
    expect(nothing).toMatchObject({ value: { already: false, found: [] } });
  });

  it("are found by the trace that a search is for", () => {
    const rig = new TracesRig();
    rig.publish(OccurrenceEventSchema, raid, fair);
    rig.publish(PlayerActedEventSchema, { ...search, target: "moor.2" });
    const found = rig.world.eventsOf(TraceDiscoveredEventSchema);
    expect(found.map(({ trace }) => trace)).toEqual(["moor.2"]);
  });

  it("tell the story of those that are left, when the others have faded", () => {
    const lasting = template("aftermath:raid", { halfLifeHours: 1_000 });
    const templates = [template("occurrence:raid"), lasting];
    const rig = new TracesRig({ ...configuration, templates });
    rig.publish(OccurrenceEventSchema, raid, { ...raid, place: "hill", started: false });
    rig.pass(70);
    rig.publish(PlayerActedEventSchema, { ...search, place: "hill" });
    expect(rig.world.eventsOf(TraceDiscoveredEventSchema)).toMatchObject([
      { story: "Day 1, the hill: Aftermath:raid at the hill, day 1." },
    ]);
  });

  it("show what they say to those who have found them", () => {
    const rig = new TracesRig();
    const { world } = rig;
    const quest = { id: "q", quest: "bread", outcome: QuestOutcome.COMPLETED, player: "carl" };
    rig.publish(QuestEndedEventSchema, { ...quest, region, place: "mill" });
    const seen = (player: string) => {
      const outcome = world.call(method.getTrace, { region, trace: "moor.1", player });
      return outcome.ok ? outcome.value.trace : undefined;
    };
    const inscription = { concepts: ["friend"], language: "old-moorish" };
    expect(seen("anna")).toMatchObject({ text: "", concepts: [], language: "", known: false });
    expect(seen("")).toMatchObject({ ...inscription, known: false });
    world.call(method.discover, { region, place: "mill", player: "anna" });
    expect(seen("anna")).toMatchObject({ ...inscription, known: true });
    expect(seen("anna")?.text).toMatch(/^Carl was here/);
  });

  it("are listed by place, the newest first, and counted", () => {
    const rig = new TracesRig();
    rig.publish(OccurrenceEventSchema, raid, { ...fair, place: "hill" }, fair);
    const list = rig.world.call(method.listTraces, { region, place: "mill" });
    expect(list).toMatchObject({ value: { total: 2, traces: [{ trace: "moor.3" }, {}] } });
    const few = rig.world.call(method.listTraces, { region, limit: 1 });
    expect(few).toMatchObject({ value: { total: 3, traces: [{ trace: "moor.3" }] } });
    expect(rig.world.call(method.heatmap, { region })).toMatchObject({
      value: {
        left: 3n,
        places: [
          { place: "mill", count: 2, weight: 1.6 },
          { place: "bridge", count: 0, weight: 0 },
          { place: "hill", count: 1 },
        ],
      },
    });
  });

  it("are recorded by hand", () => {
    const rig = new TracesRig();
    const request = { region, place: "mill", kind: "ruin", cause: "record/gm-1" };
    expect(rig.world.call(method.record, request)).toMatchObject({
      value: { trace: { trace: "moor.1", kind: "ruin", cause: "record/gm-1", weight: 0.8 } },
    });
    const note = rig.world.call(method.record, { ...request, kind: "note" });
    expect(note).toMatchObject({ value: { trace: { text: "A note at the mill, from day 1." } } });
    expect(leftIn(rig)).toHaveLength(2);
  });

  it("stay when the region is configured anew, and wear as they would now", () => {
    const rig = new TracesRig();
    rig.publish(OccurrenceEventSchema, raid, fair);
    rig.pass(10);
    const quick = template("occurrence:raid", { halfLifeHours: 1 });
    const again = { ...configuration, templates: [quick], places: places.slice(0, 1) };
    rig.world.send("traces/moor", ConfigureTracesSchema, again);
    rig.pass(1);
    const [ofFair = 0, ofRaid = 0] = weightsIn(rig);
    expect(ofRaid).toBeCloseTo(0.2, 9);
    expect(ofFair).toBeCloseTo(0.8 * 2 ** -1.1, 9);
    expect(rig.state.wears.map((wear) => wear.template)).toEqual(["occurrence", "occurrence.raid"]);
  });

  it("refuse what is wrong, say so, and change nothing", () => {
    const rig = new TracesRig();
    const { world } = rig;
    rig.publish(OccurrenceEventSchema, raid);
    const hash = world.hash();
    const record = { region, place: "mill", kind: "ruin", cause: "beat/1" };
    const rejected = [
      [world.call(method.discover, { region, place: "mill", player: "" }), 'player=""'],
      [world.call(method.discover, { region, place: "mill", player: "An na" }), "player="],
      [world.call(method.discover, { region, place: "moon", player: "anna" }), "mill, bridge"],
      [world.call(method.discover, { region, place: "", player: "anna" }), 'place=""'],
      [world.call(method.discover, { region, player: "anna", trace: "moor.2" }), "moor.2"],
      [world.call(method.discover, { region, player: "anna", trace: "peaks.1" }), "peaks.1"],
      [world.call(method.discover, { region, player: "anna", trace: "moor.01" }), "moor.01"],
      [
        world.call(method.discover, { region, player: "anna", trace: "moor.1", place: "hill" }),
        'is "mill"',
      ],
      [world.call(method.record, { ...record, place: "moon" }), 'place="moon"'],
      [world.call(method.record, { ...record, kind: "ghost" }), 'kind="ghost"'],
      [world.call(method.record, { ...record, cause: "because" }), 'cause="because"'],
      [world.call(method.record, { ...record, cause: "beat/" }), 'cause="beat/"'],
      [world.call(method.record, { ...record, cause: "beat/A" }), `cause="beat/A"`],
      [world.call(method.record, { ...record, cause: "beat/1/2/3" }), "beat/1/2/3"],
      [world.call(method.record, { ...record, player: "?" }), 'player="?"'],
      [world.call(method.record, { ...record, subject: "A" }), 'subject="A"'],
      [world.call(method.listTraces, { region, limit: 501 }), "limit=501"],
      [world.call(method.listTraces, { region, player: "?" }), 'player="?"'],
      [world.call(method.getTrace, { region, trace: "moor.9" }), "moor.9"],
      [world.call(method.getTrace, { region, trace: "" }), 'trace=""'],
    ] as const;
    for (const [outcome, text] of rejected) {
      expect(outcome.ok).toBe(false);
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(outcome.ok ? "" : outcome.code).toMatch(/^(INVALID_ARGUMENT|NOT_FOUND)$/);
    }
    expect(world.hash()).toBe(hash);
  });

  it("wait for their configuration", () => {
    const rig = new TracesRig({ ...configuration, region: "sea" });
    expect(rig.world.log.at(-1)?.text).toContain('region="sea"');
    rig.publish(OccurrenceEventSchema, raid);
    rig.pass(1);
    expect(rig.state.traces).toEqual([]);
    expect(rig.world.call(method.heatmap, { region })).toMatchObject({
      code: "FAILED_PRECONDITION",
    });
    expect(rig.world.deadLetters).toEqual([]);
  });
});
