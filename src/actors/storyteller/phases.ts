import { PacingPhase, StoryPhaseEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { decayed } from "./intensity.ts";
import type { Configured, Outlet, Personality, Track } from "./state.ts";

/** The relaxed intensity that is aimed at, as a share of that below which a fade ends. */
const relaxShare = 0.5;
/** How far above the peak's threshold a peak aims, as a share of what is left up to 1. */
const peakShare = 1 / 3;

type Span = NonNullable<Personality["relax"]>;

const oneMinute: Span = { least: 1, most: 1 };

export function spanOf(personality: Personality, phase: PacingPhase): Span {
  const { relax, buildUp, peak, fade } = personality;
  const spans: Partial<Record<PacingPhase, Span | undefined>> = {
    [PacingPhase.RELAX]: relax,
    [PacingPhase.BUILD_UP]: buildUp,
    [PacingPhase.PEAK]: peak,
    [PacingPhase.FADE]: fade,
  };
  return spans[phase] ?? oneMinute;
}

/**
 * The intensity that a phase aims at, some minutes after it began. A build-up climbs to the peak in the time that was
 * drawn for it; a fade and a relaxation are what decay alone makes of the intensity they began with.
 */
export function targetOf(personality: Personality, track: Track, elapsed: number): number {
  const { peakFrom, relaxBelow, decay } = personality;
  const { phaseFrom, phaseMinutes } = track;
  switch (track.phase) {
    case PacingPhase.BUILD_UP: {
      const progress = phaseMinutes > 0 ? Math.min(1, elapsed / phaseMinutes) : 1;
      const from = Math.min(phaseFrom, peakFrom);
      return from + (peakFrom - from) * progress;
    }
    case PacingPhase.PEAK:
      return peakFrom + (1 - peakFrom) * peakShare;
    case PacingPhase.FADE:
      return decayed(phaseFrom, decay, elapsed);
    default:
      return Math.max(relaxBelow * relaxShare, decayed(phaseFrom, decay, elapsed));
  }
}

/** The intensity that is aimed at now. */
export function targetNow(state: Configured, track: Track): number {
  return targetOf(state.personality, track, state.minute - track.phaseSince);
}

/**
 * Goes on to the next phase when it is time. Two thresholds, and a least duration of each phase, keep an intensity that
 * wavers around one of them from turning phases on and off.
 */
export function passPhase(state: Configured, track: Track, out: Outlet): void {
  const next = nextPhase(state, track);
  if (next !== track.phase) beginPhase(state, track, next, out);
}

function nextPhase({ personality, minute }: Configured, track: Track): PacingPhase {
  const { peakFrom, relaxBelow } = personality;
  const { phase, intensity, phaseMinutes } = track;
  const elapsed = minute - track.phaseSince;
  const { least, most } = spanOf(personality, phase);
  if (elapsed < least) return phase;
  switch (phase) {
    case PacingPhase.BUILD_UP:
      return intensity >= peakFrom || elapsed >= most ? PacingPhase.PEAK : phase;
    case PacingPhase.PEAK:
      return elapsed >= Math.min(phaseMinutes, most) ? PacingPhase.FADE : phase;
    case PacingPhase.FADE:
      return intensity < relaxBelow || elapsed >= most ? PacingPhase.RELAX : phase;
    default:
      return elapsed >= Math.min(phaseMinutes, most) ? PacingPhase.BUILD_UP : phase;
  }
}

export function beginPhase(
  state: Configured,
  track: Track,
  phase: PacingPhase,
  out: Pick<Outlet, "random" | "publish">,
): void {
  const { least, most } = spanOf(state.personality, phase);
  const oldPhase = track.phase;
  track.phase = phase;
  track.phaseSince = state.minute;
  track.phaseMinutes = least + (most - least) * out.random.next();
  track.phaseFrom = track.intensity;
  out.publish(StoryPhaseEventSchema, {
    region: track.region,
    player: track.player,
    oldPhase,
    newPhase: phase,
    intensity: track.intensity,
    gameMs: state.gameMs,
  });
}
