import type { DescMessage } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { TellurionError } from "./errors.ts";
import { decode, type Table } from "./wire.ts";

/** What the schema's option `event` says of a message. */
export interface EventOption {
  /** The event's number, under which it travels in a WorldEvent. */
  readonly type: number;
  /** The first part of its topic. */
  readonly topic: string;
  /** The field that is the second part, if there is one. */
  readonly topicKey: string;
}

const optionNumber = 50_101;
const option = {
  type: [1, "uint"],
  topic: [2, "string"],
  topicKey: [3, "string"],
} as const satisfies Table;

/** Throws INVALID_ARGUMENT for a message that is no event. */
export function eventOptionOf(desc: DescMessage): EventOption {
  const unknown = desc.proto.options?.$unknown ?? [];
  const found = unknown.find(({ no }) => no === optionNumber);
  if (!found) {
    const text = `${desc.typeName} is no event; valid are messages with the option event`;
    throw new TellurionError("INVALID_ARGUMENT", text);
  }
  return decode(option, new BinaryReader(found.data).bytes());
}
