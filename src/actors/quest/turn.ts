import type { Book, Outlet, Player, Run } from "./book.ts";
import { playersMax } from "./limits.ts";
import { type Live, liveOf } from "./live.ts";

/** What a handler works on: the state, what follows from it, and where it publishes. */
export interface Turn {
  readonly book: Book;
  readonly live: Live;
  readonly out: Outlet;
}

export function turnOf(book: Book, out: Outlet): Turn {
  return { book, live: liveOf(book), out };
}

const none: ReadonlySet<Run> = new Set();

/** Quests that are offered to a player, and those that the player takes part in. */
export function runsOf(live: Live, player: string): ReadonlySet<Run> {
  return live.runsOf.get(player) ?? none;
}

export function countRuns(live: Live, player: string, status: Run["status"]): number {
  let count = 0;
  for (const run of runsOf(live, player)) if (run.status === status) count += 1;
  return count;
}

/** There is room to remember the player. */
export function canMeet({ book, live }: Turn, player: string): boolean {
  if (live.players.has(player) || book.players.length < playersMax) return true;
  return strangerIn(book, live) >= 0;
}

/**
 * What is known of a player, who is new if need be. Where there is no room, whoever came first and
 * has nothing to do with quests is forgotten. Undefined when there is nobody like that.
 */
export function meet({ book, live }: Turn, name: string): Player | undefined {
  const known = live.players.get(name);
  if (known !== undefined) return known;
  if (book.players.length >= playersMax) {
    const stranger = strangerIn(book, live);
    if (stranger < 0) return undefined;
    for (const { player } of book.players.splice(stranger, 1)) live.players.delete(player);
  }
  const player: Player = { player: name, region: "", facts: [], quests: [] };
  book.players.push(player);
  live.players.set(name, player);
  return player;
}

function strangerIn(book: Book, live: Live): number {
  return book.players.findIndex(
    ({ player, facts, quests }) =>
      facts.length === 0 && quests.length === 0 && runsOf(live, player).size === 0,
  );
}
