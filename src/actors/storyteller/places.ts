import { type Derived, placesKey } from "./derived.ts";
import type { Moment } from "./guards.ts";

/** A place elsewhere in the region suits a player less than the one they are at. */
const elsewhereFit = 0.8;

export interface Spot {
  readonly place: string;
  readonly fit: number;
}

/**
 * Where a beat would happen: where the player is if that suits, or else at one of the region's places, taken in turn.
 * A reason why there is none: `place` or `rests`.
 */
export function spotFor(
  { state, track, rested }: Moment,
  derived: Derived,
  kinds: readonly string[],
  isEncounter: boolean,
  number: number,
): Spot | "place" | "rests" {
  if (track.player === "" && kinds.length === 0) return { place: "", fit: 1 };
  const isFree = (place: string): boolean => !isEncounter || !rested.has(place);
  const { place } = track;
  const kind = derived.kindOfPlace.get(place) ?? "";
  const suits = kinds.length === 0 || kinds.includes(kind);
  if (track.player !== "" && place !== "" && suits && isFree(place)) return { place, fit: 1 };
  const named = kinds.length === 0 ? [""] : kinds;
  const all = named.flatMap((one) => derived.places.get(placesKey(track.region, one)) ?? []);
  if (all.length === 0) return kinds.length === 0 && isFree("") ? { place: "", fit: 1 } : "place";
  const free = isEncounter ? all.filter(isFree) : all;
  const chosen = free[(Number(state.beats) + number) % free.length];
  return chosen === undefined ? "rests" : { place: chosen, fit: elsewhereFit };
}
