import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { EventTypeSchema } from "../gen/tellurion/v1/event_type_pb.ts";
import type { Delivery } from "../gen/tellurion/v1/options_pb.ts";

/** What the schema says of an event, as far as bridges need it. An entry of a world's catalogue is one. */
export interface BridgedEvent {
  /** The event's number on the wire. */
  readonly number: number;
  readonly desc: DescMessage;
  /** First part of its topics. */
  readonly topic: string;
  readonly delivery: Delivery;
  readonly mirrored: boolean;
}

/** `WEATHER_CHANGED`. */
export function typeNameOf({ number, desc }: BridgedEvent): string {
  const value = EventTypeSchema.values.find((candidate) => candidate.number === number);
  return value?.localName ?? desc.typeName;
}

/** The field by which a stream's `where` may choose: one value of text or of an enum. Undefined: there is none. */
export function choosingField(desc: DescMessage, jsonName: string): DescField | undefined {
  const field = desc.fields.find((candidate) => candidate.jsonName === jsonName);
  if (field === undefined || field.oneof !== undefined) return undefined;
  const isText = field.fieldKind === "scalar" && field.scalar === ScalarType.STRING;
  return isText || field.fieldKind === "enum" ? field : undefined;
}
