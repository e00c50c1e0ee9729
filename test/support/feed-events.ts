import { type DescMessage, getOption, type MessageInitShape } from "@bufbuild/protobuf";
import type { BridgedEvent } from "../../src/bridges/bridged-event.ts";
import { WorldEventSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import { type GameEvent, GameEventSchema } from "../../src/gen/tellurion/v1/game_event_pb.ts";
import { event } from "../../src/gen/tellurion/v1/options_pb.ts";
import { codecOf, type FeedEvent } from "../../src/runtime/index.ts";

/** All events of the schema, as a world's catalogue has them. */
export const schemaEvents: readonly BridgedEvent[] = WorldEventSchema.fields
  .flatMap((field) => field.message ?? [])
  .map((desc) => {
    const option = getOption(desc, event);
    return {
      number: option.type,
      desc,
      topic: option.topic,
      delivery: option.delivery,
      mirrored: option.mirrored,
    };
  });

export interface Published {
  readonly actor?: number;
  readonly sequence?: number;
  readonly source?: string;
  readonly topic?: string;
}

/** An event as a feed hands it on. */
export function feedEvent<Desc extends DescMessage>(
  desc: Desc,
  value: MessageInitShape<Desc>,
  { actor = 1, sequence = 1, source = "weather/moor", topic = "weather/moor" }: Published = {},
): FeedEvent {
  const encoded = codecOf(desc).toBytes(value);
  // As in a ring, there is something before and behind it.
  const bytes = new Uint8Array(encoded.length + 16).fill(0xff);
  bytes.set(encoded, 8);
  const { type: number } = getOption(desc, event);
  const [start, end] = [8, 8 + encoded.length];
  return { number, desc, topic, source, actor, sequence, bytes, start, end };
}

/** The events of a pack. */
export function eventsOfPack(pack: Uint8Array): GameEvent[] {
  const events: GameEvent[] = [];
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  for (let at = 0; at < pack.length; ) {
    const end = at + 4 + view.getUint32(at);
    events.push(codecOf(GameEventSchema).decode(pack, at + 4, end));
    at = end;
  }
  return events;
}
