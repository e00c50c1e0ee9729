import type { Subscribe, TopicRate } from "../../gen/tellurion/v1/client_pb.ts";
import { TellurionError } from "../../runtime/index.ts";
import type { Identity } from "../access/identity.ts";
import type { Limits } from "../limits.ts";
import type { Session } from "./session.ts";
import type { Topics } from "./topics.ts";

const intervalMsMax = 3_600_000;

/** Topics, each with the last frame before it was subscribed to, and intervals in milliseconds by topic. */
export type Subscriptions = Pick<Session, "topics" | "rates">;

/** Who subscribes, and from which frame on: events after it count. */
export interface Subscriber {
  readonly identity: Identity;
  readonly since: number;
}

/** What a session has when topics and rates are added. Throws where that cannot be. */
export function withSubscriptions(
  session: Subscriptions,
  { topics, rates, area }: Subscribe,
  known: Topics,
  { subscriptionsMax }: Limits,
  { identity, since }: Subscriber,
): Subscriptions {
  // Before each is looked at: a message has room for thousands.
  refuseMoreThan(subscriptionsMax, Math.max(topics.length, rates.length));
  for (const topic of topics) {
    known.check(topic);
    known.checkReader(topic, identity);
  }
  if (area) known.checkLooker(identity);
  const next = new Map(session.topics);
  for (const topic of topics) if (!next.has(topic)) next.set(topic, since);
  const paced = withRates(session.rates, rates, known);
  refuseMoreThan(subscriptionsMax, Math.max(next.size, paced.size));
  return { topics: next, rates: paced };
}

/** What a session has when topics are taken away. */
export function withoutTopics(session: Subscriptions, topics: readonly string[]): Subscriptions {
  const gone = new Set(topics);
  return {
    topics: new Map([...session.topics].filter(([topic]) => !gone.has(topic))),
    rates: new Map([...session.rates].filter(([topic]) => !gone.has(topic))),
  };
}

function refuseMoreThan(subscriptionsMax: number, count: number): void {
  if (count <= subscriptionsMax) return;
  throw new TellurionError(
    "RESOURCE_EXHAUSTED",
    `topics=${count} are too many; a client may have ${subscriptionsMax}`,
  );
}

function withRates(
  before: ReadonlyMap<string, number>,
  rates: readonly TopicRate[],
  known: Topics,
): Map<string, number> {
  const next = new Map(before);
  for (const { topic, intervalMs } of rates) {
    known.check(topic);
    if (intervalMs > intervalMsMax) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `interval_ms=${intervalMs} is not valid; valid are 0 to ${intervalMsMax}`,
      );
    }
    if (intervalMs === 0) next.delete(topic);
    else next.set(topic, intervalMs);
  }
  return next;
}
