import { commandsOf, type PartCatalogue } from "./catalogue.ts";
import type { CommandQueues, EventQueues } from "./messages.ts";
import type { Part } from "./services.ts";

interface Joined {
  /** Undefined: all of the world runs in the process. */
  readonly part: Part | undefined;
  readonly region: string;
  readonly fifo: boolean;
  readonly topicArn: string;
  /** The parts of the world that run in the process. */
  readonly catalogue: ReadonlyMap<Part, PartCatalogue>;
  readonly commandLevels: readonly string[];
  readonly commands: CommandQueues | undefined;
  /** Events of the other parts. */
  readonly events: EventQueues | undefined;
}

/** The file that tells a server's bridge where its topic and queues are, and what it may take from them. */
export function bridgeConfiguration(joined: Joined): Record<string, unknown> {
  const { region, fifo, topicArn, part, catalogue, commandLevels, commands, events } = joined;
  const types = [...catalogue.values()].flatMap(({ mirrored }) => mirrored);
  // Each stream costs packs of its own: a whole world has the one that bridges have by default.
  const streams = part && [{ name: part, types }];
  const methods = [...catalogue.values()].flatMap((part) => commandsOf(part, commandLevels));
  return {
    region,
    ...(types.length > 0 && { out: { topicArn, fifo, ...(streams && { streams }) } }),
    ...(commands && {
      commands: {
        queueUrl: commands.queue.queueUrl,
        deadLetterQueueUrl: commands.dead.queueUrl,
        methods,
      },
    }),
    ...(events && {
      events: { queueUrl: events.queue.queueUrl, deadLetterQueueUrl: events.dead.queueUrl },
    }),
  };
}
