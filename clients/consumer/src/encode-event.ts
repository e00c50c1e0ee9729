import { create, toBinary } from "@bufbuild/protobuf";
import type { WorldEvent } from "./event.ts";
import { GameEventSchema } from "./gen/tellurion/v1/game_event_pb.ts";

/** The event as it would come alone. Fields of a later schema are lost. */
export function encodeEvent(event: WorldEvent): Uint8Array {
  const { eventId, source, payload, topic, traceparent } = event;
  const message = create(GameEventSchema, {
    ...{ eventId, source, payload, topic, traceparent },
    worldTimeMs: BigInt(event.worldTimeMs),
    frame: BigInt(event.frame),
  });
  message.eventType = event.eventType as typeof message.eventType;
  return toBinary(GameEventSchema, message);
}
