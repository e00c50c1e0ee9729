import { dropExpired } from "./directives.ts";
import { collectDues, receiveCaravan } from "./economy.ts";
import { dropFaint } from "./relations.ts";
import { dropOldRumours } from "./rumours.ts";
import type { Turn } from "./turn.ts";

/** What is seen to once a day. */
export function beginDay(turn: Turn): void {
  dropExpired(turn);
  dropFaint(turn);
  dropOldRumours(turn);
  collectDues(turn);
  receiveCaravan(turn);
}
