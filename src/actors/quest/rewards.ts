import { QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import type { Definition, Run } from "./book.ts";

export interface Share {
  readonly player: string;
  /** 0 to 1. All of them together: 1, but for a quest that nobody has done anything for. */
  readonly share: number;
}

export interface Due {
  readonly player: string;
  readonly coins: number;
}

/** Who took part in a run, each with the share of all that was done. */
export function sharesOf(run: Run, scope: QuestScope): Share[] {
  const total = run.participants.reduce((sum, { done }) => sum + done, 0);
  if (total > 0) {
    return run.participants
      .filter(({ done }) => done > 0)
      .map(({ player, done }) => ({ player, share: done / total }));
  }
  // It came about by itself: those who were on it waited for it together.
  if (scope === QuestScope.WORLD) return [];
  return run.participants.map(({ player }) => ({ player, share: 1 / run.participants.length }));
}

/**
 * What each of those who took part gets: of a quest of the whole world, coins by their shares, so
 * that all of them together are as many as the quest promises; otherwise all of the coins.
 */
export function duesOf(run: Run, { reward }: Definition, scope: QuestScope): Due[] {
  const shares = sharesOf(run, scope);
  const coins = reward?.coins ?? 0;
  if (scope !== QuestScope.WORLD) return shares.map(({ player }) => ({ player, coins }));
  const exact = shares.map(({ player, share }) => ({ player, wanted: share * coins }));
  const dues = exact.map(({ player, wanted }) => ({ player, coins: Math.floor(wanted) }));
  let rest = coins - dues.reduce((sum, due) => sum + due.coins, 0);
  // The largest remainders get the coins that are left; of equal ones, whoever came first.
  const byRemainder = exact
    .map(({ wanted }, i) => ({ i, remainder: wanted - Math.floor(wanted) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder) {
    const due = dues[i];
    if (rest <= 0 || due === undefined) break;
    dues[i] = { player: due.player, coins: due.coins + 1 };
    rest -= 1;
  }
  return dues;
}
