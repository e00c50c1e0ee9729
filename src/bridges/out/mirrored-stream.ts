import type { FeedEvent } from "../../runtime/index.ts";
import type { OutConfiguration, StreamConfiguration } from "../configuration.ts";
import type { GameEventWriter } from "./game-event-writer.ts";
import type { OutboxBatch, ShedCount, ShedReason, StreamPlace } from "./outbox.ts";
import { type Added, type Mark, OpenPack } from "./pack.ts";
import { Rate, type TakenAt } from "./rate.ts";

/** What is known of events beside packs: written when the stream's mark is behind them, lest it be known twice. */
interface Notes {
  readonly sheds: Map<ShedReason, number>;
  readonly taken: TakenAt[];
}

/** One stream of the configuration, on its way through the world's events. */
export class MirroredStream {
  readonly name: string;
  readonly lingerMs: number;
  readonly pack: OpenPack;
  readonly #everyMs: number;
  #next = 1;
  /** What is before it was packed in an earlier process. */
  #resume: Mark = { frame: 0, events: 0 };
  #rate: Rate | undefined;
  /** Of events before the open pack's first one, and of those behind it. */
  #before: Notes = { sheds: new Map(), taken: [] };
  #behind: Notes = { sheds: new Map(), taken: [] };
  /** Of the event that is being taken. */
  #due: TakenAt | undefined;

  constructor(stream: StreamConfiguration, out: OutConfiguration) {
    this.name = stream.name;
    this.lingerMs = stream.urgent || out.format !== "packs" ? 0 : (stream.lingerMs ?? out.lingerMs);
    this.pack = new OpenPack(out.format === "packs" ? out.packBytesMax : 1);
    this.#everyMs = stream.everyMs;
  }

  begin(place: StreamPlace, taken: readonly TakenAt[]): void {
    this.#next = place.next;
    this.#resume = place.mark;
    this.#rate = this.#everyMs > 0 ? new Rate(this.#everyMs, taken) : undefined;
  }

  /** Whether the feed's `index`-th event of a frame has been packed already. */
  isPast(frame: number, index: number): boolean {
    if (frame !== this.#resume.frame) return frame < this.#resume.frame;
    return index < this.#resume.events;
  }

  /** Whether it does not come too soon after the last one of its type and topic. One that does not is added, or shed. */
  isDue(event: FeedEvent, worldMs: number): boolean {
    if (this.#rate === undefined) return true;
    this.#due = this.#rate.take(event.number, event.topic, worldMs);
    return this.#due !== undefined;
  }

  shed(what: ShedReason): void {
    const { sheds } = this.#notes;
    sheds.set(what, (sheds.get(what) ?? 0) + 1);
    this.#noteDue();
  }

  add(
    writer: GameEventWriter,
    event: FeedEvent,
    frame: number,
    index: number,
    nowMs: number,
  ): Added {
    const added = this.pack.add(writer, event, frame, index, nowMs);
    if (added === "added") this.#noteDue();
    return added;
  }

  /** The number of the pack that is closed now. */
  close(): number {
    this.#behindIsBefore();
    this.#next += 1;
    return this.#next - 1;
  }

  /** Adds how far it has come to what is written, when all events before `end` were handed on. */
  contribute(batch: MutableBatch, end: Mark): void {
    const isEmpty = this.pack.count === 0;
    if (isEmpty) this.#behindIsBefore();
    batch.streams.push({
      name: this.name,
      mark: isEmpty ? later(end, this.#resume) : this.pack.first,
      next: this.#next,
    });
    for (const [what, events] of this.#before.sheds) {
      batch.sheds.push({ stream: this.name, what, events });
    }
    const last = this.#before.taken.at(-1);
    if (last === undefined) return;
    for (const taken of this.#before.taken) batch.taken.push({ stream: this.name, taken });
    batch.forget.push({ stream: this.name, worldMs: last.worldMs - this.#everyMs });
  }

  /** Events that were left out, and of which the outbox does not know yet. */
  unwrittenSheds(what: ShedReason): number {
    return (this.#before.sheds.get(what) ?? 0) + (this.#behind.sheds.get(what) ?? 0);
  }

  /** What it contributed is written. */
  written(): void {
    this.#before = { sheds: new Map(), taken: [] };
  }

  #noteDue(): void {
    if (this.#due !== undefined) this.#notes.taken.push(this.#due);
    this.#due = undefined;
  }

  get #notes(): Notes {
    return this.pack.count === 0 ? this.#before : this.#behind;
  }

  #behindIsBefore(): void {
    for (const [what, events] of this.#behind.sheds) {
      this.#before.sheds.set(what, (this.#before.sheds.get(what) ?? 0) + events);
    }
    this.#before.taken.push(...this.#behind.taken);
    this.#behind = { sheds: new Map(), taken: [] };
  }
}

export interface MutableBatch extends OutboxBatch {
  readonly streams: StreamPlace[];
  readonly sheds: ShedCount[];
  readonly taken: { readonly stream: string; readonly taken: TakenAt }[];
  readonly forget: { readonly stream: string; readonly worldMs: number }[];
}

function later(one: Mark, other: Mark): Mark {
  return one.frame > other.frame || (one.frame === other.frame && one.events > other.events)
    ? one
    : other;
}
