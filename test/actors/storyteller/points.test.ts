import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptationOf } from "../../../src/actors/storyteller/points.ts";
import { BeatKind, PacingPhase } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { classic } from "./pack.ts";
import { StorytellerRig } from "./rig.ts";
import { ScriptedPlayer } from "./session.ts";

const lost = { verb: Verb.FIGHT, success: false, harm: 0.3 };

describe("threat points", () => {
  it("are saved up by the hour of presence, to a cap", () => {
    const rig = new StorytellerRig(1, { encounterKinds: [], storylets: [] });
    const track = rig.acts("anna");
    rig.live(30);
    expect(track.points).toBeCloseTo(30, 9);
    rig.acts("anna");
    rig.live(100);
    expect(track.points).toBe(100);
  });

  it("are lowered by a loss, and less is saved up until it is forgotten", () => {
    const rig = new StorytellerRig(1, { encounterKinds: [], storylets: [] });
    const track = rig.acts("anna");
    rig.live(40);
    rig.acts("anna", lost);
    expect(track.points).toBeCloseTo(20, 9);
    rig.live(1);
    expect(track.points - 20).toBeGreaterThan(0.5);
    expect(track.points - 20).toBeLessThan(0.52);
    const { personality, minute } = rig.state;
    expect(adaptationOf(personality, track, minute + 28)).toBeLessThan(0.75);
    expect(adaptationOf(personality, track, minute + 59)).toBe(1);
  });

  it("are never below 0 nor above the cap, whatever happens", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 300 }), (seed, pointsMax) => {
        const personality = { ...classic, pointsMax, pointsPerHour: 300 };
        const rig = new StorytellerRig(seed, { personality });
        const player = new ScriptedPlayer(rig, "anna", seed);
        for (let minute = 1; minute <= 240; minute += 1) {
          player.live(minute);
          rig.live(1);
          for (const { points } of rig.state.tracks) {
            expect(points).toBeGreaterThanOrEqual(0);
            expect(points).toBeLessThanOrEqual(pointsMax);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("buy encounters while tension builds up or peaks, and never while it fades or rests", () => {
    let bought = 0;
    for (let seed = 1; seed <= 30; seed += 1) {
      const rig = new StorytellerRig(seed);
      const player = new ScriptedPlayer(rig, "anna", seed);
      for (let minute = 1; minute <= 480; minute += 1) {
        player.live(minute);
        rig.live(1);
        const decision = rig.state.told.at(-1);
        if (decision?.chosen?.kind !== BeatKind.ENCOUNTER) continue;
        expect([PacingPhase.BUILD_UP, PacingPhase.PEAK]).toContain(decision.phase);
        expect(decision.points).toBeGreaterThanOrEqual(decision.chosen.points);
        bought += decision.chosen.storylet === "" ? 1 : 0;
      }
    }
    expect(bought).toBeGreaterThan(30);
  });

  it("are spent", () => {
    const rig = new StorytellerRig(1, { storylets: [] });
    const track = rig.acts("anna", { place: "moor.ruin" });
    let spent = 0;
    for (let i = 0; i < 240; i += 1) {
      const before = { points: track.points, beats: rig.beats.length };
      if (i % 30 === 0) rig.acts("anna", { place: "moor.ruin" });
      rig.live(1);
      const beat = rig.beats[before.beats];
      if (beat === undefined) continue;
      expect(track.points).toBeCloseTo(Math.min(100, before.points + 1) - beat.points, 9);
      spent += 1;
    }
    expect(spent).toBeGreaterThan(1);
  });
});
