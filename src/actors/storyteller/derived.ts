import { type Precondition, parsePrecondition } from "./preconditions.ts";
import type { BeatPlan, Configured, Storyteller } from "./state.ts";

/**
 * What follows from a state and is costly to work out each time. It belongs to one state object: after a move or a
 * restart it is worked out anew, and never says anything that the state does not.
 */
export interface Derived {
  /** For each storylet. */
  readonly preconditions: readonly (readonly Precondition[])[];
  /** Ids of places by region and kind; under the kind "" all of a region. */
  readonly places: ReadonlyMap<string, readonly string[]>;
  readonly kindOfPlace: ReadonlyMap<string, string>;
  /** Facts that hold, as `player fact`. */
  readonly facts: Set<string>;
}

const known = new WeakMap<Storyteller, Derived>();

export function derivedOf(state: Storyteller): Derived {
  const derived = known.get(state) ?? derive(state);
  known.set(state, derived);
  return derived;
}

/** Storylets or places were changed. */
export function forgetDerived(state: Storyteller): void {
  known.delete(state);
}

function derive(state: Storyteller): Derived {
  const places = new Map<string, string[]>();
  for (const { id, region, kind } of state.places) {
    for (const key of [placesKey(region, kind), placesKey(region, "")]) {
      const there = places.get(key);
      if (there === undefined) places.set(key, [id]);
      else there.push(id);
    }
  }
  return {
    preconditions: state.storylets.map(({ preconditions }) =>
      preconditions.map((text) => parsePrecondition(text, "preconditions")),
    ),
    places,
    kindOfPlace: new Map(state.places.map(({ id, kind }) => [id, kind])),
    facts: new Set(state.facts.map(({ fact, player }) => factKey(fact, player))),
  };
}

export function placesKey(region: string, kind: string): string {
  return `${region} ${kind}`;
}

export function factKey(fact: string, player: string): string {
  return `${player} ${fact}`;
}

/** Where a beat's storylet or encounter kind stands in `usedAt`. -1: it is of neither. */
export function numberOf(state: Configured, plan: BeatPlan): number {
  const { storylet, subject } = plan;
  return numberNamed(state, storylet === "" ? subject : storylet);
}

/** Where a storylet or encounter kind of that name stands in `usedAt`. */
export function numberNamed(state: Storyteller, name: string): number {
  const storylet = state.storylets.findIndex((one) => one.name === name);
  if (storylet >= 0) return storylet;
  const kind = state.encounterKinds.findIndex((one) => one.name === name);
  return kind < 0 ? -1 : state.storylets.length + kind;
}

/** Name of a storylet or encounter kind by its number. */
export function nameAt(state: Storyteller, number: number): string {
  const { storylets, encounterKinds } = state;
  const one = storylets[number] ?? encounterKinds[number - storylets.length];
  return one?.name ?? "";
}
