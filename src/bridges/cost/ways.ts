import { type ApiCall, type Bill, countRequests } from "./count-requests.ts";

/** What a month is like. */
export interface Month {
  readonly events: number;
  /** Of an encoded event. */
  readonly eventBytes: number;
  /** How long a pack waits for more events. */
  readonly lingerMs: number;
  /** Sequences of packs: each fills packs of its own. */
  readonly streams: number;
  /** Queues that subscribe to the topic. */
  readonly services: number;
  /** Of each service. They poll day and night. */
  readonly pollers: number;
  /** In which the world runs. */
  readonly hoursPerDay: number;
}

/** A way to bring the events of a month to those who want them, and what it costs. */
export interface Way {
  readonly name: string;
  readonly bill: Bill;
}

const hoursPerMonth = 730;
const hoursPerDayMax = 24;
const msPerHour = 3_600_000;
const longPollsPerHour = 180;
/** SNS and SQS take ten messages to a batch, and hand out ten at most. */
const batchMessages = 10;
const packBytesMax = 46_080;
const lengthBytes = 4;
/** Of the attributes of a message: names, types and values. */
const attributeBytes = 256;
/** How much longer an event is as JSON: a change of the weather has 104 bytes, and about 300 as JSON. */
const jsonBytesPerByte = 3;
const base64BytesPerByte = 4 / 3;

/** Polls of one poller that find nothing, in a month in which nothing comes. */
export const pollsPerMonth = hoursPerMonth * longPollsPerHour;

/** The ways there are, from the dearest to the cheapest. */
export function waysOf(month: Month): Way[] {
  const { events, eventBytes } = month;
  const json = messageBytes(eventBytes, jsonBytesPerByte);
  const binary = messageBytes(eventBytes, base64BytesPerByte);
  const batches = Math.ceil(events / batchMessages);
  const published = { action: "Publish", bytes: binary, times: events } as const;
  const batched = {
    action: "PublishBatch",
    bytes: binary * batchMessages,
    times: batches,
  } as const;
  const wayOf = (name: string, out: ApiCall, received: readonly ApiCall[]): Way => {
    const consumed = received.map((call) => forEach(month.services, call));
    const calls = [out, ...consumed, ...pollsOf(month)];
    return { name, bill: countRequests(calls, month.services) };
  };
  return [
    wayOf("JSON, one by one", { ...published, bytes: json }, singly(events, json)),
    wayOf("binary, one by one", published, singly(events, binary)),
    wayOf("binary, one by one, received by ten", published, byTen(batches, binary)),
    wayOf(
      "binary, batches of ten",
      { ...batched, messages: batchMessages },
      byTen(batches, binary),
    ),
    ...[packsWhenTrickling(month), packsInBursts(month)].map(({ name, packs }) => {
      const bytes = messageBytes((events / packs) * (eventBytes + lengthBytes), base64BytesPerByte);
      return wayOf(name, { action: "Publish", bytes, times: packs }, singly(packs, bytes));
    }),
  ];
}

/** Events come all the time, so that each stream closes a pack whenever the linger is over. */
function packsWhenTrickling(month: Month): { name: string; packs: number } {
  const { events, lingerMs, streams, hoursPerDay } = month;
  const worldMs = (hoursPerMonth * hoursPerDay * msPerHour) / hoursPerDayMax;
  const lingers = Math.ceil((worldMs / Math.max(1, lingerMs)) * streams);
  const packs = Math.min(events, Math.max(lingers, packsInBursts(month).packs));
  return { name: `packs, in a trickle, linger ${lingerMs} ms`, packs };
}

/** Events come so many at a time that packs are full before the linger is over. */
function packsInBursts({ events, eventBytes }: Month): { name: string; packs: number } {
  const perPack = Math.max(1, Math.floor(packBytesMax / (eventBytes + lengthBytes)));
  return { name: "packs, in bursts", packs: Math.ceil(events / perPack) };
}

function messageBytes(bytes: number, perByte: number): number {
  return Math.ceil(bytes * perByte) + attributeBytes;
}

function singly(times: number, bytes: number): ApiCall[] {
  return [
    { action: "ReceiveMessage", bytes, times },
    { action: "DeleteMessage", bytes: 0, times },
  ];
}

function byTen(times: number, bytes: number): ApiCall[] {
  return [
    { action: "ReceiveMessage", bytes: bytes * batchMessages, times },
    { action: "DeleteMessageBatch", bytes: 0, times },
  ];
}

function forEach(services: number, call: ApiCall): ApiCall {
  return { ...call, times: (call.times ?? 1) * services };
}

/** As if nothing ever came: polls that find something are counted once more. */
function pollsOf({ services, pollers }: Month): ApiCall[] {
  const times = pollsPerMonth * services * pollers;
  return times === 0 ? [] : [{ action: "ReceiveMessage", bytes: 0, times }];
}
