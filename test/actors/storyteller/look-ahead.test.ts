import { describe, expect, it } from "vitest";
import { tryBeat } from "../../../src/actors/storyteller/commands.ts";
import { hearAhead, pendingMax } from "../../../src/actors/storyteller/look-ahead.ts";
import { outcomeOf, pacingScore, totalsOf } from "../../../src/actors/storyteller/outcome.ts";
import { EffectFailedSchema } from "../../../src/gen/tellurion/v1/actor_pb.ts";
import {
  BeatKind,
  type LookAheadRequest,
  LookAheadRequestSchema,
  LookAheadResultSchema,
  StoryBeatEventSchema,
  StorytellerService,
  TryBeatSchema,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { calm, classic, type PackInit, storylets } from "./pack.ts";
import { answerLookAheads } from "./rehearsal.ts";
import { StorytellerRig } from "./rig.ts";
import { ScriptedPlayer } from "./session.ts";
import { address, say, stateOf, storyWorld } from "./stage.ts";

const near = ["left", "right"].map((name) => ({
  ...{ name, kind: BeatKind.STORY, subject: name, salience: 5, intensity: 0.1 },
  cooldownMinutes: 30,
}));
const pack: PackInit = {
  ...{ lookAhead: true, storylets: near, encounterKinds: [] },
  personality: { ...classic, randomness: 0 },
};
const talk = { player: "anna", verb: Verb.TALK, region: "moor", place: "moor.inn", success: true };
const good = { pacingError: 0.05, minutes: 30 };
const bad = { pacingError: 0.4, minutes: 30 };

function askingWorld(): { world: TestWorld; request: LookAheadRequest } {
  const world = storyWorld({ pack });
  say(world, PlayerActedEventSchema, talk);
  world.step(2);
  const [asked] = world.effects;
  if (asked?.type !== LookAheadRequestSchema) throw new Error("assertion failed: nobody asked");
  return { world, request: asked.request as LookAheadRequest };
}

/** Answers the first look ahead. */
function settle(world: TestWorld, outcomes: (typeof good)[]): void {
  const [asked] = world.effects;
  if (asked === undefined) throw new Error("assertion failed: nobody asked");
  world.settle(asked, LookAheadResultSchema, { outcomes });
}

const beatsOf = (world: TestWorld): string[] =>
  world.eventsOf(StoryBeatEventSchema).map(({ storylet }) => storylet);

describe("a look ahead", () => {
  it("is asked for when candidates are near each other, and until it is answered nothing is decided", () => {
    const { world, request } = askingWorld();
    expect(request).toMatchObject({ player: "anna", region: "moor", horizonMinutes: 45 });
    expect(request.candidates).toMatchObject([
      { storylet: "left", player: "anna", kind: BeatKind.STORY, beat: 1n },
      { storylet: "right", player: "anna" },
    ]);
    world.step(5);
    expect(world.effects.length).toBe(1);
    expect(beatsOf(world)).toEqual([]);
    expect(stateOf(world).pending.length).toBe(1);
  });

  it("decides by what comes of the candidates", () => {
    for (const [outcomes, chosen] of [
      [[bad, good], "right"],
      [[good, bad], "left"],
    ] as const) {
      const { world } = askingWorld();
      world.step(2);
      settle(world, [...outcomes]);
      world.step(2);
      expect(beatsOf(world)).toEqual([chosen]);
      const told = world.call(StorytellerService.method.explainBeat, { beat: 1n });
      expect(told).toMatchObject({ ok: true, value: { decision: { reason: "look_ahead" } } });
      const seen = told.ok ? (told.value.decision?.outcomes ?? []) : [];
      expect(seen.map(({ score }) => score)).toEqual(outcomes.map((o) => 1 - o.pacingError));
      expect(stateOf(world).pending).toEqual([]);
    }
  });

  it("that fails, or is nonsense, leaves it to the scores", () => {
    const answers: ((world: TestWorld) => void)[] = [
      (world) => {
        const asked = world.effects[0] as (typeof world.effects)[number];
        world.settle(asked, EffectFailedSchema, { effect: asked.id, code: "EFFECT_FAILED" });
      },
      (world) => settle(world, [good]),
      (world) => settle(world, [{ pacingError: Number.NaN, minutes: 1 }, good]),
      (world) => settle(world, []),
    ];
    for (const answer of answers) {
      const { world } = askingWorld();
      answer(world);
      world.step(2);
      expect(beatsOf(world)).toEqual(["left"]);
      expect(stateOf(world).told[0]?.reason).toBe("look_ahead_failed");
    }
  });

  it("that does not come is not waited for, and changes nothing when it comes late", () => {
    const { world } = askingWorld();
    world.step(12);
    expect(beatsOf(world)).toEqual(["left"]);
    expect(stateOf(world).told[0]?.reason).toBe("look_ahead_late");
    settle(world, [bad, good]);
    world.step(2);
    expect(beatsOf(world)).toEqual(["left"]);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("does not make happen what is not allowed any more", () => {
    const { world } = askingWorld();
    const { commitBeat } = StorytellerService.method;
    expect(world.call(commitBeat, { name: "right", player: "anna" }).ok).toBe(true);
    settle(world, [bad, good]);
    world.step(2);
    expect(beatsOf(world)).toEqual(["right"]);
    expect(stateOf(world).pending).toEqual([]);
  });

  it("is asked for few players at a time, and once for each", () => {
    const rig = new StorytellerRig(1, pack);
    for (let i = 0; i < 20; i += 1) rig.acts(`p${i}`);
    rig.live(3);
    expect(rig.state.pending.length).toBe(pendingMax);
    const asked = rig.effects.map(({ request }) => (request as LookAheadRequest).player);
    expect(new Set(asked).size).toBe(pendingMax);
    hearAhead(rig.state, 3, [], rig);
    expect(rig.state.pending.length).toBe(pendingMax - 1);
    expect(rig.beats.at(-1)?.player).toBe(asked[2]);
  });

  it("is not asked for again before those that were given up are answered", () => {
    const rig = new StorytellerRig(1, pack);
    for (let i = 0; i < 20; i += 1) rig.acts(`p${i}`);
    rig.live(40);
    expect(rig.state.pending).toEqual([]);
    expect(rig.effects).toHaveLength(pendingMax);
    hearAhead(rig.state, 1, [], rig);
    rig.live(10);
    expect(rig.effects).toHaveLength(pendingMax + 1);
  });

  it("paces better than the scores alone, over the same sessions", { timeout: 60_000 }, () => {
    const scoreOf = (seed: number, lookAhead: boolean): number => {
      const rig = new StorytellerRig(seed, { lookAhead, personality: calm });
      const player = new ScriptedPlayer(rig, "anna", seed);
      for (let minute = 1; minute <= 240; minute += 1) {
        player.live(minute);
        rig.live(1);
        answerLookAheads(rig);
      }
      return outcomeOf(rig.state, "moor", "anna")?.score ?? 0;
    };
    let gained = 0;
    for (let seed = 1; seed <= 20; seed += 1) gained += scoreOf(seed, true) - scoreOf(seed, false);
    expect(gained / 20).toBeGreaterThan(0);
  });

  it("is not asked for where nobody wants it", () => {
    const rig = new StorytellerRig(1, { ...pack, lookAhead: false });
    rig.acts("anna");
    rig.live(50);
    expect(rig.effects).toEqual([]);
    expect(rig.beats.length).toBeGreaterThan(0);
  });
});

describe("a beat that is tried in a branch", () => {
  const plain = codecOf(StoryBeatEventSchema).complete({
    ...{ kind: BeatKind.STORY, storylet: "right", subject: "right", region: "moor" },
    ...{ player: "anna", intensity: 0.5 },
  });

  it("happens exactly, whatever the guards say, and nothing after it looks ahead", () => {
    const { world, request } = askingWorld();
    const [, beat] = request.candidates;
    if (beat === undefined) throw new Error("assertion failed: two candidates");
    world.send(address, TryBeatSchema, { beat });
    world.step();
    expect(world.eventsOf(StoryBeatEventSchema)).toMatchObject([{ ...beat }]);
    expect(stateOf(world)).toMatchObject({ lookAhead: false, pending: [] });
    world.step(60);
    expect(world.effects.length).toBe(1);
  });

  it("begins to count anew, so that its outcome is that of the horizon", () => {
    const rig = new StorytellerRig(1, { storylets, lookAhead: true });
    for (let i = 0; i < 20; i += 1) {
      rig.acts("anna", { harm: 0.1 });
      rig.live(5);
    }
    tryBeat(rig.state, plain, false, rig);
    expect(outcomeOf(rig.state, "moor", "anna")).toMatchObject({ minutes: 0, harm: 0, beats: 1 });
    rig.live(10);
    const since = totalsOf(rig.state, "moor", "anna");
    rig.acts("anna", { harm: 0.25 });
    rig.live(20);
    const whole = outcomeOf(rig.state, "moor", "anna");
    const late = outcomeOf(rig.state, "moor", "anna", since);
    expect([whole?.minutes, late?.minutes]).toEqual([30, 20]);
    expect(whole?.harm).toBeCloseTo(0.25, 9);
    expect(late?.score).toBe(late && pacingScore(late));
    expect(outcomeOf(rig.state, "moor", "zoe")).toBeUndefined();
  });

  it("lets a fight do what its strength says to a player of whom nothing is heard", () => {
    const intensityWhen = (acts: boolean): number => {
      const rig = new StorytellerRig(1, { storylets: [] });
      rig.acts("anna");
      rig.live(1);
      const fight = { kind: BeatKind.ENCOUNTER, storylet: "", subject: "brute", intensity: 0.7 };
      tryBeat(rig.state, { ...plain, ...fight }, false, rig);
      rig.live(1);
      if (acts) rig.acts("anna");
      rig.live(5);
      return rig.track("anna").intensity;
    };
    expect(intensityWhen(false)).toBeGreaterThan(intensityWhen(true) + 0.1);
    expect(intensityWhen(false)).toBeLessThan(0.7);
  });

  it("may be nothing at all", () => {
    const rig = new StorytellerRig(1, pack);
    rig.acts("anna");
    tryBeat(rig.state, { ...plain, kind: BeatKind.QUIET, storylet: "" }, false, rig);
    expect(rig.beats).toEqual([]);
    expect(outcomeOf(rig.state, "moor", "anna")).toMatchObject({ beats: 0, score: 1 });
    tryBeat(rig.state, { ...plain, player: "zoe" }, false, rig);
    expect(rig.beats).toEqual([]);
    expect(rig.warnings).toEqual(["a beat was tried for somebody unknown: zoe"]);
  });
});
