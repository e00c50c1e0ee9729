import { ConsumerError, textOf } from "./consumer-error.ts";
import { decodeEvent } from "./decode-event.ts";
import type { WorldEvent } from "./event.ts";

/** An event of a pack that cannot be read. The others of its pack can. */
export interface BadEvent {
  /** Its place in the pack, from 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly reason: string;
}

export interface DecodedEvents {
  /** In the order of the pack. */
  readonly events: readonly WorldEvent[];
  readonly bad: readonly BadEvent[];
}

const lengthBytes = 4;

/**
 * Reads `[4-byte big-endian length][GameEvent]…`. Throws MESSAGE_UNDECODABLE when the lengths do not add up, or when it
 * holds another number of events than announced.
 */
export function decodePack(pack: Uint8Array, count?: number): DecodedEvents {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const events: WorldEvent[] = [];
  const bad: BadEvent[] = [];
  let at = 0;
  while (at < pack.length) {
    if (pack.length - at < lengthBytes) throw damaged(`it ends within a length, at byte ${at}`);
    const start = at + lengthBytes;
    const end = start + view.getUint32(at);
    if (end > pack.length) throw damaged(`the event at byte ${at} would end at byte ${end}`);
    try {
      events.push(decodeEvent(pack, start, end));
    } catch (error) {
      const index = events.length + bad.length;
      bad.push({ index, bytes: pack.subarray(start, end), reason: textOf(error) });
    }
    at = end;
  }
  const found = events.length + bad.length;
  if (found !== (count ?? found)) throw damaged(`it holds ${found} events, n=${count} announced`);
  return { events, bad };

  function damaged(what: string): ConsumerError {
    return new ConsumerError("MESSAGE_UNDECODABLE", `a pack of ${pack.length} bytes: ${what}`);
  }
}
