import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entriesMax, newestFirst } from "../../../src/actors/story/chronicle.ts";
import { sentenceOf } from "../../../src/actors/story/narration.ts";
import {
  QuestEndedEventSchema,
  QuestOfferedEventSchema,
  QuestOutcome,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryService } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { TraceDiscoveredEventSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { WeatherSevereEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { configuration, StoryRig } from "./rig.ts";

const { method } = StoryService;
const day = 86_400_000n;

const raid = { id: "raid.1", kind: "raid", region: "moor", place: "old-mill", cause: "beat/3" };
const fight = {
  player: "anna",
  verb: Verb.FIGHT,
  region: "moor",
  place: "old-mill",
  target: "wolf.1",
  targetKind: "wolf",
  success: true,
};

/** A beat, a raid that it caused, a quest that the raid caused, a fight, a storm. */
function eventful(): StoryRig {
  const rig = new StoryRig();
  const beat = { beat: 3n, kind: BeatKind.OCCURRENCE, region: "moor", subject: "raid" };
  rig.publish(StoryBeatEventSchema, { ...beat, gameMs: 1n });
  rig.publish(OccurrenceEventSchema, { ...raid, started: true, gameMs: 2n });
  const quest = { id: "run.1", quest: "mend-the-mill", player: "anna", region: "moor" };
  const offer = { ...quest, cause: "occurrence/raid.1" };
  rig.publish(QuestOfferedEventSchema, { ...offer, gameMs: 3n }, { ...quest, id: "run.2" });
  const wolves = { beat: 4n, kind: BeatKind.ENCOUNTER, region: "moor", subject: "wolf" };
  rig.publish(StoryBeatEventSchema, { ...wolves, gameMs: 4n });
  rig.publish(PlayerActedEventSchema, { ...fight, gameMs: day });
  rig.publish(PlayerActedEventSchema, { ...fight, verb: Verb.TALK, gameMs: day });
  rig.publish(OccurrenceEventSchema, { ...raid, started: false, gameMs: day + 1n });
  rig.publish(QuestEndedEventSchema, {
    ...quest,
    outcome: QuestOutcome.COMPLETED,
    gameMs: day + 2n,
  });
  const gale = { region: "moor", condition: "gale", started: true };
  rig.publish(WeatherSevereEventSchema, { ...gale, gameMs: day + 3n });
  // Its end tells of the weather after it.
  const end = { region: "moor", condition: "fair", started: false };
  rig.publish(WeatherSevereEventSchema, { ...end, gameMs: day + 4n });
  return rig;
}

function chronicle(rig: StoryRig, request: object) {
  const outcome = rig.world.call(method.getChronicle, request);
  return outcome.ok ? outcome.value.entries : [];
}

describe("the chronicle", () => {
  it("holds what was significant, the newest first", () => {
    expect(chronicle(eventful(), {}).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      `storm:gale:ended storm/moor/${day + 4n}`,
      `storm:gale storm/moor/${day + 3n}`,
      "quest:completed quest/run.1",
      "occurrence:raid:ended occurrence/raid.1",
      `fight:won fight/anna/${day}`,
      "beat:encounter beat/4",
      "quest:offered quest/run.1",
      "occurrence:raid occurrence/raid.1",
      "beat:occurrence beat/3",
    ]);
  });

  it("knows why: the causes, back to the first", () => {
    const rig = eventful();
    const why = (id: string) => chronicle(rig, { why: id }).map(({ kind }) => kind);
    expect(why("quest/run.1")).toEqual([
      "quest:completed",
      "quest:offered",
      "occurrence:raid",
      "beat:occurrence",
    ]);
    expect(why("occurrence/raid.1").at(-1)).toBe("beat:occurrence");
    expect(why(`fight/anna/${day}`)).toEqual(["fight:won", "beat:encounter"]);
    expect(why(`storm/moor/${day + 4n}`)).toEqual(["storm:gale:ended", "storm:gale"]);
  });

  it("knows which beat brought an encounter: the newest of that kind, there, for that player", () => {
    const rig = new StoryRig();
    const beat = { kind: BeatKind.ENCOUNTER, region: "moor", subject: "wolf" };
    rig.publish(
      StoryBeatEventSchema,
      { ...beat, beat: 1n },
      { ...beat, beat: 2n, place: "old-mill", player: "anna" },
      { ...beat, beat: 3n, region: "peaks" },
      { ...beat, beat: 4n, place: "bridge" },
      { ...beat, beat: 5n, player: "berta" },
      { ...beat, beat: 6n, subject: "imp" },
      { ...beat, beat: 7n, kind: BeatKind.QUEST },
    );
    rig.publish(PlayerActedEventSchema, fight, { ...fight, player: "carl" });
    const causes = chronicle(rig, { limit: 2 }).map(
      ({ player, because }) => `${player} ${because}`,
    );
    expect(causes).toEqual(["carl beat/1", "anna beat/2"]);
  });

  it("links choices to what opened their dialogue, and stories found to what left the traces", () => {
    const rig = new StoryRig();
    const beat = { beat: 5n, kind: BeatKind.STORY, region: "moor", player: "anna" };
    rig.publish(StoryBeatEventSchema, { ...beat, subject: "mill" });
    rig.world.call(method.choose, { player: "anna", dialogue: "mill", node: "n0", choice: 0 });
    rig.world.call(method.choose, { player: "anna", dialogue: "mill", node: "n1", choice: 0 });
    const why = chronicle(rig, { why: "choice/anna/mill" });
    expect(why.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "choice to 3",
      "choice to 1",
      "beat:story ",
    ]);
    const found = { player: "anna", trace: "moor.1", region: "moor", cause: "beat/5" };
    rig.publish(TraceDiscoveredEventSchema, found, { ...found, story: "It was so." });
    expect(chronicle(rig, { why: "trace/moor.1" }).map(({ kind }) => kind)).toEqual([
      "discovery",
      "beat:story",
    ]);
  });

  it("answers by region, player and time", () => {
    const rig = eventful();
    expect(chronicle(rig, { region: "peaks" })).toEqual([]);
    expect(chronicle(rig, { player: "anna" })).toHaveLength(3);
    expect(chronicle(rig, { sinceMs: day, untilMs: day + 1n })).toHaveLength(2);
    expect(chronicle(rig, { limit: 4 })).toHaveLength(4);
  });

  it("is bounded: the oldest is forgotten, and its number is not used again", () => {
    const rig = new StoryRig();
    const events = Array.from({ length: entriesMax + 10 }, (_, i) => ({
      ...raid,
      id: `raid.${i}`,
      started: true,
    }));
    rig.publish(OccurrenceEventSchema, ...events);
    const { state } = rig;
    const entries = [...newestFirst(state)];
    expect(state.entries).toBe(BigInt(entriesMax + 10));
    expect(entries.length).toBeLessThanOrEqual(entriesMax);
    expect(entries.length).toBeGreaterThan(entriesMax - 32);
    expect(entries[0]).toMatchObject({
      number: state.entries,
      id: `occurrence/raid.${entriesMax + 9}`,
    });
    expect(entries.at(-1)?.number).toBe(33n);
  });

  it("is the same with 1, 2 and 4 workers", () => {
    const hashes = [1, 2, 4].map((workers) => {
      const rig = new StoryRig(configuration, { workers });
      rig.publish(StoryBeatEventSchema, {
        beat: 5n,
        kind: BeatKind.STORY,
        player: "anna",
        subject: "mill",
        storylet: "wolves",
      });
      rig.publish(PlayerActedEventSchema, fight);
      return rig.world.hash();
    });
    expect(new Set(hashes).size).toBe(1);
  });
});

