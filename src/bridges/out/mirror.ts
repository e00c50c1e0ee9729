import type { FeedEnd, FeedEvent } from "../../runtime/index.ts";
import type { BridgedEvent } from "../bridged-event.ts";
import type { OutConfiguration } from "../configuration.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { GameEventWriter } from "./game-event-writer.ts";
import { MirroredStream, type MutableBatch } from "./mirrored-stream.ts";
import type { ClosedPack, Outbox, ShedReason } from "./outbox.ts";
import { bodyOf, codecOfFormat, textBytesMax, textBytesOf } from "./pack-body.ts";
import { Selection } from "./selection.ts";
import { Shedding } from "./shedding.ts";

/** Packs that are written in one go while many events come at once. */
const groupBytesMax = 4 * 2 ** 20;
/** Of packs that the disk does not take: then everything is shed. */
const unwrittenBytesMax = 64 * 2 ** 20;
/** Pause until packs are tried again that the disk did not take. */
const rewriteMs = 500;
/** Marks are written so often though no pack is closed: what is behind them has to be made again after a crash. */
const marksMs = 1_000;

export interface MirrorParts {
  readonly out: OutConfiguration;
  readonly events: readonly BridgedEvent[];
  /** Hash of the schema, as messages announce it. */
  readonly schema: string;
  readonly outbox: Outbox;
  readonly tracing: Pick<Tracing, "packClosed">;
  /** Milliseconds since 1970, never going back. */
  readonly now: () => number;
  readonly warn: (text: string) => void;
}

export interface Unwritten {
  readonly packs: number;
  readonly bytes: number;
  /** In ms since 1970. */
  readonly oldestMs: number | undefined;
}

/** Takes the world's events and makes packs of them in the outbox: each event that a stream asks for is in one pack. */
export class Mirror {
  readonly #parts: MirrorParts;
  readonly #selection: Selection;
  readonly #shedding: Shedding;
  readonly #streams: readonly MirroredStream[];
  #writer: GameEventWriter | undefined;
  /** Closed, and not in the outbox yet. */
  #closed: ClosedPack[] = [];
  #closedBytes = 0;
  #lastFrame = 0;
  #writtenMs = 0;
  /** When the disk did not take a write. */
  #failedMs: number | undefined;

  constructor(parts: MirrorParts) {
    const { out, events } = parts;
    this.#parts = parts;
    this.#selection = new Selection(out.streams, events);
    this.#shedding = new Shedding(out.outboxBytesMax, events);
    this.#streams = out.streams.map((stream) => new MirroredStream(stream, out));
  }

  /** Numbers of the events that it wants. */
  get events(): number[] {
    return this.#selection.events;
  }

