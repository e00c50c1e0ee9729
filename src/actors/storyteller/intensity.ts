import { clamp } from "../common/clamp.ts";
import type { Storyteller, Track } from "./state.ts";

/** Share of what befalls a player that the region feels too, and the other way round. */
const feltShare = 0.3;

/**
 * What an intensity becomes through something that raises it (above 0) or relieves it (below 0): a share of the room that
 * is left above it or of what there is below, so that it never leaves 0 to 1.
 */
export function moved(intensity: number, amount: number): number {
  const room = amount > 0 ? 1 - intensity : intensity;
  // Adding 0 makes 0 of -0, which a state could not hold.
  return clamp(intensity + amount * room, 0, 1) + 0;
}

export function decayed(intensity: number, decay: number, minutes: number): number {
  return intensity * (1 - decay) ** minutes;
}

/** Something befell a player; the region feels some of it. */
export function moveForPlayer(state: Storyteller, track: Track, amount: number): void {
  track.intensity = moved(track.intensity, amount);
  const region = state.tracks.find((one) => one.player === "" && one.region === track.region);
  if (region !== undefined && region !== track) {
    region.intensity = moved(region.intensity, amount * feltShare);
  }
}

/** Something befell a region: all of it to the region and to one player, some of it to others who are there. */
export function moveForRegion(
  state: Storyteller,
  region: string,
  amount: number,
  player = "",
): void {
  for (const track of state.tracks) {
    if (track.region !== region || track.away) continue;
    const isFull = track.player === "" || track.player === player;
    track.intensity = moved(track.intensity, isFull ? amount : amount * feltShare);
  }
}
