import { LanguageLearnedEventSchema } from "../../gen/tellurion/v1/language_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import type { Compiled, State } from "./compiled.ts";
import { knowsConcept, type Listener, listenerOf, pointsOf, setPoints } from "./listeners.ts";
import { hash32 } from "./seeded.ts";
import { wordSimilarity } from "./similarity.ts";
import type { Word } from "./sounds.ts";
import { spell } from "./spelling.ts";

export type Outlet = Pick<ActorContext, "publish" | "key">;

/** An exposure, in the points that listeners keep. */
export const exposure = 100;
/** What each way of meeting a word counts, in points. */
export const exposures = {
  toldTo: exposure,
  overheard: exposure / 4,
  read: exposure,
  quest: exposure,
} as const;

/** Exposures after which 63 of 100 have learned a word. */
export const exposuresToLearn = 6;
/** Nobody needs more than what all but so many have learned after. */
const slowestShare = 0.02;
/** Words less alike than this are no help. */
const similarityMin = 0.5;

/**
 * The points at which a player knows a concept. After n exposures a share of 1 - exp(-n / exposuresToLearn) of players know
 * a word: which share a player belongs to is drawn, once and for all, for each player and concept.
 */
export function pointsToKnow(seed: bigint, player: string, concept: string): number {
  const draw = hash32(`${player}/${concept}`, Number(seed & 0xffff_ffffn)) >>> 0;
  const share = (draw / 0x1_0000_0000) * (1 - slowestShare);
  return Math.max(exposure, Math.ceil(-Math.log(1 - share) * exposuresToLearn * exposure));
}

/**
 * What a known word of a relative is worth: nothing where it sounds other, and enough to understand at once where it is
 * the same.
 */
export function headStart(similarity: number): number {
  const share = Math.max(0, (similarity - similarityMin) / (1 - similarityMin));
  const most = -Math.log(slowestShare) * exposuresToLearn * exposure;
  return Math.round(share * share * (most + 1));
}

/** A player meets words, and learns some of them. */
export function meetWords(
  state: State,
  compiled: Compiled,
  listener: Listener,
  concepts: readonly string[],
  points: number,
  out: Outlet,
): void {
  if (points <= 0) return;
  const { tongue, indices } = compiled;
  for (const concept of concepts) {
    const index = indices.get(concept);
    if (index === undefined || knowsConcept(listener, index)) continue;
    const sum = pointsOf(listener, index) + points;
    const known = sum >= pointsToKnow(tongue.seed, listener.player, concept);
    setPoints(listener, index, state.concepts.length, sum, known);
    if (!known) continue;
    listener.known += 1;
    out.publish(LanguageLearnedEventSchema, {
      language: out.key,
      player: listener.player,
      concept,
      skill: listener.known / state.concepts.length,
      gameMs: state.gameMs,
      family: tongue.family,
      word: spell(tongue.lexicon.entries.get(concept)?.word ?? []),
    });
  }
}

/** A player who has learned the word of a relative is on the way to know this language's. */
export function relateWord(
  state: State,
  compiled: Compiled,
  player: string,
  concept: string,
  word: Word,
  out: Outlet,
): void {
  const own = compiled.tongue.lexicon.entries.get(concept)?.word;
  if (own === undefined) return;
  const points = headStart(wordSimilarity(own, word));
  if (points === 0) return;
  const listener = listenerOf(state, player);
  if (listener !== undefined) meetWords(state, compiled, listener, [concept], points, out);
}

/** What glosses speak of: concepts, each once. What the language has no word for is left out. */
export function conceptsIn({ tongue }: Compiled, glosses: readonly string[]): string[] {
  const concepts = new Set<string>();
  for (const gloss of glosses) {
    const form = tongue.lexicon.byGloss.get(gloss);
    if (form !== undefined) concepts.add(form.concept);
  }
  return [...concepts];
}
