import { setTimeout as timeout } from "node:timers/promises";
import type { FeedEnd, FeedEvent, FeedMark } from "../../runtime/index.ts";
import type { BridgedEvent } from "../bridged-event.ts";
import type { OutConfiguration } from "../configuration.ts";
import { type BridgeCounters, noBridgeCounters } from "../counters.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { areOfOneWorld } from "./epoch.ts";
import { Losses } from "./losses.ts";
import { Mirror } from "./mirror.ts";
import { Outbox, type ShedReason } from "./outbox.ts";
import { outboxInMemory } from "./outbox-file.ts";
import { Publisher } from "./publisher.ts";
import { selectionText } from "./selection.ts";
import type { Topic } from "./topic.ts";

/** Pause between two looks at the feed while there are events, and what it grows to while there are none. */
const readMs = 10;
const readMsMax = 50;
/** Packs that have arrived are deleted at least this often. */
const sweepMs = 100;
/** Of an outbox that is kept in memory, whatever the configuration allows on the disk. */
const memoryBytesMax = 128 * 2 ** 20;

export interface OutSideParts {
  readonly out: OutConfiguration;
  readonly events: readonly BridgedEvent[];
  readonly world: string;
  readonly schema: string;
  /** A file, or `outboxInMemory`. */
  readonly outboxPath: string;
  /** As in `OutboxOptions`. */
  readonly newEpoch?: boolean;
  readonly topic: Topic;
  readonly tracing: Tracing;
  readonly warn: (text: string) => void;
}

/** The reading end of a feed. */
export interface EventReader {
  /** Events that found no room in the rings, and the frame of the last of them. */
  readonly lost: number;
  readonly lostFrame: number;
  read(take: (frame: number, events: readonly FeedEvent[]) => void): number;
}

/** Events on their way from the world to a topic: feed, packs, outbox, publisher. */
export class OutSide {
  readonly #outbox: Outbox;
  readonly #mirror: Mirror;
  readonly #publisher: Publisher;
  readonly #warn: (text: string) => void;
  #reader: EventReader | undefined;
  #lostBefore = 0;
  readonly #losses = new Losses();
  #readTo = 0;
  #pauseMs = readMs;
  #timer: NodeJS.Timeout | undefined;
  #sweptMs = 0;
  #sweepFails = false;

  /** Throws WORLD_FILE_IN_USE, WORLD_FILE_INVALID and WORLD_FILE_TOO_NEW. */
  constructor(parts: OutSideParts) {
    const { events, world, schema, outboxPath, topic, tracing, warn } = parts;
    const bytesMax = outboxPath === outboxInMemory ? memoryBytesMax : Number.POSITIVE_INFINITY;
    const out = { ...parts.out, outboxBytesMax: Math.min(parts.out.outboxBytesMax, bytesMax) };
    const names = out.streams.map(({ name }) => name);
    const outbox = new Outbox(outboxPath, names, {
      newEpoch: parts.newEpoch ?? false,
      selection: selectionText(out.streams),
    });
    const { fifo, inFlightMax } = out;
    this.#outbox = outbox;
    this.#mirror = new Mirror({ out, events, schema, outbox, tracing, now, warn });
    this.#publisher = new Publisher({
      ...{ outbox, topic, tracing, world, fifo, inFlightMax, pause, warn },
      random: Math.random,
    });
    this.#warn = warn;
    this.#tick();
  }

  /** From where events are needed. */
  get since(): FeedMark | undefined {
    return this.#outbox.since;
  }

  /** Whether packs of an epoch are those of this outbox's world: also those of its earlier epochs, which may still come. */
  isOwnEpoch(epoch: string): boolean {
    return areOfOneWorld(epoch, this.#outbox.epoch);
  }

  /** Numbers of the events that are needed. */
  get events(): number[] {
    return this.#mirror.events;
  }

  attach(
    feed: Pick<FeedEnd, "worldId" | "tickHz" | "after" | "reached">,
    reader: EventReader,
  ): void {
    this.#mirror.begin(feed);
    this.#reader = reader;
    this.#readTo = feed.after;
    this.#losses.begin(feed.after);
  }

  /** Leaves the rings. Returns the last frame of which all has been read. */
  detach(): number {
    this.#read();
    this.#tell(this.#losses.tell());
    this.#lostBefore = this.#lost;
    this.#reader = undefined;
    return this.#readTo;
  }

  /** Closes all packs, and resolves when everything has arrived, or after a time. What has not stays in the outbox. */
  async drain(timeoutMs: number): Promise<void> {
    this.#read();
    this.#mirror.finish();
    const over = new AbortController();
    await Promise.race([this.#publisher.empty(), pause(timeoutMs, over.signal)]);
    over.abort();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#publisher.stop();
    this.#sweep();
    this.#outbox.close();
  }

  counters(): BridgeCounters {
    const { packs, events, requests, retries, refused } = this.#publisher.counters;
    const { unwritten } = this.#mirror;
    const oldestMs = this.#outbox.oldestMs ?? unwritten.oldestMs;
    const sheds = this.#outbox.sheds();
    const shed = (wanted: ShedReason) =>
      sheds.reduce(
        (sum, { what, events: count }) => sum + (what === wanted ? count : 0),
        this.#mirror.unwrittenSheds(wanted),
      );
    return {
      ...noBridgeCounters,
      outboxPacks: this.#outbox.packs + unwritten.packs,
      outboxUnwrittenPacks: unwritten.packs,
      outboxBytes: this.#outbox.bytes + unwritten.bytes,
      outboxOldestAgeMs: oldestMs === undefined ? 0 : Math.max(0, Math.floor(now() - oldestMs)),
      inFlight: this.#publisher.inFlight,
      packsPublished: packs,
      eventsPublished: events,
      requests,
      retries,
      shedCosmetic: shed("cosmetic"),
      shedLatestWins: shed("latest-wins"),
      shedReliable: shed("reliable"),
      shedTooLarge: shed("too-large"),
      packsRefused: refused,
      feedLost: this.#lost,
    };
  }

  get #lost(): number {
    return this.#lostBefore + (this.#reader?.lost ?? 0);
  }

  #tick(): void {
    const found = this.#read();
    this.#pauseMs = found ? readMs : Math.min(readMsMax, 2 * this.#pauseMs);
    if (now() - this.#sweptMs >= sweepMs) this.#sweep();
    this.#timer = setTimeout(() => this.#tick(), this.#pauseMs);
  }

  /** True: there were events. */
  #read(): boolean {
    let found = false;
    if (this.#reader !== undefined) {
      this.#readTo = this.#reader.read((frame, events) => {
        found = true;
        this.#mirror.take(frame, events);
      });
      this.#mirror.settle(this.#readTo);
      const { lostFrame } = this.#reader;
      this.#tell(
        this.#losses.observe({ lost: this.#lost, lostFrame, readTo: this.#readTo }, now()),
      );
    }
    this.#publisher.wake();
    return found;
  }

  #tell(text: string | undefined): void {
    if (text !== undefined) this.#warn(text);
  }

  /** What cannot be deleted now is deleted later; where the process ends before that, it is sent again. */
  #sweep(): void {
    this.#sweptMs = now();
    try {
      this.#outbox.sweep();
      this.#sweepFails = false;
    } catch (error) {
      if (!this.#sweepFails) this.#warn(`packs that have arrived stay in the outbox: ${error}`);
      this.#sweepFails = true;
    }
  }
}

/** Milliseconds since 1970, never going back. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timeout(ms, undefined, { signal }).catch(() => {});
}
