import type { Configured, Personality, Track } from "./state.ts";

const minutesPerHour = 60;

/** How much of the threat a track is spared after a loss: the loss factor at first, 1 when it is forgotten. */
export function adaptationOf(personality: Personality, track: Track, minute: number): number {
  const { lossFactor, lossMinutes } = personality;
  if (track.lostAt === 0) return 1;
  const since = minute - track.lostAt;
  if (since >= lossMinutes) return 1;
  return lossFactor + (1 - lossFactor) * (since / lossMinutes);
}

/** Saves up a game minute's threat points. */
export function savePoints({ personality, minute }: Configured, track: Track): void {
  const gained =
    (personality.pointsPerHour / minutesPerHour) * adaptationOf(personality, track, minute);
  track.points = Math.min(personality.pointsMax, track.points + gained);
}

export function spendPoints(track: Track, points: number): void {
  track.points = Math.max(0, track.points - points);
}

/** A fight lost, a quest failed, much harm: threat gets less, and nothing to fight comes for a while. */
export function noteLoss({ personality, minute }: Configured, track: Track): void {
  track.points *= personality.lossFactor;
  track.lostAt = minute;
}
