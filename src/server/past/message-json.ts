import { type DescMessage, fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { WorldEventSchema } from "../../gen/tellurion/v1/client_pb.ts";
import type { EncodedMessage } from "../../runtime/host.ts";

/** A message in protobuf's canonical JSON; of a type that is not known, its bytes in base64. */
export function messageJson({ type, bytes }: EncodedMessage): JsonValue {
  if (type === undefined) return { base64: Buffer.from(bytes).toString("base64") };
  return toJson(type, fromBinary(type, bytes));
}

const eventNames = new Map(
  WorldEventSchema.fields.map((field) => [field.message?.typeName, field.jsonName]),
);

/** The name under which clients get an event: `weatherChanged`. */
export function eventName({ typeName }: DescMessage): string {
  return eventNames.get(typeName) ?? typeName;
}
