import { type Bill, type BillLine, deliveryFromSns } from "../../bridges/cost/count-requests.ts";
import { prices } from "../../bridges/cost/prices.ts";
import { type Month, pollsPerMonth, type Way, waysOf } from "../../bridges/cost/ways.ts";
import { commandPollersDefault } from "../../bridges/read-configuration.ts";
import { defineCommand } from "./command.ts";
import { flag, integer } from "./options.ts";

const million = 1_000_000;
const eventBytesMax = 190_000;

const options = {
  "events-per-month": integer("N", "events that go out in a month", {
    default: 10_000_000,
    min: 1,
    max: 1_000_000_000_000,
  }),
  linger: integer("MS", "how long a pack waits for more events", {
    default: 5_000,
    min: 1,
    max: 60_000,
  }),
  bytes: integer("B", "of an encoded event", { default: 104, min: 1, max: eventBytesMax }),
  streams: integer("N", "sequences of packs that have events all the time", {
    default: 1,
    min: 1,
    max: 64,
  }),
  services: integer("N", "queues that get the events", { default: 1, min: 0, max: 32 }),
  pollers: integer("N", "long polls of each service at a time, day and night", {
    default: 1,
    min: 0,
    max: 16,
  }),
  "hours-per-day": integer("H", "in which the world runs", { default: 24, min: 1, max: 24 }),
  json: flag("prints one JSON object"),
};

/** What the messages of a month cost, by the ways to send them. */
export const costCommand = defineCommand({
  name: "cost",
  about: "tells what a month of events through SNS and SQS costs, with the arithmetic",
  options,
  async run(values, { print }) {
    const month: Month = {
      events: values["events-per-month"],
      eventBytes: values.bytes,
      lingerMs: values.linger,
      streams: values.streams,
      services: values.services,
      pollers: values.pollers,
      hoursPerDay: values["hours-per-day"],
    };
    const ways = waysOf(month);
    if (values.json) return print(JSON.stringify({ prices, month, ways, notes: notes() }));
    for (const line of [...monthLines(month), "", ...ways.flatMap(wayLines)]) print(line);
    for (const line of [...summaryLines(ways), "", ...notes()]) print(line);
  },
});

function monthLines(month: Month): string[] {
  const { events, eventBytes, streams, services, pollers, hoursPerDay } = month;
  const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  return [
    `a month     ${amount(events)} events of ${eventBytes} B in ${plural(streams, "stream")}, ` +
      `${hoursPerDay} hours a day, to ${plural(services, "service")} with ${plural(pollers, "poller")}`,
    `prices      ${prices.region}, ${prices.date}: SNS $${prices.snsPerMillion}, ` +
      `SQS $${prices.sqsPerMillion} for a million requests; a request for each ` +
      `${prices.requestBytes / 1_024} KiB; ${amount(prices.freeRequests)} of each free`,
  ];
}

function wayLines({ name, bill }: Way): string[] {
  return [name, ...bill.lines.map(billLine), ...totalLines(bill), ""];
}

function billLine({ service, what, calls, requests, dollars: sum }: BillLine): string {
  const perMillion = service === "SNS" ? prices.snsPerMillion : prices.sqsPerMillion;
  const each = Number((requests / calls).toFixed(2));
  const bound = what === deliveryFromSns ? "  at most" : "";
  return (
    `  ${service}  ${what.padEnd(18)} ${amount(calls).padStart(15)} × ${each} = ` +
    `${amount(requests).padStart(15)} requests × $${perMillion}/M = ${dollars(sum)}${bound}`
  );
}

function totalLines(bill: Bill): string[] {
  const { snsRequests, sqsRequests, dollarsAfterFree } = bill;
  const rest = (requests: number) => amount(Math.max(0, requests - prices.freeRequests));
  return [
    `  total ${dollars(bill.dollars)}; after the free requests ${rest(snsRequests)} of SNS and ` +
      `${rest(sqsRequests)} of SQS are left: ${dollars(dollarsAfterFree)}`,
  ];
}

function summaryLines(ways: readonly Way[]): string[] {
  const row = (name: string, total: string, after: string) =>
    `${name.padEnd(40)}${total.padStart(12)}${after.padStart(18)}`;
  return [
    row("way", "a month", "after free ones"),
    ...ways.map(({ name, bill }) =>
      row(name, dollars(bill.dollars), dollars(bill.dollarsAfterFree)),
    ),
  ];
}

function notes(): string[] {
  const pollDollars = (pollsPerMonth * prices.sqsPerMillion) / million;
  return [
    `Not known: whether SQS charges for what SNS delivers to it. It is counted ("${deliveryFromSns}"), ` +
      "so all totals are upper bounds.",
    "Polls are counted as if none of them found anything. Retries and dead letters are not counted.",
    `Not in it: commands. A poller of the queue of commands costs ${dollars(pollDollars)} a month ` +
      `when nothing comes, and the bridge has ${commandPollersDefault} by default.`,
    "Not in it: FIFO topics, computers, traffic out of the region, logs, metrics.",
  ];
}

function amount(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function dollars(value: number): string {
  const text = value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `$${text}`;
}
