import { describe, expect, it } from "vitest";
import { learnFact } from "../../../src/actors/storyteller/facts.ts";
import type { StoryDecision, Track } from "../../../src/actors/storyteller/state.ts";
import { DayPhase } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { BeatKind, PacingPhase } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { calm, chance, classic, storylets } from "./pack.ts";
import { StorytellerRig } from "./rig.ts";
import { ScriptedPlayer } from "./session.ts";

const minutes = 240;
const personalities = [classic, calm, chance];
const player = "anna";

/** What the storyteller knew when it decided, noted before the minute in which it did. */
interface Known {
  readonly facts: Set<string>;
  readonly track: Pick<Track, "lostAt" | "rests" | "place"> & { readonly encounters: number };
}

interface Session {
  readonly rig: StorytellerRig;
  readonly beats: number;
  /** Of what was chosen against a rule: none. */
  readonly offences: string[];
}

function holds(text: string, { facts }: Known, decision: StoryDecision, rig: StorytellerRig) {
  const { state } = rig;
  const [word, value = ""] = text.split(":");
  if (word === "phase") return DayPhase[value.toUpperCase() as "DAY"] === state.dayPhase;
  if (word === "pacing") return PacingPhase[value.toUpperCase() as "PEAK"] === decision.phase;
  if (text.startsWith("intensity<")) return decision.intensity < Number(text.slice(10));
  if (text.startsWith("intensity>")) return decision.intensity > Number(text.slice(10));
  if (text === "severe") return state.regions.find((r) => r.name === decision.region)?.severe;
  return text.startsWith("!") ? !facts.has(text.slice(1)) : facts.has(text);
}

function offencesOf(known: Known, decision: StoryDecision, since: number, rig: StorytellerRig) {
  const { chosen } = decision;
  const storylet = storylets.find(({ name }) => name === chosen?.storylet);
  const failed = (storylet?.preconditions ?? []).filter(
    (text) => !holds(text, known, decision, rig),
  );
  const offences = failed.map((text) => `${storylet?.name}: ${text}`);
  for (const fact of storylet?.sets ?? []) known.facts.add(fact);
  if (decision.player !== player) return offences;
  const { track } = known;
  const { fairness, minute } = rig.state;
  if (since < fairness.beatDistanceMinutes) offences.push(`${since} minutes after another beat`);
  if (chosen?.kind !== BeatKind.ENCOUNTER) return offences;
  if (track.lostAt > 0 && minute - track.lostAt < fairness.graceMinutes) offences.push("grace");
  if (track.encounters >= fairness.encountersPerPlayer) offences.push("running");
  if (track.rests && chosen.place === track.place) offences.push("rests");
  const mayFight: PacingPhase[] = [PacingPhase.BUILD_UP, PacingPhase.PEAK];
  if (!mayFight.includes(decision.phase)) offences.push("phase");
  return offences;
}

function play(seed: number): Session {
  const personality = personalities[seed % personalities.length];
  const rig = new StorytellerRig(seed, { personality });
  const scripted = new ScriptedPlayer(rig, player, seed);
  const offences: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let told = 0n;
  for (let minute = 1; minute <= minutes; minute += 1) {
    const isDay = (minute + seed * 17) % 240 < 120;
    rig.state.dayPhase = isDay ? DayPhase.DAY : DayPhase.NIGHT;
    if (minute === 100) learnFact(rig.state, "war", "", true);
    scripted.live(minute);
    const { lostAt, rests, place, encounters } = rig.track(player);
    const ends = encounters.filter(({ untilMinute }) => untilMinute > rig.state.minute + 1);
    const known = {
      facts: new Set(rig.state.facts.map(({ fact }) => fact)),
      track: { lostAt, rests, place, encounters: ends.length },
    };
    rig.live(1);
    for (const decision of rig.state.told.filter(({ beat }) => beat > told)) {
      offences.push(...offencesOf(known, decision, minute - last, rig));
      told = decision.beat;
      if (decision.player === player) last = minute;
    }
  }
  return { rig, beats: Number(told), offences };
}

describe("a thousand sessions", () => {
  it("stay near their target curves, starve nobody, and break no rule", {
    timeout: 120_000,
  }, () => {
    const errors = personalities.map(() => [] as number[]);
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const { rig, beats, offences } = play(seed);
      const totals = rig.track(player).totals;
      expect(offences, `seed ${seed}`).toEqual([]);
      expect(totals?.starvedMinutes, `seed ${seed}`).toBe(0);
      expect(beats, `seed ${seed}`).toBeGreaterThan(4);
      errors[seed % 3]?.push((totals?.error ?? 0) / (totals?.minutes ?? 1));
    }
    for (const [i, ofOne] of errors.entries()) {
      const mean = ofOne.reduce((sum, error) => sum + error, 0) / ofOne.length;
      expect(mean, personalities[i]?.name).toBeLessThan(0.15);
      expect(Math.max(...ofOne), personalities[i]?.name).toBeLessThan(0.25);
    }
  });

  it("differ by their seed, and by nothing else", () => {
    const [one, again, other] = [7, 7, 8].map((seed) => {
      const { rig } = play(seed);
      return rig.published.map(({ event, minute }) => ({ event, minute }));
    });
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });
});
