import { refuse } from "../common/checks.ts";

/** Length of an event, before it: 4 bytes, big-endian. */
const lengthBytes = 4;

/** Where the events of a pack begin and end. Refuses a pack whose lengths do not add up. */
export function eventsIn(pack: Uint8Array): { readonly start: number; readonly end: number }[] {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const events: { start: number; end: number }[] = [];
  for (let at = 0; at < pack.length; ) {
    const start = at + lengthBytes;
    if (start > pack.length) {
      refuse("pack (length)", pack.length, `are 4 more bytes from ${at} on, or none`);
    }
    const end = start + view.getUint32(at);
    if (end > pack.length) {
      refuse(`pack[${at}] (length of an event)`, end - start, `are 0 to ${pack.length - start}`);
    }
    events.push({ start, end });
    at = end;
  }
  return events;
}
