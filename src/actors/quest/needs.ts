import { minuteMs } from "../common/units.ts";
import { type Definition, isGenerated, type Need, type Run } from "./book.ts";
import { generate } from "./generate.ts";
import { hindranceOf } from "./hindrance.ts";
import { needMinutes, needsMax } from "./limits.ts";
import { playersIn } from "./offers.ts";
import { type Offering, offer } from "./runs.ts";
import type { Occasion } from "./templates.ts";
import { runsOf, type Turn } from "./turn.ts";

/**
 * Makes up a quest for a player and offers it. Undefined where the region has nothing to make one
 * of, or something stands against it.
 */
export function offerGenerated(
  turn: Turn,
  occasion: Occasion,
  { player, cause }: Pick<Offering, "player" | "cause">,
  chance = turn.out.random,
): Run | undefined {
  const { book, live } = turn;
  // The run that follows has this number.
  const name = `gen.${book.lastNumber + 1}`;
  if (hindranceOf(turn, blank(name), { player, asked: true })) return undefined;
  const definition = generate(name, occasion, book, chance);
  if (definition === undefined) return undefined;
  book.generated.push(definition);
  live.definitions.set(name, definition);
  const { region, place, giver } = occasion;
  return offer(turn, definition, { player, region, place, giver, cause });
}

/** What hinders a generated quest can be told before there is one. */
export function blank(name: string): Definition {
  return {
    ...{ name, version: 1, title: "", summary: "", scope: 0, regions: [], giverRole: "" },
    ...{ offer: undefined, steps: [], reward: undefined, minutes: 0, againAfterMinutes: 0 },
    ...{ dialogue: "", migrations: [] },
  };
}

/** An NPC needs something: whoever is there and has least to do is asked, or else it waits. */
export function hearNeed(turn: Turn, need: Need): void {
  const { book } = turn;
  const cause = causeOf(need);
  if (book.runs.some((run) => isGenerated(run.quest) && run.cause === cause)) return;
  book.needs = book.needs.filter((other) => causeOf(other) !== cause && isFresh(turn, other));
  const players = playersIn(turn, need.region)
    .map((player) => ({ player, busy: runsOf(turn.live, player).size }))
    .sort((a, b) => a.busy - b.busy);
  for (const { player } of players) if (answer(turn, need, player)) return;
  book.needs.push(need);
  if (book.needs.length > needsMax) book.needs.shift();
}

/** Somebody has come to a region, or talks to an NPC: of what is needed there, the most urgent. */
export function offerNeed(turn: Turn, player: string, region: string, npc: string): void {
  const { book } = turn;
  if (book.needs.length === 0) return;
  let most: Need | undefined;
  for (const need of book.needs) {
    if (need.region !== region || (npc !== "" && need.npc !== npc)) continue;
    if (isFresh(turn, need) && need.urgency > (most?.urgency ?? -1)) most = need;
  }
  if (most === undefined || !answer(turn, most, player)) return;
  book.needs = book.needs.filter((need) => need !== most);
}

function answer(turn: Turn, need: Need, player: string): boolean {
  const { region, place, npc: giver, good } = need;
  const occasion = { region, place, giver, need: need.need, good };
  return offerGenerated(turn, occasion, { player, cause: causeOf(need) }) !== undefined;
}

function causeOf({ npc, need }: Need): string {
  return `need/${npc}/${need}`;
}

function isFresh({ book }: Turn, need: Need): boolean {
  return book.gameMs - need.gameMs < BigInt(needMinutes * minuteMs);
}