describe("what is told", () => {
  it("is what happened, in words, in the order in which it did", () => {
    const told = eventful().world.call(method.tell, { region: "moor" });
    expect(told.ok && told.value.text).toBe(
      "Day 1. The raid began at the old mill. The wolf was seen at Moor. " +
        "Day 2. Anna drove off the wolf at the old mill. The raid came to an end at the old mill. " +
        "“mend the mill” was done by Anna at Moor. " +
        "Severe weather, the gale, came over Moor. Moor had the gale behind it.",
    );
  });

  it("is made of entries of the chronicle only, a sentence each", () => {
    const event = fc.record({
      kind: fc.constantFrom("raid", "fair", "flood"),
      region: fc.constantFrom("moor", "peaks"),
      place: fc.constantFrom("", "old-mill", "bridge"),
      started: fc.boolean(),
      id: fc.integer({ min: 0, max: 9 }).map((n) => `o.${n}`),
      gameMs: fc.bigInt({ min: 0n, max: 10n * day }),
    });
    const lost = fc.record({ region: fc.constant("peaks"), success: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.array(lost), (occurrences, fights) => {
        const rig = new StoryRig();
        rig.publish(OccurrenceEventSchema, ...occurrences);
        rig.publish(PlayerActedEventSchema, ...fights.map((of) => ({ ...fight, ...of })));
        const told = rig.world.call(method.tell, { region: "peaks", sinceMs: day });
        if (!told.ok) throw new Error(told.message);
        const { state } = rig;
        const entries = told.value.entries.map((number) =>
          [...newestFirst(state)].find((entry) => entry.number === number),
        );
        const sentences = entries.map((entry) => {
          expect(entry?.region).toBe("peaks");
          expect(entry?.gameMs).toBeGreaterThanOrEqual(day);
          return entry ? `${sentenceOf(state, entry)}.` : "";
        });
        expect(told.value.text.replaceAll(/Day \d+\. /g, "")).toBe(sentences.join(" "));
        for (const entry of entries) {
          if (entry?.kind.startsWith("occurrence")) {
            const { place, kind } = entry;
            const ended = kind.endsWith(":ended");
            expect(occurrences).toContainEqual(
              expect.objectContaining({ place, region: "peaks", started: !ended }),
            );
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
