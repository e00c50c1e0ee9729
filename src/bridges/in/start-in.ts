import type { SQSClient } from "@aws-sdk/client-sqs";
import type { CallPort } from "../call-port.ts";
import type { BridgeConfiguration } from "../configuration.ts";
import { noTracing } from "../tracing/tracing.ts";
import { wallInClock } from "./in-clock.ts";
import { type InCounters, newInCounters } from "./in-counters.ts";
import { Inlet, type InletOptions, type InParts } from "./inlet.ts";
import type { QueueClients } from "./queue.ts";
import { queueClientOf } from "./sdk-queue.ts";
import { understandCommand } from "./understand-command.ts";
import { understandPack } from "./understand-pack.ts";

/** Packs are few, and come in the order in which they were sent if one at a time asks for them. */
const eventPollers = 1;
const commandsHandledMax = 64;
/** Packs are large: more would not find room on their way to the core. */
const packsHandledMax = 16;

/** Messages of queues on their way into the world. */
export interface BridgeIn {
  counters(): InCounters;
  /** Asks for no more, and finishes what has been received. */
  stop(): Promise<void>;
}

type InConfiguration = Pick<BridgeConfiguration, "commands" | "events">;

interface InOptions extends Partial<Pick<InParts, "clock" | "random" | "log" | "tracing">> {
  /** Whether this part publishes the epoch itself: parts may share a topic, and hear what they said there. */
  readonly isOwnEpoch?: (epoch: string) => boolean;
}

/** Begins to bring in what the configuration names: commands, and events of another part of the world. */
export function startIn(
  configuration: InConfiguration,
  { sqs, polls }: { readonly sqs: SQSClient; readonly polls: SQSClient },
  call: CallPort,
  options: InOptions = {},
): BridgeIn {
  const clients = { polls: queueClientOf(polls), requests: queueClientOf(sqs) };
  return startInlets(configuration, clients, call, options);
}

/** The same, with anything that behaves like queues. */
export function startInlets(
  configuration: InConfiguration,
  clients: QueueClients,
  call: CallPort,
  options: InOptions,
): BridgeIn {
  const counters = newInCounters();
  const parts: InParts = {
    ...{ clients, call, counters },
    clock: options.clock ?? wallInClock,
    random: options.random ?? Math.random,
    tracing: options.tracing ?? noTracing,
    log: options.log ?? (() => {}),
  };
  const { commands, events } = configuration;
  const inlets = [
    ...(commands ? [commandsInlet(commands, counters)] : []),
    ...(events ? [eventsInlet(events, counters, options.isOwnEpoch ?? (() => false))] : []),
  ].map((inlet) => new Inlet(inlet, parts));
  return {
    counters: () => ({ ...counters }),
    async stop() {
      await Promise.all(inlets.map((inlet) => inlet.stop()));
    },
  };
}

function commandsInlet(
  configuration: NonNullable<BridgeConfiguration["commands"]>,
  counters: InCounters,
): InletOptions {
  const { queueUrl, deadLetterQueueUrl, pollers } = configuration;
  return {
    ...{ name: "commands", queueUrl, deadLetterQueueUrl, pollers },
    handledMax: commandsHandledMax,
    understand: (message, epochMs) => understandCommand(message, configuration, epochMs),
    received({ receives }) {
      counters.commandsReceived += 1;
      if (receives > 1) counters.commandsDuplicate += 1;
    },
    handled(verdict) {
      if (verdict === "done") counters.commandsDone += 1;
      else if (verdict === "put off") counters.commandsPutOff += 1;
      else counters.commandsRefused += 1;
      if (verdict === "dead-lettered") counters.commandsDeadLettered += 1;
    },
  };
}

function eventsInlet(
  { queueUrl, deadLetterQueueUrl }: NonNullable<BridgeConfiguration["events"]>,
  counters: InCounters,
  isOwnEpoch: (epoch: string) => boolean,
): InletOptions {
  return {
    ...{ name: "events", queueUrl, deadLetterQueueUrl, pollers: eventPollers },
    handledMax: packsHandledMax,
    understand(message) {
      const { e: epoch } = message.attributes;
      const isOwn = epoch !== undefined && isOwnEpoch(epoch);
      return isOwn ? { ignore: true } : understandPack(message);
    },
    received({ receives }) {
      counters.packsReceived += 1;
      if (receives > 1) counters.packsDuplicate += 1;
    },
    handled(verdict) {
      if (verdict === "done") counters.packsDone += 1;
      else if (verdict === "ignored") counters.packsIgnored += 1;
      else if (verdict === "put off") counters.packsPutOff += 1;
      else counters.packsRefused += 1;
      if (verdict === "dead-lettered") counters.packsDeadLettered += 1;
    },
  };
}
