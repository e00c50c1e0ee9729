import { describe, expect, it } from "vitest";
import { choiceFor } from "../../../src/actors/storyteller/candidates.ts";
import { commitBeat, setPersonality, veto } from "../../../src/actors/storyteller/commands.ts";
import { toldMax } from "../../../src/actors/storyteller/commit.ts";
import { wordsFor } from "../../../src/actors/storyteller/explain.ts";
import { learnFact } from "../../../src/actors/storyteller/facts.ts";
import { hearSevere, hearWeather } from "../../../src/actors/storyteller/hear.ts";
import type { Track } from "../../../src/actors/storyteller/state.ts";
import { DayPhase } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { StoryFactEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, PacingPhase } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { calm, classic, type StoryletInit } from "./pack.ts";
import { StorytellerRig } from "./rig.ts";

const wait = { player: "anna", region: "", place: "", force: false };
const steady = { ...classic, randomness: 0 };

/** Why a storylet or encounter kind may not happen now. Undefined: it may. */
function reason(rig: StorytellerRig, track: Track, name: string): string | undefined {
  return choiceFor(rig.state, track).rejected.find((one) => one.name === name)?.reason;
}

/** A rig in which a fight may come at once. */
function fightingRig(changes: ConstructorParameters<typeof StorytellerRig>[1] = {}) {
  const rig = new StorytellerRig(1, { personality: steady, ...changes });
  const track = rig.acts("anna", { place: "moor.road" });
  rig.state.minute += 30;
  Object.assign(track, { phase: PacingPhase.BUILD_UP, phaseSince: rig.state.minute, points: 100 });
  track.phaseMinutes = 40;
  track.heardAt = rig.state.minute;
  return { rig, track };
}

const one = (more: Partial<StoryletInit>): StoryletInit => ({
  ...{ name: "one", kind: BeatKind.STORY, subject: "node", salience: 1, intensity: 0.1 },
  ...more,
});

describe("a storylet", () => {
  it("happens where its preconditions hold, and is rejected with the first one that does not", () => {
    const table: [string, (rig: StorytellerRig, track: Track) => void][] = [
      ["seen-it", (rig) => learnFact(rig.state, "seen-it", "anna", true)],
      ["known-to-all", (rig) => learnFact(rig.state, "known-to-all", "", true)],
      ["season:winter", (rig) => Object.assign(rig.state, { season: "winter" })],
      ["phase:dusk", (rig) => Object.assign(rig.state, { dayPhase: DayPhase.DUSK })],
      ["weather:fog", (rig) => hearWeather(rig.state, "moor", "fog")],
      [
        "severe",
        ({ state }) =>
          hearSevere(state, { region: "moor", condition: "storm", started: true, intensity: 1 }),
      ],
      ["intensity>0.6", (_, track) => Object.assign(track, { intensity: 0.61 })],
      ["pacing:peak", (_, track) => Object.assign(track, { phase: PacingPhase.PEAK })],
    ];
    for (const [text, fulfil] of table) {
      const { rig, track } = fightingRig({ storylets: [one({ preconditions: [text] })] });
      expect(reason(rig, track, "one")).toBe(`precondition ${text}`);
      fulfil(rig, track);
      expect(reason(rig, track, "one"), text).toBeUndefined();
    }
  });

  it("that must not be true is rejected as soon as it is, and again when it is not any more", () => {
    const { rig, track } = fightingRig({ storylets: [one({ preconditions: ["!over"] })] });
    expect(reason(rig, track, "one")).toBeUndefined();
    learnFact(rig.state, "over", "berta", true);
    expect(reason(rig, track, "one")).toBeUndefined();
    learnFact(rig.state, "over", "anna", true);
    expect(reason(rig, track, "one")).toBe("precondition !over");
    learnFact(rig.state, "over", "anna", false);
    expect(reason(rig, track, "one")).toBeUndefined();
  });

  it("stays in its regions and at its kinds of places", () => {
    const { rig, track } = fightingRig({
      storylets: [
        one({ regions: ["fen"] }),
        one({ name: "two", placeKinds: ["harbour"] }),
        one({ name: "three", placeKinds: ["ruin"] }),
      ],
    });
    expect(reason(rig, track, "one")).toBe("region");
    expect(reason(rig, track, "two")).toBe("place");
    const found = choiceFor(rig.state, track).candidates.find(
      ({ plan }) => plan.storylet === "three",
    );
    expect(found).toMatchObject({ plan: { place: "moor.ruin" }, placeFit: 0.8 });
  });

  it("does not come back before its cooldowns are over: for the player, and for the world", () => {
    const storylets = [one({ cooldownMinutes: 50, worldCooldownMinutes: 20 })];
    const { rig, track } = fightingRig({ storylets, encounterKinds: [] });
    const other = rig.acts("berta");
    commitBeat(rig.state, { ...wait, name: "one" }, rig);
    rig.state.minute += 10;
    expect(reason(rig, track, "one")).toBe("world_cooldown");
    expect(reason(rig, other, "one")).toBe("world_cooldown");
    rig.state.minute += 10;
    expect(reason(rig, track, "one")).toBe("cooldown");
    expect(reason(rig, other, "one")).toBeUndefined();
    rig.state.minute += 30;
    expect(reason(rig, track, "one")).toBeUndefined();
  });

  it("makes facts true: of the player, or of the world where it happens to a region", () => {
    const { rig } = fightingRig({
      storylets: [
        one({ sets: ["met"] }),
        one({ name: "flood", kind: BeatKind.OCCURRENCE, subject: "flood", sets: ["wet"] }),
      ],
    });
    commitBeat(rig.state, { ...wait, name: "one" }, rig);
    rig.state.minute += 10;
    commitBeat(rig.state, { ...wait, name: "flood" }, rig);
    expect(rig.eventsOf(StoryFactEventSchema)).toMatchObject([
      { fact: "met", player: "anna", holds: true, cause: "beat/1" },
      { fact: "wet", player: "", holds: true, cause: "beat/2" },
    ]);
  });

  it("that is vetoed does not happen until the veto is over or taken back", () => {
    const { rig, track } = fightingRig({ storylets: [one({})] });
    veto(rig.state, "one", 30);
    expect(reason(rig, track, "one")).toBe("veto");
    veto(rig.state, "one", 0);
    expect(reason(rig, track, "one")).toBeUndefined();
    veto(rig.state, "one", 3);
    rig.live(3);
    expect(reason(rig, track, "one")).not.toBe("veto");
  });
});

