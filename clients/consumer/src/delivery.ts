import type { Receipt } from "./acknowledger.ts";
import type { MessageHeader } from "./message-header.ts";
import type { Delivery } from "./options.ts";
import type { BadEvent, DecodedEvents } from "./pack.ts";
import type { PoisonMessage } from "./queue.ts";
import type { Run, Sequenced } from "./resequencer.ts";

/** A pack that was received and is not acknowledged. */
export interface ReceivedPack extends Sequenced {
  /** Of each message that brought it: the sender may have sent it more than once. */
  readonly receipts: Receipt[];
  readonly header: MessageHeader;
  readonly decoded: DecodedEvents;
}

/** Of one pack. More messages of it are left where they are, and come again. */
const receiptsMax = 16;

/** Notes that a pack which is here has come once more. */
export function addReceipt({ receipts }: ReceivedPack, receipt: Receipt): void {
  const known = receipts.find(({ messageId }) => messageId === receipt.messageId);
  if (known) Object.assign(known, receipt);
  else if (receipts.length < receiptsMax) receipts.push(receipt);
}

/** What a queue's message may say of why it is there. */
const reasonLengthMax = 500;

/** What the handler gets, and what it has refused so far. */
export function deliveryOf(run: Run<ReceivedPack>): {
  readonly delivery: Delivery;
  readonly refused: readonly PoisonMessage[];
} {
  const { items, late, position } = run;
  const [first, last] = [items[0] as ReceivedPack, items.at(-1) as ReceivedPack];
  const refused: PoisonMessage[] = [];
  const events = items.length === 1 ? first.decoded.events : items.flatMap((i) => i.decoded.events);
  const delivery: Delivery = {
    stream: position.stream,
    epoch: position.epoch,
    first: first.sequence,
    last: last.sequence,
    late,
    events,
    position,
    traceparents: items.map(({ header }) => header.traceparent).filter((text) => text !== ""),
    refuse: (event, reason) => {
      const index = items.findIndex(({ decoded }) => decoded.events.includes(event));
      const pack = items[index] ?? first;
      const at = pack.decoded.events.indexOf(event);
      refused.push(poisonOf(pack, { index: at, bytes: event.payload, reason }, event.eventId));
    },
  };
  return { delivery, refused };
}

export function poisonOfBad(items: readonly ReceivedPack[]): PoisonMessage[] {
  return items.flatMap((pack) => pack.decoded.bad.map((bad) => poisonOf(pack, bad, "")));
}

/** The event's bytes as they came, or, of an event that was refused, its message; why; and where it was. */
function poisonOf(pack: ReceivedPack, bad: BadEvent, eventId: string): PoisonMessage {
  const { stream, epoch, sequence, header } = pack;
  const body = bad.bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return {
    // SQS takes no empty body.
    body: body === "" ? "=" : body,
    attributes: {
      reason:
        bad.reason.replace(/[^\x20-\x7e]/g, "?").slice(0, reasonLengthMax) || "no reason given",
      s: stream,
      e: epoch,
      q: `${sequence}`,
      i: `${bad.index}`,
      c: header.codec,
      ...(header.world === "" ? {} : { world: header.world }),
      ...(eventId === "" ? {} : { event_id: eventId }),
    },
  };
}
