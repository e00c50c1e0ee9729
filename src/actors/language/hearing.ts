import type { NpcSpeakEvent } from "../../gen/tellurion/v1/npc_pb.ts";
import { type QuestEndedEvent, QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import type { TraceDiscoveredEvent } from "../../gen/tellurion/v1/traces_pb.ts";
import { isKey } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { type Compiled, compiledOf, type State } from "./compiled.ts";
import { conceptsIn, exposures, meetWords, type Outlet } from "./learning.ts";
import { type Listener, listenerOf, listenersIn } from "./listeners.ts";

/** Words of one event, and those who hear it, that are looked at. */
const conceptsMax = 64;
const hearersMax = 64;

/** A player acted somewhere, and is taken to be there. */
export function noteAction(state: State, player: string, region: string, gameMs: bigint): void {
  note(state, gameMs);
  const listener = isKey(player) && isKey(region) ? listenerOf(state, player) : undefined;
  if (listener === undefined) return;
  listener.region = region;
  listener.actedMs = gameMs;
}

/** An NPC speaks the language: to a player, or so that all in the region hear it. */
export function hearSpeech(state: State, event: Plain<NpcSpeakEvent>, out: Outlet): void {
  note(state, event.gameMs);
  const compiled = compiledOf(state);
  const concepts = conceptsIn(compiled, event.concepts.slice(0, conceptsMax));
  if (concepts.length === 0) return;
  if (event.player === "") {
    const hearers = listenersIn(state, event.region, event.gameMs).slice(0, hearersMax);
    meet(state, compiled, hearers, concepts, exposures.overheard, out);
  } else {
    const told = heardBy(state, [event.player]);
    meet(state, compiled, told, concepts, exposures.toldTo, out);
  }
}

/** A player finds a trace that says something in the language. */
export function readTrace(state: State, event: Plain<TraceDiscoveredEvent>, out: Outlet): void {
  const compiled = compiledOf(state);
  if (!compiled.regions.has(event.region)) return;
  const concepts = compiled.inscriptions.get(event.kind);
  if (concepts === undefined) return;
  note(state, event.gameMs);
  meet(state, compiled, heardBy(state, [event.player]), concepts, exposures.read, out);
}

/** Whoever completes a quest among those who speak the language has talked about what it is named after. */
export function recallQuest(state: State, event: Plain<QuestEndedEvent>, out: Outlet): void {
  const compiled = compiledOf(state);
  if (event.outcome !== QuestOutcome.COMPLETED || !compiled.regions.has(event.region)) return;
  const concepts = conceptsIn(compiled, event.quest.split(/[-_.:]/, conceptsMax));
  if (concepts.length === 0) return;
  note(state, event.gameMs);
  const players = new Set(event.contributions.slice(0, hearersMax).map(({ player }) => player));
  // A quest of the whole world belongs to no player.
  if (event.player !== "world") players.add(event.player);
  meet(state, compiled, heardBy(state, [...players]), concepts, exposures.quest, out);
}

function heardBy(state: State, players: readonly string[]): Listener[] {
  return players.flatMap((player) => {
    const listener = isKey(player) ? listenerOf(state, player) : undefined;
    return listener === undefined ? [] : [listener];
  });
}

function meet(
  state: State,
  compiled: Compiled,
  listeners: readonly Listener[],
  concepts: readonly string[],
  points: number,
  out: Outlet,
): void {
  for (const listener of listeners) meetWords(state, compiled, listener, concepts, points, out);
}

function note(state: State, gameMs: bigint): void {
  if (gameMs > state.gameMs) state.gameMs = gameMs;
}