  /** What the disk has not taken yet: packs, the bytes of their bodies, and when the first of them was closed. */
  get unwritten(): Unwritten {
    const oldestMs = this.#closed[0]?.closedMs;
    return { packs: this.#closed.length, bytes: this.#closedBytes, oldestMs };
  }

  /** Events that were left out, and of which the outbox does not know yet. */
  unwrittenSheds(what: ShedReason): number {
    return this.#streams.reduce((sum, stream) => sum + stream.unwrittenSheds(what), 0);
  }

  /** A world begins to be fed, after a frame. It goes on where it was when its workers had to be replaced. */
  begin(feed: Pick<FeedEnd, "worldId" | "tickHz" | "after" | "reached">): void {
    const { outbox } = this.#parts;
    if (this.#writer !== undefined) return;
    const { worldId, tickHz, after } = feed;
    const begun = outbox.begin(feed, this.events);
    const places = new Map(begun.map((place) => [place.name, place]));
    for (const stream of this.#streams) {
      const place = places.get(stream.name);
      if (place !== undefined) stream.begin(place, outbox.takenBy(stream.name));
    }
    this.#writer = new GameEventWriter(worldId, tickHz);
    this.#lastFrame = after;
  }

  /** Takes all events of a frame. Frames come in their order; one that came before is passed over. */
  take(frame: number, events: readonly FeedEvent[]): void {
    const writer = this.#writer;
    if (writer === undefined || frame <= this.#lastFrame) return;
    const nowMs = this.#parts.now();
    this.#shedding.observe(this.#waitingBytes());
    writer.begin(frame);
    for (let i = 0; i < events.length; i += 1) {
      const event = events[i] as FeedEvent;
      const stream = this.#streams[this.#selection.streamOf(event)];
      if (stream === undefined || stream.isPast(frame, i)) continue;
      this.#pack(stream, writer, event, frame, i, nowMs);
    }
    this.#lastFrame = frame;
    if (this.#closedBytes >= groupBytesMax) this.#write();
  }

  /** All events up to and with a frame were handed on: closes what waits no longer, and writes. */
  settle(readTo = this.#lastFrame): void {
    this.#lastFrame = Math.max(this.#lastFrame, readTo);
    const nowMs = this.#parts.now();
    for (const stream of this.#streams) {
      const { pack, lingerMs } = stream;
      if (pack.count > 0 && nowMs - pack.openedMs >= lingerMs) this.#close(stream);
    }
    if (this.#closed.length > 0 || nowMs - this.#writtenMs >= marksMs) this.#write();
  }

  /** Closes all packs, and writes. */
  finish(): void {
    for (const stream of this.#streams) if (stream.pack.count > 0) this.#close(stream);
    this.#failedMs = undefined;
    this.#write();
  }

  #pack(
    stream: MirroredStream,
    writer: GameEventWriter,
    event: FeedEvent,
    frame: number,
    index: number,
    nowMs: number,
  ): void {
    const refusal = this.#shedding.refusal(event.number);
    if (refusal !== undefined) {
      stream.shed(refusal);
      return;
    }
    if (!stream.isDue(event, writer.worldMsOf(frame))) return;
    let added = stream.add(writer, event, frame, index, nowMs);
    if (added === "full") {
      this.#close(stream);
      added = stream.add(writer, event, frame, index, nowMs);
    }
    if (added === "too-large") stream.shed(added);
    else if (this.#parts.out.format !== "packs") this.#close(stream);
  }

  #close(stream: MirroredStream): void {
    const { out, schema, outbox, now, tracing } = this.#parts;
    const events = stream.pack.count;
    const codec = codecOfFormat(out);
    const body = bodyOf(stream.pack.close(), out);
    if (textBytesOf(body, codec) > textBytesMax) {
      stream.shed("too-large");
      return;
    }
    this.#closedBytes += body.length;
    this.#closed.push({
      stream: stream.name,
      epoch: outbox.epoch,
      sequence: stream.close(),
      events,
      codec,
      schema,
      closedMs: now(),
      traceparent: tracing.packClosed() ?? "",
      body,
    });
  }

  #waitingBytes(): number {
    if (this.#closedBytes >= unwrittenBytesMax) return Number.POSITIVE_INFINITY;
    return this.#parts.outbox.bytes + this.#closedBytes;
  }

  /** What the disk does not take is kept, and tried again with what has come by then. */
  #write(): void {
    const { outbox, now, warn } = this.#parts;
    if (this.#writer === undefined) return;
    if (this.#failedMs !== undefined && now() - this.#failedMs < rewriteMs) return;
    const batch: MutableBatch = {
      packs: this.#closed,
      streams: [],
      sheds: [],
      taken: [],
      forget: [],
    };
    const end = { frame: this.#lastFrame + 1, events: 0 };
    for (const stream of this.#streams) stream.contribute(batch, end);
    try {
      outbox.write(batch);
    } catch (error) {
      if (this.#failedMs === undefined) {
        warn(
          `the outbox takes nothing: ${String(error)}; packs are kept in memory, up to ${unwrittenBytesMax} bytes`,
        );
      }
      this.#failedMs = now();
      return;
    }
    if (this.#failedMs !== undefined) warn("the outbox takes packs again");
    this.#failedMs = undefined;
    this.#writtenMs = now();
    for (const stream of this.#streams) stream.written();
    this.#closed = [];
    this.#closedBytes = 0;
  }
}
