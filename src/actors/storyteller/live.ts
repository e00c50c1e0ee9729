import { PacingPhase } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { minuteMs } from "../common/units.ts";
import { dreadShare } from "./commit.ts";
import { decide, isStarved } from "./decide.ts";
import { decayed, moved } from "./intensity.ts";
import { giveUpWaiting, isPending } from "./look-ahead.ts";
import { overloadFrom } from "./outcome.ts";
import { beginPhase, passPhase, targetNow } from "./phases.ts";
import { savePoints } from "./points.ts";
import type { Configured, Outlet, Track } from "./state.ts";

/** Game minutes that one event makes it live through at most: a day of 24 hours. Earlier ones are left out. */
export const minutesPerEventMax = 1_440;
/** Decisions in a game minute, and in all the minutes of one event: tracks beyond them have to wait for their turn. */
export const decisionsPerMinuteMax = 32;
export const decisionsPerEventMax = 2_000;
/** What a fight is expected to last, where nobody fights it. */
const fightMinutes = 6;

const minute = BigInt(minuteMs);

/** Lives through the game minutes up to `toMs`. Time that has been lived through already is not lived again. */
export function liveTo(state: Configured, toMs: bigint, out: Outlet): void {
  if (toMs <= state.gameMs) return;
  const passed = Number(toMs / minute - state.gameMs / minute);
  const count = Math.min(passed, minutesPerEventMax);
  const last = (toMs / minute) * minute;
  for (let i = 1; i <= count; i += 1) {
    state.gameMs = last - BigInt(count - i) * minute;
    const due = Math.floor((i * decisionsPerEventMax) / count);
    const before = Math.floor(((i - 1) * decisionsPerEventMax) / count);
    liveMinute(state, Math.min(decisionsPerMinuteMax, due - before), out);
  }
  state.gameMs = toMs;
}

/** Goes to another game time as if none had passed. */
export function skipTo(state: Configured, toMs: bigint): void {
  state.gameMs = toMs;
}

function liveMinute(state: Configured, decisions: number, out: Outlet): void {
  state.minute += 1;
  if (state.vetoes.length > 0) {
    state.vetoes = state.vetoes.filter(({ untilMinute }) => untilMinute > state.minute);
  }
  for (const track of state.tracks) {
    if (!track.away) passMinute(state, track, out);
  }
  giveUpWaiting(state, out);
  decideInTurn(state, decisions, out);
}

function passMinute(state: Configured, track: Track, out: Outlet): void {
  const { presenceMinutes } = state.fairness;
  if (track.player !== "" && state.minute - track.heardAt >= presenceMinutes) {
    leave(state, track);
    return;
  }
  track.intensity = decayed(track.intensity, state.personality.decay, 1);
  track.waitedMinutes += 1;
  savePoints(state, track);
  if (track.encounters.length > 0) {
    if (state.trial) expectFights(state, track);
    track.encounters = track.encounters.filter(({ untilMinute }) => untilMinute > state.minute);
  }
  passPhase(state, track, out);
  count(state, track);
}

/** In a branch, feels in some minutes what a fight would do to a player who has not been heard of since it began. */
function expectFights({ minute: now }: Configured, track: Track): void {
  for (const { sinceMinute, intensity } of track.encounters) {
    if (track.heardAt > sinceMinute || now - sinceMinute > fightMinutes) continue;
    track.intensity = moved(track.intensity, (intensity * (1 - dreadShare)) / fightMinutes);
  }
}

/** Notes how far the minute was from what it should have been. */
function count(state: Configured, track: Track): void {
  const { totals } = track;
  if (totals === undefined) return;
  const error = track.intensity - targetNow(state, track);
  totals.minutes += 1;
  totals.error += Math.abs(error);
  if (error > overloadFrom) totals.overloadMinutes += 1;
  // The minute in which a beat falls due is the one in which it comes.
  if (isStarved(state, track, 1)) totals.starvedMinutes += 1;
}

/** A player has done nothing for so long that they are taken to be away. */
function leave(state: Configured, track: Track): void {
  track.away = true;
  track.rests = false;
  track.encounters = [];
  state.quiet = state.quiet.filter(({ player }) => player !== track.player);
}

/** A player is back: at ease, with all that has happened to them. */
export function comeBack(state: Configured, track: Track, out: Outlet): void {
  track.away = false;
  track.intensity = 0;
  track.waitedMinutes = 0;
  beginPhase(state, track, PacingPhase.RELAX, out);
}

/** Gives tracks their turns, from where the last minute stopped. */
function decideInTurn(state: Configured, decisions: number, out: Outlet): void {
  let left = decisions;
  for (let i = 0; i < state.tracks.length && left > 0; i += 1) {
    const track = state.tracks[state.cursor % state.tracks.length] as Track;
    state.cursor = (state.cursor + 1) % state.tracks.length;
    if (track.away || isPending(state, track)) continue;
    decide(state, track, out);
    left -= 1;
  }
}
