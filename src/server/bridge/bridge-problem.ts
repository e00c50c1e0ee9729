import type { BridgeCounters } from "../../bridges/counters.ts";

/** What keeps a bridge from its work, and does not pass by itself. Undefined: nothing does. */
export function bridgeProblem({
  up,
  outboxUnwrittenPacks,
}: Pick<BridgeCounters, "up" | "outboxUnwrittenPacks">): string | undefined {
  if (up === 0) {
    return "the bridge's thread is gone: nothing goes out and no command comes in until the server is started anew";
  }
  if (outboxUnwrittenPacks === 0) return undefined;
  return "the bridge's outbox takes no writes: packs are kept in memory, and then left out";
}