describe("guards", () => {
  it("keep fights from a player for a while after a loss", () => {
    const { rig, track } = fightingRig();
    expect(reason(rig, track, "wolves")).toBeUndefined();
    rig.acts("anna", { verb: Verb.FIGHT, success: false, harm: 0.6, place: "moor.road" });
    track.points = 100;
    expect(reason(rig, track, "wolves")).toBe("grace");
    rig.state.minute += 19;
    expect(reason(rig, track, "wolves")).toBe("grace");
    rig.state.minute += 1;
    expect(reason(rig, track, "wolves")).toBeUndefined();
  });

  it("keep fights from where a player rests", () => {
    const { rig, track } = fightingRig();
    rig.acts("anna", { verb: Verb.REST, place: "moor.ruin" });
    expect(reason(rig, track, "brute")).toBe("rests");
    const bandits = choiceFor(rig.state, track).candidates.find(
      ({ plan }) => plan.subject === "bandits",
    );
    expect(bandits?.plan.place).toBe("moor.road");
    const request = { ...wait, name: "wolves", place: "moor.ruin" };
    expect(() => commitBeat(rig.state, request, rig)).toThrow("no player rests");
    rig.acts("anna", { verb: Verb.TRAVEL, place: "moor.ruin" });
    expect(reason(rig, track, "brute")).toBeUndefined();
  });

  it("let few fights run at a time, for a player and in a region", () => {
    const { rig, track } = fightingRig({ fairness: { encountersPerRegion: 2 } });
    commitBeat(rig.state, { ...wait, name: "wolves" }, rig);
    rig.state.minute += 10;
    expect(reason(rig, track, "bandits")).toBe("running");
    for (const player of ["berta", "carl"]) {
      Object.assign(rig.acts(player), { phase: PacingPhase.BUILD_UP, points: 100 });
    }
    commitBeat(rig.state, { ...wait, player: "berta", name: "bandits" }, rig);
    expect(reason(rig, rig.track("carl"), "wolves")).toBe("running");
    rig.acts("anna", { verb: Verb.FIGHT, targetKind: "wolves" });
    expect(track.encounters).toEqual([]);
    expect(reason(rig, rig.track("carl"), "wolves")).toBeUndefined();
  });

  it("keep two beats for one player apart, those of the region included", () => {
    const { rig, track } = fightingRig();
    commitBeat(rig.state, { ...wait, player: "", region: "moor", name: "fair" }, rig);
    expect(reason(rig, track, "errand")).toBe("distance");
    rig.state.minute += 5;
    expect(reason(rig, track, "errand")).toBeUndefined();
  });

  it("allow fights only while tension builds up or peaks", () => {
    const { rig, track } = fightingRig();
    for (const phase of [PacingPhase.RELAX, PacingPhase.FADE]) {
      track.phase = phase;
      expect(reason(rig, track, "wolves")).toBe("phase");
      expect(reason(rig, track, "duel")).toBe("phase");
    }
  });

  it("give what happens to one player to nobody but a player", () => {
    const { rig } = fightingRig();
    const region = rig.track("", "moor");
    for (const name of ["errand", "letter", "wolves", "duel"]) {
      expect(reason(rig, region, name)).toBe("nobody");
    }
    const request = { ...wait, player: "", region: "moor", name: "letter", force: true };
    expect(() => commitBeat(rig.state, request, rig)).toThrow("nobody");
  });

  it("let nobody wait too long for a beat", () => {
    const storylets = [one({ salience: 0.01, cooldownMinutes: 30 })];
    const rig = new StorytellerRig(1, { personality: steady, storylets, encounterKinds: [] });
    for (let i = 0; i < 60; i += 1) {
      rig.acts("anna");
      rig.live(10);
    }
    const track = rig.track("anna");
    expect(track.totals?.starvedMinutes).toBe(0);
    expect(rig.beats.length).toBe(6);
    expect(rig.state.told.map((told) => told.reason)).toEqual(Array(6).fill("starvation"));
  });
});

