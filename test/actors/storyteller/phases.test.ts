import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passPhase, spanOf, targetNow } from "../../../src/actors/storyteller/phases.ts";
import {
  PacingPhase,
  type StoryPhaseEvent,
  StoryPhaseEventSchema,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { StorytellerRig } from "./rig.ts";
import { ScriptedPlayer } from "./session.ts";

const { RELAX, BUILD_UP, PEAK, FADE } = PacingPhase;
const after = { [RELAX]: BUILD_UP, [BUILD_UP]: PEAK, [PEAK]: FADE, [FADE]: RELAX };

/** Passes minutes with an intensity that a test draws, and nothing else. */
function phasesWith(intensityAt: (minute: number) => number, minutes: number, seed = 1) {
  const rig = new StorytellerRig(seed);
  const track = rig.acts("anna");
  for (let i = 0; i < minutes; i += 1) {
    rig.state.minute += 1;
    track.intensity = intensityAt(i);
    passPhase(rig.state, track, rig);
  }
  return rig;
}

function changesOf(rig: StorytellerRig, player: string) {
  return rig.published
    .filter(({ type }) => type === StoryPhaseEventSchema)
    .map(({ minute, event }) => ({ minute, event: event as StoryPhaseEvent }))
    .filter(({ event }) => event.player === player);
}

describe("phases", () => {
  it("follow each other in one order, and last as long as their spans say, whatever happens", () => {
    const intensities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 200,
      maxLength: 600,
    });
    fc.assert(
      fc.property(intensities, fc.integer(), (values, seed) => {
        const rig = phasesWith((i) => values[i] ?? 0, values.length, seed);
        const changes = changesOf(rig, "anna");
        expect(changes.length).toBeGreaterThan(1);
        let [phase, since]: [PacingPhase, number] = [RELAX, 1];
        for (const { minute, event } of changes) {
          const { least, most } = spanOf(rig.state.personality, phase);
          expect(event.oldPhase).toBe(phase);
          expect(event.newPhase).toBe(after[phase as keyof typeof after]);
          expect(minute - since).toBeGreaterThanOrEqual(least);
          expect(minute - since).toBeLessThanOrEqual(Math.ceil(most));
          [phase, since] = [event.newPhase, minute];
        }
      }),
      { numRuns: 100 },
    );
  });

  it("do not flap while an intensity wavers around a threshold", () => {
    for (const threshold of [0.7, 0.3]) {
      const noise = (i: number): number => 0.05 * Math.sin(i * 12.9898) + 0.05 * Math.sin(i * 0.7);
      const rig = phasesWith((i) => threshold + noise(i), 600);
      const leastCycle = 20 + 20 + 5 + 10;
      expect(changesOf(rig, "anna").length).toBeLessThanOrEqual((4 * 600) / leastCycle);
    }
    const slow = phasesWith((i) => 0.5 + 0.45 * Math.sin(i / 30) + 0.03 * Math.sin(i * 7.1), 1_200);
    const count = changesOf(slow, "anna").length;
    // Six waves of 188 minutes: no more than a cycle and a half for each.
    expect(count).toBeGreaterThan(12);
    expect(count).toBeLessThanOrEqual(6 * 6);
  });

  it("begin a peak when intensity gets there, and end a fade when it is low enough", () => {
    const rig = phasesWith((i) => (i < 60 ? 0.75 : 0.1), 200);
    const seen = changesOf(rig, "anna").slice(0, 4);
    expect(seen.map(({ event }) => event.newPhase)).toEqual([BUILD_UP, PEAK, FADE, RELAX]);
    const [built, peaked, faded, relaxed] = seen.map(({ minute }) => minute) as number[];
    expect((peaked as number) - (built as number)).toBe(20);
    // Intensity is low from minute 62 on.
    expect(relaxed).toBe(Math.max((faded as number) + 10, 62));
  });

  it("aim at intensities between 0 and 1 that climb in a build-up and sink in a fade", () => {
    const rig = new StorytellerRig(3);
    const player = new ScriptedPlayer(rig, "anna", 3);
    let previous = { phase: RELAX as PacingPhase, since: 0, target: 0 };
    for (let minute = 1; minute < 600; minute += 1) {
      player.live(minute);
      rig.live(1);
      const track = rig.track("anna");
      const target = targetNow(rig.state, track);
      expect(target).toBeGreaterThanOrEqual(0);
      expect(target).toBeLessThanOrEqual(1);
      const isSame = previous.since === track.phaseSince;
      if (isSame && track.phase === BUILD_UP)
        expect(target).toBeGreaterThanOrEqual(previous.target);
      if (isSame && track.phase === FADE) expect(target).toBeLessThanOrEqual(previous.target);
      previous = { phase: track.phase, since: track.phaseSince, target };
    }
  });

  it("tell clients of a region's and a player's changes with the phase before", () => {
    const rig = new StorytellerRig(5);
    rig.acts("anna");
    for (let i = 0; i < 30; i += 1) {
      rig.acts("anna");
      rig.live(10);
    }
    const changed = new Set(
      rig.eventsOf(StoryPhaseEventSchema).map((e) => `${e.player}@${e.region}`),
    );
    expect([...changed].sort()).toEqual(["@fen", "@moor", "anna@moor"]);
  });
});
