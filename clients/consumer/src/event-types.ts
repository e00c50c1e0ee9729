import type { DescMessage } from "@bufbuild/protobuf";
import { WorldEventSchema } from "./gen/tellurion/v1/client_pb.ts";

/** Messages of events by their number: WorldEvent lists each event under it. */
const messages = new Map(
  WorldEventSchema.fields.flatMap((field) =>
    field.fieldKind === "message" ? [[field.number, field.message] as const] : [],
  ),
);

/** Undefined: the world's schema is newer than this package. */
export function messageOfEvent(eventType: number): DescMessage | undefined {
  return messages.get(eventType);
}
