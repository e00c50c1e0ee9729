import { fromBinary } from "@bufbuild/protobuf";
import { openHistory } from "../../../src/runtime/host.ts";
import {
  AccountStateSchema,
  PulseStateSchema,
} from "../../../test/gen/tellurion/test/v1/ledger_pb.ts";
import type { SentCommand } from "./commands.ts";
import type { Effects } from "./effects.ts";
import { actorsModule, worldFile } from "./settings.ts";

/** What the world's file says has happened in it. */
export interface Outcome {
  /** How many events each topic has had. */
  readonly topics: ReadonlyMap<string, number>;
  /** Account, amount and id of each command that took effect, as often as it did. */
  readonly commands: readonly string[];
}

/** Reads the last state of a world that has stopped out of its file, apart from all that was sent. */
export async function readOutcome(folder: string): Promise<Outcome> {
  const history = await openHistory(worldFile(folder), actorsModule);
  try {
    const world = await history.worldAt(history.last);
    const topics = new Map<string, number>();
    const commands: string[] = [];
    for (const address of world.addresses) {
      const [kind, key = ""] = address.split("/");
      const bytes = world.actor(address)?.state?.bytes;
      if (bytes === undefined) continue;
      if (kind === "reporter") {
        topics.set(`weather/${key}`, Number(fromBinary(PulseStateSchema, bytes).beats));
      } else if (kind === "account") {
        const { entries } = fromBinary(AccountStateSchema, bytes);
        topics.set(`weather/account-${key}`, entries.length);
        commands.push(...entries.map(({ id, amount }) => `${key} ${amount} ${id}`));
      }
    }
    return { topics, commands };
  } finally {
    history.close();
  }
}

/** One for each topic: what is wrong with what the consumer has made of it. Empty: each event came once and in order. */
export function checkTopics({ topics }: Outcome, effects: Effects): string[] {
  return [...topics].map(([topic, expected]) => {
    const { last, count } = effects.of(topic);
    if (last === expected && count === expected) return "";
    return `${topic} has had ${expected} events; of ${count} that came, the last one is ${last}`;
  });
}

/** One for each command that was sent. Empty: it took effect once. */
export function checkCommands({ commands }: Outcome, sent: readonly SentCommand[]): string[] {
  const times = new Map<string, number>();
  for (const command of commands) times.set(command, (times.get(command) ?? 0) + 1);
  return sent.map(({ id, account, amount }) => {
    const count = times.get(`${account} ${amount} ${id}`) ?? 0;
    return count === 1 ? "" : `${id} of account ${account} took effect ${count} times`;
  });
}
