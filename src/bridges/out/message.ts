import type { StoredPack } from "./outbox.ts";
import { textOfBody } from "./pack-body.ts";

/** What is published. Made of a stored pack and nothing else: it is the same each time. */
export interface Message {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Of a FIFO topic. */
  readonly order: { readonly group: string; readonly deduplication: string } | undefined;
}

export interface MessageAttribute {
  readonly DataType: "String" | "Number";
  readonly StringValue: string;
}

export function messageOf(pack: StoredPack, world: string, fifo: boolean): Message {
  const { stream, epoch, sequence, events, codec, schema, traceparent, body } = pack;
  return {
    body: textOfBody(body, codec),
    attributes: {
      s: text(stream),
      e: text(epoch),
      q: number(sequence),
      n: number(events),
      c: text(codec),
      v: text(schema),
      world: text(world),
      ...(traceparent && { traceparent: text(traceparent) }),
    },
    order: fifo ? { group: stream, deduplication: `${epoch}-${stream}-${sequence}` } : undefined,
  };
}

function text(value: string): MessageAttribute {
  return { DataType: "String", StringValue: value };
}

function number(value: number): MessageAttribute {
  return { DataType: "Number", StringValue: String(value) };
}
