import { create, type DescMessage, type Message, toJson } from "@bufbuild/protobuf";
import { ReadableEventSchema } from "../../gen/tellurion/v1/bridge_pb.ts";
import { type WorldEvent, WorldEventSchema } from "../../gen/tellurion/v1/client_pb.ts";
import { GameEventSchema } from "../../gen/tellurion/v1/game_event_pb.ts";
import { codecOf } from "../../runtime/index.ts";

/** Fields of WorldEvent by their numbers, which are those of the events. */
const fields = new Map(WorldEventSchema.fields.map((field) => [field.number, field]));

/**
 * A GameEvent as people read it: the canonical JSON of ReadableEvent. Only ASCII: everything else is escaped, for a queue
 * takes no more of Unicode than XML does.
 */
export function readableJson(event: Uint8Array): string {
  const { payload, $typeName, $unknown, ...envelope } = codecOf(GameEventSchema).decode(event);
  const field = fields.get(envelope.eventType);
  const desc = field?.message as DescMessage | undefined;
  const body = field &&
    desc && {
      case: field.localName as NonNullable<WorldEvent["body"]["case"]>,
      value: codecOf(desc).decode(payload) as Message,
    };
  const readable = create(ReadableEventSchema, {
    ...envelope,
    ...(body && { event: { body: body as WorldEvent["body"] } }),
  });
  return JSON.stringify(toJson(ReadableEventSchema, readable)).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
