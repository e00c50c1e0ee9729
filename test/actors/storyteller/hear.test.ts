import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsMax, holdsFact, learnFact } from "../../../src/actors/storyteller/facts.ts";
import { hearOccurrence, playersMax } from "../../../src/actors/storyteller/hear.ts";
import { moved } from "../../../src/actors/storyteller/intensity.ts";
import { isMet, parsePrecondition } from "../../../src/actors/storyteller/preconditions.ts";
import { DayPhase } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { PacingPhase } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { StorytellerRig } from "./rig.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("intensity", () => {
  it("stays from 0 to 1, and moves by a share of the room there is", () => {
    fc.assert(
      fc.property(share, fc.double({ min: -1, max: 1, noNaN: true }), (intensity, amount) => {
        const after = moved(intensity, amount);
        expect(after).toBeGreaterThanOrEqual(0);
        expect(after).toBeLessThanOrEqual(1);
        expect(Object.is(after, -0)).toBe(false);
        const room = amount > 0 ? 1 - intensity : intensity;
        expect(after).toBeCloseTo(intensity + amount * room, 12);
      }),
    );
  });

  it("decays by the minute as the personality says", () => {
    const rig = new StorytellerRig(1, { storylets: [], encounterKinds: [] });
    const track = rig.acts("anna", { harm: 1 });
    expect(track.intensity).toBeCloseTo(0.8, 12);
    rig.live(1);
    expect(track.intensity).toBeCloseTo(0.8 * 0.97, 12);
  });

  it("is raised by harm and fights, in the region too, and by nonsense not at all", () => {
    const rig = new StorytellerRig(1);
    const track = rig.acts("anna", { harm: Number.NaN });
    expect(track.intensity).toBe(0);
    rig.acts("anna", { verb: Verb.FIGHT, harm: 0.25 });
    expect(track.intensity).toBeCloseTo(0.35, 12);
    expect(rig.track("", "moor").intensity).toBeCloseTo(0.35 * 0.3, 12);
    expect(rig.track("", "fen").intensity).toBe(0);
    const occurrence = { kind: "raid", region: "fen", started: true, cause: "" };
    hearOccurrence(rig.state, { ...occurrence, intensity: 7 });
    expect(rig.track("", "fen").intensity).toBeCloseTo(0.4, 12);
  });
});

describe("players", () => {
  it("are remembered up to a number: who has been away longest is forgotten for a new one", () => {
    const rig = new StorytellerRig(1, { storylets: [], encounterKinds: [] });
    for (let i = 0; i < playersMax; i += 1) rig.acts(`p${i}`);
    expect(() => rig.acts("late")).toThrow("no track of late");
    expect(rig.state.playersRefused).toBe(1n);
    rig.live(60);
    for (let i = 1; i < playersMax; i += 1) rig.acts(`p${i}`);
    rig.live(60);
    expect(rig.track("p0").away).toBe(true);
    rig.acts("late");
    expect(() => rig.track("p0")).toThrow("no track of p0");
    expect(rig.state.tracks.length).toBe(2 + playersMax);
    rig.live(1);
  });

  it("are paced where they are, and keep their place when they go where nobody knows", () => {
    const rig = new StorytellerRig(1);
    const track = rig.acts("anna");
    rig.acts("anna", { region: "fen", place: "fen.hut" });
    expect(track).toMatchObject({ region: "fen", place: "fen.hut" });
    rig.acts("anna", { region: "sea", place: "sea.deep" });
    expect(track).toMatchObject({ region: "fen", place: "fen.hut" });
    expect(() => rig.acts("Not A Name")).toThrow("no track of Not A Name");
  });
});

describe("facts", () => {
  it("are kept up to a number, and the oldest one is forgotten", () => {
    const { state } = new StorytellerRig(1);
    for (let i = 0; i <= factsMax; i += 1) learnFact(state, `f${i}`, "", true);
    expect(state.facts.length).toBe(factsMax);
    expect(state.factsForgotten).toBe(1n);
    expect([holdsFact(state, "f0", ""), holdsFact(state, `f${factsMax}`, "anna")]).toEqual([
      ...[false, true],
    ]);
  });

  it("are known once, however often they are told", () => {
    const { state } = new StorytellerRig(1);
    for (let i = 0; i < 3; i += 1) learnFact(state, "war", "anna", true);
    expect(state.facts).toEqual([{ fact: "war", player: "anna" }]);
    for (let i = 0; i < 3; i += 1) learnFact(state, "war", "anna", false);
    expect(state.facts).toEqual([]);
  });
});

describe("preconditions", () => {
  const now = {
    ...{ season: "winter", dayPhase: DayPhase.NIGHT, condition: "fog", severe: false },
    ...{ intensity: 0.5, pacing: PacingPhase.PEAK, holds: (fact: string) => fact === "war" },
  };

  it("hold as their words say", () => {
    const table: [string, boolean][] = [
      ...(["war", "!peace", "season:winter", "phase:night", "weather:fog"] as const).map(
        (text): [string, boolean] => [text, true],
      ),
      ...(["peace", "!war", "season:summer", "phase:day", "weather:rain", "severe"] as const).map(
        (text): [string, boolean] => [text, false],
      ),
      ["intensity<0.6", true],
      ["intensity<0.5", false],
      ["intensity>0.4", true],
      ["intensity>0.5", false],
      ["intensity>0", true],
      ["intensity<1", true],
      ["pacing:peak", true],
      ["pacing:build_up", false],
    ];
    for (const [text, holds] of table) {
      expect(isMet(parsePrecondition(text, "at"), now), text).toBe(holds);
    }
  });
});
