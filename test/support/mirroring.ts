import { join } from "node:path";
import type { OutConfiguration, StreamConfiguration } from "../../src/bridges/configuration.ts";
import { Mirror } from "../../src/bridges/out/mirror.ts";
import { Outbox, type StoredPack } from "../../src/bridges/out/outbox.ts";
import { selectionText } from "../../src/bridges/out/selection.ts";
import { noTracing } from "../../src/bridges/tracing/tracing.ts";
import { eventsOfPack, schemaEvents } from "./feed-events.ts";
import { temporaryFolder } from "./kept-world.ts";

export const worldId = "0a1b2c3d-0000-4000-8000-000000000001";

/** Asks for everything, unless it is said otherwise. */
export const streamOf = (
  name: string,
  more: Partial<StreamConfiguration> = {},
): StreamConfiguration => ({
  ...{ name, types: undefined, topics: undefined, where: undefined },
  ...{ everyMs: 0, urgent: false, lingerMs: undefined },
  ...more,
});

/** One stream of everything, in small packs. */
export const outOf = (more: Partial<OutConfiguration> = {}): OutConfiguration => ({
  ...{ topicArn: "arn:aws:sns:eu-west-1:123456789012:moor-events", fifo: false },
  ...{ format: "packs", compression: "none", lingerMs: 5_000, packBytesMax: 1_024 },
  ...{ inFlightMax: 4, outboxBytesMax: 2 ** 30, streams: [streamOf("all")] },
  ...more,
});

/** A mirror whose time stands still unless it is told to go on. */
export class Mirroring {
  nowMs = 1_000_000;
  readonly warnings: string[] = [];
  readonly outbox: Outbox;
  readonly mirror: Mirror;

  constructor(out: OutConfiguration, path = ":memory:", open = openOutbox) {
    const names = out.streams.map(({ name }) => name);
    this.outbox = open(path, names, { selection: selectionText(out.streams) });
    this.mirror = new Mirror({
      tracing: noTracing,
      ...{ out, events: schemaEvents, schema: "0123456789abcdef", outbox: this.outbox },
      now: () => this.nowMs,
      warn: (text) => this.warnings.push(text),
    });
  }

  get packs(): StoredPack[] {
    const packs: StoredPack[] = [];
    for (let pack = this.outbox.next(0); pack; pack = this.outbox.next(pack.id)) packs.push(pack);
    return packs;
  }

  /** Ids of the events of all packs. */
  get ids(): string[] {
    return this.packs.flatMap(idsOf);
  }
}

const openOutbox = (...parameters: ConstructorParameters<typeof Outbox>) =>
  new Outbox(...parameters);

export function idsOf(pack: StoredPack): string[] {
  return eventsOfPack(pack.body).map(({ eventId }) => eventId);
}

/** Where an outbox may be, for the time of the test. */
export function outboxPath(): string {
  return join(temporaryFolder(), "w.outbox");
}
