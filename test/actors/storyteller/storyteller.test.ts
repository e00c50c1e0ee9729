import { describe, expect, it } from "vitest";
import { ClockService, DayPhase } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema, QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryFactEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import {
  ConfigureStorytellerSchema,
  type PacingTrack,
  StoryBeatEventSchema,
  StorytellerService,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  WeatherEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { calm, packWith } from "./pack.ts";
import { address, say, stateOf, storyWorld } from "./stage.ts";

const { method } = StorytellerService;
const talk = { player: "anna", verb: Verb.TALK, region: "moor", place: "moor.inn", success: true };

function trackIn(world: TestWorld, player: string, region = ""): PacingTrack | undefined {
  const { tracks } = stateOf(world);
  return tracks.find((one) => one.player === player && (player !== "" || one.region === region));
}

/** Runs frames, each a game minute, in which a player acts now and then and is hurt by what comes. */
function play(world: TestWorld, minutes: number): void {
  for (let i = 0; i < minutes; i += 1) {
    if (i % 4 === 0) say(world, PlayerActedEventSchema, talk);
    const running = trackIn(world, "anna")?.encounters[0];
    if (running !== undefined && i % 3 === 0) {
      const fight = { verb: Verb.FIGHT, targetKind: running.kind, harm: 0.25 };
      say(world, PlayerActedEventSchema, { ...talk, ...fight });
    }
    world.step();
  }
}

describe("the storyteller", () => {
  it("paces a player and the regions, minute by minute, with beats that others carry out", () => {
    const world = storyWorld();
    play(world, 300);
    const state = stateOf(world);
    expect(state.minute).toBeGreaterThan(295);
    const beats = world.eventsOf(StoryBeatEventSchema);
    expect(beats.map(({ beat }) => beat)).toEqual(beats.map((_, i) => BigInt(i + 1)));
    expect(beats.some(({ player }) => player === "anna")).toBe(true);
    expect(beats.some(({ player }) => player === "")).toBe(true);
    expect(state.tracks.map(({ player, region }) => `${player}@${region}`)).toEqual([
      ...["@moor", "@fen", "anna@moor"],
    ]);
    expect(world.deadLetters).toEqual([]);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("has the same history with 1, 2 and 4 workers, and when it is moved", () => {
    const [one, two, four] = [1, 2, 4].map((workers) => {
      const world = storyWorld({ workers, seed: 11, shuffleEveryFrames: workers === 1 ? 0 : 7 });
      play(world, 120);
      return [world.hash(), world.eventsOf(StoryBeatEventSchema).length];
    });
    expect(two).toEqual(one);
    expect(four).toEqual(one);
    expect(one?.[1]).toBeGreaterThan(3);
  });

  it("hears of harm, dangers, storms and failures, and of relief", () => {
    const world = storyWorld({ pack: { storylets: [], encounterKinds: [] } });
    world.step(2);
    say(world, PlayerActedEventSchema, talk);
    world.step();
    const events: [() => void, (before: number, after: number) => boolean][] = [
      [() => say(world, PlayerActedEventSchema, { ...talk, harm: 0.5 }), (a, b) => b > a + 0.2],
      [
        () => {
          const raid = { id: "r1", kind: "raid", region: "moor", intensity: 1, started: true };
          say(world, OccurrenceEventSchema, raid);
        },
        (a, b) => b > a + 0.03,
      ],
      [
        () => {
          const fair = { id: "f1", kind: "fair", region: "moor", intensity: 1, started: true };
          say(world, OccurrenceEventSchema, fair);
        },
        (a, b) => b < a,
      ],
      [
        () => {
          const cause = "beat/7";
          const raid = { id: "r2", kind: "raid", region: "moor", intensity: 1, started: true };
          say(world, OccurrenceEventSchema, { ...raid, cause });
        },
        (a, b) => b < a,
      ],
      [
        () => {
          const storm = { region: "moor", condition: "storm", started: true, intensity: 1 };
          say(world, WeatherSevereEventSchema, storm);
        },
        (a, b) => b > a,
      ],
      [
        () => {
          const quest = { id: "q", player: "anna", outcome: QuestOutcome.COMPLETED };
          say(world, QuestEndedEventSchema, quest);
        },
        (a, b) => b < a * 0.9,
      ],
      [
        () => {
          const quest = { id: "q2", player: "anna", outcome: QuestOutcome.FAILED };
          say(world, QuestEndedEventSchema, quest);
        },
        (a, b) => b > a,
      ],
    ];
    for (const [happen, holds] of events) {
      const before = trackIn(world, "anna")?.intensity ?? 0;
      happen();
      world.step();
      const after = trackIn(world, "anna")?.intensity ?? 0;
      expect(holds(before, after), `${happen}: ${before} to ${after}`).toBe(true);
    }
    expect(trackIn(world, "anna")?.lostAt).toBeGreaterThan(0);
  });

  it("takes in season, day phase, weather and facts", () => {
    const world = storyWorld();
    world.step(8 * 60);
    say(world, WeatherEventSchema, { region: "fen", newState: "fog" });
    say(world, WeatherSevereEventSchema, { region: "fen", started: true });
    say(world, StoryFactEventSchema, { fact: "bridge-down", holds: true });
    say(world, StoryFactEventSchema, { fact: "has-key", holds: true, player: "anna" });
    say(world, StoryFactEventSchema, { fact: "bridge-down", holds: false });
    world.step();
    const state = stateOf(world);
    expect(state).toMatchObject({ season: "spring", dayPhase: DayPhase.DAY });
    expect(state.regions[1]).toMatchObject({ name: "fen", condition: "fog", severe: true });
    expect(state.facts).toMatchObject([{ fact: "has-key", player: "anna" }]);
  });

  it("takes a player who is silent to be away, and back when they act", () => {
    const world = storyWorld();
    play(world, 20);
    world.step(121);
    expect(trackIn(world, "anna")).toMatchObject({ away: true });
    const beats = world.eventsOf(StoryBeatEventSchema).length;
    const points = trackIn(world, "anna")?.points;
    world.step(60);
    const later = world.eventsOf(StoryBeatEventSchema).slice(beats);
    expect(later.filter(({ player }) => player === "anna")).toEqual([]);
    expect(trackIn(world, "anna")?.points).toBe(points);
    say(world, PlayerActedEventSchema, talk);
    world.step(2);
    expect(trackIn(world, "anna")).toMatchObject({ away: false });
    expect(trackIn(world, "anna")?.waitedMinutes).toBeLessThan(3);
  });

  it("does not live through a jump", () => {
    const world = storyWorld();
    play(world, 30);
    const { minute } = stateOf(world);
    const week = 7n * 86_400_000n;
    world.call(ClockService.method.setTime, { to: { case: "gameMs", value: week } });
    world.step(3);
    const after = stateOf(world);
    expect(after.gameMs).toBeGreaterThan(week);
    expect(after.minute - minute).toBeLessThan(8);
    world.call(ClockService.method.setTime, { to: { case: "gameMs", value: 0n } });
    world.step(3);
    expect(stateOf(world).minute - minute).toBeLessThan(14);
  });

  it("lives through a day that passes in one frame, with decisions spread over it", () => {
    const world = storyWorld({ pack: { fairness: { presenceMinutes: 10_000 } } });
    play(world, 10);
    const before = stateOf(world);
    world.call(ClockService.method.advance, { durationMs: 86_400_000n });
    world.step(3);
    const after = stateOf(world);
    expect(after.minute - before.minute).toBeGreaterThanOrEqual(1_440);
    const anna = world.eventsOf(StoryBeatEventSchema).filter(({ player }) => player === "anna");
    expect(new Set(anna.map(({ gameMs }) => gameMs)).size).toBe(anna.length);
    expect(anna.length).toBeGreaterThan(15);
    expect(trackIn(world, "anna")?.totals?.starvedMinutes).toBeLessThan(10);
  });

  it("takes another pack while it runs, and keeps what it knows of players and storylets that stay", () => {
    const world = storyWorld();
    play(world, 120);
    const before = stateOf(world);
    const used = new Map(before.storylets.map(({ name }, i) => [name, before.usedAt[i]]));
    const kept = packWith().storylets.toReversed().slice(0, 6);
    const message = packWith({ storylets: kept, personality: calm });
    world.send(address, ConfigureStorytellerSchema, message);
    world.step();
    const after = stateOf(world);
    expect(after.personality?.name).toBe("calm");
    expect(after.minute).toBeGreaterThanOrEqual(before.minute);
    for (const [i, { name }] of after.storylets.entries()) {
      expect(after.usedAt[i]).toBe(used.get(name));
    }
    expect(trackIn(world, "anna")?.totals?.beats).toBe(
      before.tracks.find(({ player }) => player === "anna")?.totals?.beats,
    );
    play(world, 30);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("tells its pacing, what it would do, and why it did what it did", () => {
    const world = storyWorld();
    play(world, 200);
    const pacing = world.call(method.getPacing, { player: "anna" });
    expect(pacing).toMatchObject({ ok: true, value: { personality: "classic" } });
    const [anna] = pacing.ok ? pacing.value.pacing : [];
    expect(anna).toMatchObject({ player: "anna", region: "moor", starvedMinutes: 0 });
    expect(anna?.meanError).toBeLessThan(0.3);
    const all = world.call(method.getPacing, {});
    expect(all.ok && all.value.pacing.length).toBe(3);
    const proposed = world.call(method.proposeBeats, { player: "anna" });
    const counted =
      proposed.ok && proposed.value.candidates.length + proposed.value.rejected.length;
    expect(counted).toBe(10 + 4 + 1);
    const { beats } = stateOf(world);
    const told = world.call(method.explainBeat, { beat: beats });
    expect(told).toMatchObject({ ok: true, value: { decision: { beat: beats } } });
    expect(told.ok && told.value.text).toContain("Now: ");
    const listed = world.call(method.listDecisions, { limit: 3 });
    expect(listed.ok && listed.value.decisions.map(({ beat }) => beat)).toEqual([
      ...[beats, beats - 1n, beats - 2n],
    ]);
    const quiet = world.call(method.listDecisions, { quiet: true, region: "fen" });
    expect(quiet.ok && quiet.value.decisions.every(({ beat }) => beat === 0n)).toBe(true);
  });

  it("does what commands ask of it, and says so", () => {
    const world = storyWorld();
    play(world, 10);
    const committed = world.call(method.commitBeat, {
      ...{ name: "wolves", player: "anna", place: "moor.road", force: true },
    });
    expect(committed).toMatchObject({ ok: true, value: { plan: { place: "moor.road" } } });
    expect(world.eventsOf(StoryBeatEventSchema).at(-1)).toMatchObject({
      ...{ player: "anna", subject: "wolves", place: "moor.road", storylet: "" },
    });
    const vetoed = world.call(method.vetoStorylet, { name: "raid", minutes: 60 });
    expect(vetoed.ok && vetoed.value.vetoes).toMatchObject([{ name: "raid" }]);
    expect(world.call(method.setPersonality, { name: "calm" }).ok).toBe(true);
    const loaded = world.call(method.loadStorylets, {
      storylets: packWith().storylets.slice(0, 3),
    });
    expect(loaded).toMatchObject({ ok: true, value: { storylets: 3 } });
    expect(stateOf(world).vetoes).toEqual([]);
  });
});
