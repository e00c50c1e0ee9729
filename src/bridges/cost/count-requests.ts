import { type Prices, prices } from "./prices.ts";

export type ApiAction =
  | "Publish"
  | "PublishBatch"
  | "SendMessage"
  | "SendMessageBatch"
  | "ReceiveMessage"
  | "DeleteMessage"
  | "DeleteMessageBatch"
  | "ChangeMessageVisibility"
  | "ChangeMessageVisibilityBatch";

/** A call of SNS or SQS, as it was made or would be. */
export interface ApiCall {
  readonly action: ApiAction;
  /** Of the messages that it carries there or back, with their attributes. 0: none. */
  readonly bytes: number;
  /** How many messages that are, when not one. */
  readonly messages?: number;
  /** How often a call like this is made, when not once. */
  readonly times?: number;
}

/** What some calls come to on the bill. */
export interface BillLine {
  readonly service: "SNS" | "SQS";
  /** An action, or `delivery from SNS`. */
  readonly what: string;
  readonly calls: number;
  readonly requests: number;
  readonly dollars: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly snsRequests: number;
  readonly sqsRequests: number;
  readonly dollars: number;
  /** For an account that makes no other calls in the month. */
  readonly dollarsAfterFree: number;
}

const million = 1_000_000;
export const deliveryFromSns = "delivery from SNS";

/**
 * What calls cost that were counted, when `services` queues subscribe to the topic. Whether SQS charges for a message that
 * SNS delivers to it is not said anywhere: it is charged here like one that is sent, so that the bill is an upper bound.
 */
export function countRequests(
  calls: Iterable<ApiCall>,
  services: number,
  list: Prices = prices,
): Bill {
  const lines = new Map<string, BillLine>();
  const add = (what: string, count: number, requests: number) => {
    const service = what.startsWith("Publish") ? "SNS" : "SQS";
    const before = lines.get(what) ?? { calls: 0, requests: 0 };
    const sum = before.requests + requests;
    const perMillion = service === "SNS" ? list.snsPerMillion : list.sqsPerMillion;
    const dollars = (sum * perMillion) / million;
    lines.set(what, { service, what, calls: before.calls + count, requests: sum, dollars });
  };
  for (const { action, bytes, messages = 1, times = 1 } of calls) {
    const requestsOf = (size: number) => Math.max(1, Math.ceil(size / list.requestBytes));
    add(action, times, times * requestsOf(bytes));
    if (!action.startsWith("Publish") || services === 0) continue;
    // SNS delivers the messages of a batch one by one.
    const deliveries = times * messages * services;
    add(deliveryFromSns, deliveries, deliveries * requestsOf(bytes / messages));
  }
  return billOf([...lines.values()], list);
}

function billOf(lines: readonly BillLine[], list: Prices): Bill {
  const requestsOf = (service: string) =>
    lines.reduce((sum, line) => sum + (line.service === service ? line.requests : 0), 0);
  const snsRequests = requestsOf("SNS");
  const sqsRequests = requestsOf("SQS");
  const dollarsOf = (free: number) =>
    (Math.max(0, snsRequests - free) * list.snsPerMillion +
      Math.max(0, sqsRequests - free) * list.sqsPerMillion) /
    million;
  return {
    ...{ lines, snsRequests, sqsRequests },
    dollars: dollarsOf(0),
    dollarsAfterFree: dollarsOf(list.freeRequests),
  };
}