describe("a decision", () => {
  it("takes the best score where there is no randomness, and others too where there is", () => {
    const reasonsOf = (randomness: number): Set<string> => {
      const rig = new StorytellerRig(4, { personality: { ...classic, randomness } });
      for (let i = 0; i < 100; i += 1) {
        rig.acts("anna");
        rig.live(5);
      }
      for (const { candidates, chosen, reason: why } of rig.state.told) {
        const best = candidates[0]?.plan;
        if (why === "score") expect(chosen).toEqual(best);
      }
      return new Set(rig.state.told.map((told) => told.reason));
    };
    expect([...reasonsOf(0)]).toEqual(["score"]);
    expect([...reasonsOf(0.9)].sort()).toEqual(["chance", "score"]);
  });

  it("explains itself: why this, why now, what else there was, and what was rejected", () => {
    const { rig, track } = fightingRig({ storylets: [] });
    track.phaseSince -= 20;
    rig.live(1);
    const decision = rig.state.told.find(({ player }) => player === "anna");
    expect(decision).toMatchObject({ phase: PacingPhase.BUILD_UP, reason: "score", times: 1 });
    expect(decision?.candidates.length).toBeGreaterThan(1);
    expect(decision?.rejected).toContainEqual({ name: "eels", reason: "climate" });
    const first = decision?.candidates[0];
    expect(first?.score).toBe(
      (first?.salience ?? 0) * (first?.fit ?? 0) * (first?.novelty ?? 0) * (first?.placeFit ?? 0),
    );
    const words = wordsFor(decision as NonNullable<typeof decision>);
    expect(words).toContain("Now: build_up");
    expect(words).toContain("eels (climate)");
    expect(words).toMatch(/score 0[.]\d+ = salience 1 × fit 0[.]\d+/);
  });

  it("for nothing is counted and explained, and neither published nor kept each minute", () => {
    const rig = new StorytellerRig(1, { storylets: [], encounterKinds: [] });
    rig.acts("anna");
    rig.live(50);
    expect(rig.beats).toEqual([]);
    expect(rig.state.quietDecisions).toBe(150n);
    expect(rig.state.quiet.map(({ player, region, times }) => [player, region, times])).toEqual([
      ["", "moor", 50],
      ["", "fen", 50],
      ["anna", "moor", 50],
    ]);
  });

  it("is kept for the last beats only", () => {
    const { rig } = fightingRig({ storylets: [one({})] });
    for (let i = 0; i < toldMax + 10; i += 1) {
      commitBeat(rig.state, { ...wait, name: "one", force: true }, rig);
    }
    expect(rig.state.told.length).toBe(toldMax);
    expect(rig.state.told[0]?.beat).toBe(11n);
    expect(rig.state.told.at(-1)?.beat).toBe(rig.state.beats);
  });

  it("paces by the personality that is set, and caps the points by it", () => {
    const { rig, track } = fightingRig();
    setPersonality(rig.state, "calm");
    expect(rig.state.personality).toMatchObject({ name: "calm", peakFrom: calm.peakFrom });
    expect(track.points).toBe(calm.pointsMax);
    expect(() => setPersonality(rig.state, "cruel")).toThrow("valid are calm, classic, chance");
  });
});
