import type { Receipt } from "./acknowledger.ts";
import { encodeEvent } from "./encode-event.ts";
import type { MessageHeader } from "./message-header.ts";
import type { Delivery } from "./options.ts";
import type { DecodedEvents } from "./pack.ts";
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

const errorLengthMax = 500;

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
    refuse: (event, why) => {
      const pack = items.find(({ decoded }) => decoded.events.includes(event)) ?? first;
      const index = pack.decoded.events.indexOf(event);
      const bytes = encodeEvent(event);
      refused.push(poisonOf(pack, "refused", why, index, bytes, "event"));
    },
  };
  return { delivery, refused };
}

export function poisonOfBad(items: readonly ReceivedPack[]): PoisonMessage[] {
  return items.flatMap((pack) => {
    const codec = pack.header.codec === "json" ? "json" : "event";
    return pack.decoded.bad.map(({ index, bytes, reason }) => {
      return poisonOf(pack, "undecodable", reason, index, bytes, codec);
    });
  });
}

/** One event as it would come alone, with where it was and why it is here. */
function poisonOf(
  { stream, epoch, sequence, header }: ReceivedPack,
  reason: "undecodable" | "refused",
  error: string,
  index: number,
  bytes: Uint8Array,
  codec: "event" | "json",
): PoisonMessage {
  const isJson = codec === "json";
  const body = isJson
    ? new TextDecoder().decode(bytes)
    : bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return {
    // SQS takes no empty body.
    body: body === "" ? "=" : body,
    attributes: {
      reason,
      error: error.replace(/[^\x20-\x7e]/g, "?").slice(0, errorLengthMax) || "none given",
      ...{ s: stream, e: epoch, q: `${sequence}`, i: `${index}`, c: codec },
      ...(header.world === "" ? {} : { world: header.world }),
    },
    group: stream,
    deduplication: `${epoch}-${stream}-${sequence}-${index}`,
  };
}
