import type { CanonFact as CanonFactMessage } from "../../gen/tellurion/v1/story_pb.ts";
import { StoryFactEventSchema } from "../../gen/tellurion/v1/story_pb.ts";
import { type ActorContext, isKey } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { keep, type Player, playerFor, playerNamed, read, type Story } from "./players.ts";

export type CanonFact = Plain<CanonFactMessage>;

/** What a change of the canon needs of the actor's context. */
export type Outlet = Pick<ActorContext, "publish" | "log">;

/** Facts of the whole world, and of one player, at most. */
export const worldFactsMax = 4_096;
export const playerFactsMax = 512;

export interface FactChange {
  readonly fact: string;
  readonly holds: boolean;
  readonly cause: string;
  /** Empty: of the whole world. */
  readonly player: string;
  readonly gameMs: bigint;
}

/** Names by list of facts. Derived: kept beside the list it was read from. */
const namesOf = new WeakMap<readonly CanonFact[], Set<string>>();

function namesIn(facts: readonly CanonFact[]): Set<string> {
  const known = namesOf.get(facts);
  if (known !== undefined) return known;
  const names = new Set(facts.map(({ fact }) => fact));
  namesOf.set(facts, names);
  return names;
}

/** Whether a fact holds for a player: what is true of the world is true for everybody in it. */
export function holds(story: Story, player: Player | undefined, fact: string): boolean {
  if (namesIn(story.facts).has(fact)) return true;
  return player !== undefined && namesIn(player.facts).has(fact);
}

/** Those of the requirements, `fact` or `!fact`, that do not hold for a player. */
export function missingOf(
  story: Story,
  player: Player | undefined,
  requires: readonly string[],
): string[] {
  return requires.filter((required) =>
    required.startsWith("!")
      ? holds(story, player, required.slice(1))
      : !holds(story, player, required),
  );
}

/**
 * Makes a fact true or not true, and says so once. Returns whether anything changed: a fact that is
 * no id, or one more than there is room for, is left out with a line in the log.
 */
export function changeFact(story: Story, change: FactChange, out: Outlet): boolean {
  const { fact, cause, gameMs } = change;
  if (!isKey(fact)) {
    out.log("warn", `fact=${JSON.stringify(fact.slice(0, 80))} of ${cause} is no id: left out`);
    return false;
  }
  const owner = ownerOf(story, change, out);
  if (owner === undefined) return false;
  const names = namesIn(owner.facts);
  if (names.has(fact) === change.holds) return false;
  if (!change.holds) {
    const at = owner.facts.findIndex((known) => known.fact === fact);
    owner.facts.splice(at, 1);
    names.delete(fact);
  } else {
    if (owner.facts.length >= owner.max) {
      out.log("warn", `fact=${fact} of ${cause} is left out: ${owner.max} facts are known`);
      return false;
    }
    owner.facts.push({ fact, cause, gameMs });
    names.add(fact);
  }
  if (owner.player !== undefined) keep(owner.player);
  const { player, holds: isTrue } = change;
  out.publish(StoryFactEventSchema, { fact, holds: isTrue, cause, player, gameMs });
  return true;
}

function ownerOf(story: Story, { player, holds: isTrue }: FactChange, out: Outlet) {
  if (player === "") return { facts: story.facts, max: worldFactsMax, player: undefined };
  // Somebody nobody knows has no facts that could stop being true.
  const stored = isTrue ? playerFor(story, player, out) : undefined;
  const known = stored ? read(stored) : playerNamed(story, player);
  return known && { facts: known.facts, max: playerFactsMax, player: known };
}
