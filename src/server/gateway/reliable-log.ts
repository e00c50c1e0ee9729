import type { Catalogue } from "../../runtime/host.ts";
import type { WireEvent } from "./frame-encoder.ts";
import { eventBytes } from "./lanes.ts";
import { decodeEvents, encodeEvents } from "./log-rows.ts";
import type { SessionFile } from "./session-file.ts";

/** The reliable events of a frame. */
export interface ReliableFrame {
  readonly frame: number;
  readonly events: readonly WireEvent[];
}

interface Entry {
  readonly frame: number;
  readonly bytes: number;
  /** As they lie in the file; decoded when the world that they are of is there. */
  packed: Uint8Array | undefined;
  events: readonly WireEvent[];
}

/**
 * The reliable events that somebody is subscribed to, frame by frame: once for all clients, so that one that was away can
 * have what it missed. Bounded: beyond it, and when nobody can need them any more, the oldest go.
 */
export class ReliableLog {
  readonly #bytesMax: number;
  readonly #file: SessionFile | undefined;
  #entries: Entry[] = [];
  #bytes = 0;
  #last = 0;
  /** Frames up to this one may be missing. */
  #droppedThrough = 0;
  /** As the file has it. */
  #writtenDropped: number;
  /** The last frame of which events were lost on their way out of the world. */
  #lostAt = 0;

  constructor(bytesMax: number, file?: SessionFile) {
    this.#bytesMax = bytesMax;
    this.#file = file;
    for (const { frame, events } of file?.frames() ?? []) {
      const bytes = events.length + eventBytes;
      this.#entries.push({ frame, bytes, packed: events, events: [] });
      this.#bytes += bytes;
      this.#last = frame;
    }
    this.#droppedThrough = file?.droppedThrough ?? 0;
    this.#last = Math.max(this.#last, this.#droppedThrough);
    this.#writtenDropped = this.#droppedThrough;
  }

  /** The last frame that is in it, or was. */
  get last(): number {
    return this.#last;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get droppedThrough(): number {
    return this.#droppedThrough;
  }

  get lostAt(): number {
    return this.#lostAt;
  }

  /** Adds a frame, with events that stay. One that is there already stays as it is: it is the same. */
  append(frame: number, events: readonly WireEvent[]): void {
    if (frame <= this.#last || events.length === 0) return;
    this.#last = frame;
    const bytes = events.reduce((sum, event) => sum + event.end + eventBytes, eventBytes);
    this.#entries.push({ frame, bytes, packed: undefined, events });
    this.#bytes += bytes;
    this.#file?.addFrame(frame, encodeEvents(events));
    while (this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  noteLost(frame: number): void {
    this.#lostAt = frame;
  }

  /** The world that the events are of: needed before they can be read. */
  bind(catalogue: Catalogue): void {
    for (const entry of this.#entries) {
      if (!entry.packed) continue;
      entry.events = decodeEvents(entry.packed, catalogue);
      entry.packed = undefined;
    }
  }

  /** The first frame after one, up to another and with it, that holds something wanted, without the rest. */
  firstAfter(
    after: number,
    through: number,
    wants: (event: WireEvent, frame: number) => boolean,
  ): ReliableFrame | undefined {
    for (let i = this.#placeAfter(after); i < this.#entries.length; i += 1) {
      const { frame, events } = this.#entries[i] as Entry;
      if (frame > through) return undefined;
      const wanted = events.filter((event) => wants(event, frame));
      if (wanted.length > 0) return { frame, events: wanted };
    }
    return undefined;
  }

  /** The last frame that holds something wanted. 0: none does. */
  lastOf(wants: (event: WireEvent, frame: number) => boolean): number {
    const isWanted = ({ frame, events }: Entry) => events.some((event) => wants(event, frame));
    return this.#entries.findLast(isWanted)?.frame ?? 0;
  }

  /** Nobody needs frames up to this one any more. */
  trim(through: number): void {
    while ((this.#entries[0]?.frame ?? Number.POSITIVE_INFINITY) <= through) this.#dropOldest();
    if (this.#droppedThrough === this.#writtenDropped) return;
    this.#writtenDropped = this.#droppedThrough;
    this.#file?.dropFrames(this.#droppedThrough);
  }

  /** Frames from this one on did not last. */
  rewind(from: number): void {
    this.#entries = this.#entries.filter(({ frame }) => frame < from);
    this.#bytes = this.#entries.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#last = Math.min(this.#last, from - 1);
    this.#droppedThrough = Math.min(this.#droppedThrough, from - 1);
    this.#writtenDropped = this.#droppedThrough;
    this.#file?.forgetFrames(from);
  }

  /** Where the first frame after one is, or would be. */
  #placeAfter(frame: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as Entry).frame > frame) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #dropOldest(): void {
    const oldest = this.#entries.shift();
    if (!oldest) return;
    this.#bytes -= oldest.bytes;
    this.#droppedThrough = oldest.frame;
  }
}
