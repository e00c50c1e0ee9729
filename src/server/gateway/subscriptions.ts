import type { Subscribe, TopicRate } from "../../gen/tellurion/v1/client_pb.ts";
import { TellurionError } from "../../runtime/index.ts";
import type { Limits } from "../limits.ts";
import type { Session } from "./session.ts";
import type { Topics } from "./topics.ts";

const intervalMsMax = 3_600_000;

/** Adds topics and rates to those of a session, or throws and changes nothing. Events after frame `since` count. */
export function addSubscriptions(
  session: Session,
  { topics, rates }: Subscribe,
  known: Topics,
  { subscriptionsMax }: Limits,
  since: number,
): void {
  for (const topic of topics) known.check(topic);
  const next = new Map(session.topics);
  for (const topic of topics) if (!next.has(topic)) next.set(topic, since);
  const paced = withRates(session.rates, rates, known);
  const count = Math.max(next.size, paced.size);
  if (count > subscriptionsMax) {
    throw new TellurionError(
      "RESOURCE_EXHAUSTED",
      `topics=${count} are too many; a client may have ${subscriptionsMax}`,
    );
  }
  session.topics = next;
  session.rates = paced;
}

export function removeSubscriptions(session: Session, topics: readonly string[]): void {
  const gone = new Set(topics);
  session.topics = new Map([...session.topics].filter(([topic]) => !gone.has(topic)));
  session.rates = new Map([...session.rates].filter(([topic]) => !gone.has(topic)));
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
