import type { DescMessage } from "@bufbuild/protobuf";
import { WorldEventSchema } from "../../gen/tellurion/v1/client_pb.ts";

/** Messages of all events by their numbers, which are those of the fields of `WorldEvent`. */
const byNumber: ReadonlyMap<number, DescMessage> = new Map(
  WorldEventSchema.fields.map((field) => [field.number, field.message as DescMessage]),
);

/** The message of an event type. Undefined: this part of the world does not know it. */
export function eventMessage(eventType: number): DescMessage | undefined {
  return byNumber.get(eventType);
}
