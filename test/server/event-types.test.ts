import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  getOption,
  hasOption,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WorldEventSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import { EventTypeSchema } from "../../src/gen/tellurion/v1/event_type_pb.ts";
import { Delivery, event as eventOption } from "../../src/gen/tellurion/v1/options_pb.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { anyMessage } from "../support/any-message.ts";

const members = WorldEventSchema.fields.map((field) => ({
  name: field.localName,
  number: field.number,
  desc: field.message as DescMessage,
}));
const runs = { numRuns: 60 };

test("each number of an event type has a member, and a message that says the same of itself", () => {
  const numbers = EventTypeSchema.values.map(({ number }) => number).filter((number) => number > 0);
  expect(members.map(({ number }) => number).sort()).toEqual(numbers.sort());
  for (const { desc, number } of members) {
    expect(hasOption(desc, eventOption), desc.typeName).toBe(true);
    const option = getOption(desc, eventOption);
    expect(option.type, desc.typeName).toBe(number);
    expect(option.topic, desc.typeName).toMatch(/^[a-z-]+$/);
    expect(option.delivery, desc.typeName).not.toBe(Delivery.UNSPECIFIED);
    const key = desc.fields.find(({ name }) => name === option.topicKey);
    expect(option.topicKey === "" || key?.fieldKind === "scalar", desc.typeName).toBe(true);
  }
});

describe.each(members)("$name", ({ desc, name }) => {
  test("says the same in binary and in JSON", () => {
    fc.assert(
      fc.property(anyMessage(desc), (fields) => {
        const message = create(desc, fields);
        const binary = codecOf(desc).toBytes(message);
        expect(Buffer.from(binary)).toEqual(Buffer.from(toBinary(desc, message)));
        const json = JSON.parse(JSON.stringify(toJson(desc, message)));
        expect(fromJson(desc, json)).toEqual(fromBinary(desc, binary));
        const wrapped = create(WorldEventSchema, { body: { case: name, value: message } as never });
        expect(toJson(WorldEventSchema, wrapped)).toEqual({ [name]: json });
      }),
      runs,
    );
  });
});
