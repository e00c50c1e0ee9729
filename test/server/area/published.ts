import type { DescMessage } from "@bufbuild/protobuf";
import {
  EntitiesLeftEventSchema,
  EntitiesMovedEventSchema,
} from "../../../src/gen/tellurion/v1/entities_pb.ts";
import { Delivery } from "../../../src/gen/tellurion/v1/options_pb.ts";
import type { PublishedEvent, PublishedFrame } from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";

interface Told {
  readonly group: string;
  readonly numbers: readonly number[];
}

export interface ToldMoved extends Told {
  readonly kind?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly headings?: Uint8Array;
  readonly ids?: readonly string[];
  readonly complete?: boolean;
}

/** Events as a frame publishes them, somewhere in a ring. */
export function movedEvent(event: ToldMoved): PublishedEvent {
  return published(EntitiesMovedEventSchema, 200, event.group, event);
}

export function leftEvent(event: Told): PublishedEvent {
  return published(EntitiesLeftEventSchema, 201, event.group, event);
}

export function frameOf(frame: number, events: readonly PublishedEvent[]): PublishedFrame {
  return { frame, events, lost: 0 };
}

function published(desc: DescMessage, number: number, key: string, event: object): PublishedEvent {
  const encoded = codecOf(desc).toBytes(event as never);
  const start = 5;
  const bytes = new Uint8Array(new SharedArrayBuffer(start + encoded.length + 3)).fill(255);
  bytes.set(encoded, start);
  const entry = {
    ...{ number, desc, topic: "entities", topicKey: "group" },
    ...{ delivery: Delivery.COSMETIC, mirrored: false },
  };
  const place = { bytes, start, end: start + encoded.length };
  return { entry, topic: `entities/${key}`, actor: 1, sequence: 0, ...place };
}
