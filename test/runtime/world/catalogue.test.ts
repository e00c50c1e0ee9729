import { expect, test } from "vitest";
import { ActorStoppedSchema } from "../../../src/gen/tellurion/v1/actor_pb.ts";
import { file_tellurion_v1_client } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { Delivery } from "../../../src/gen/tellurion/v1/options_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { catalogueOf, schemaHash } from "../../../src/runtime/host.ts";
import { ChaosSchema, CounterService, TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { actors as chaos } from "../../support/chaos.ts";
import { scripted } from "../../support/scripted.ts";

const catalogue = catalogueOf(chaos);

test("ids are places in the list of all messages, which stands in the order of their names", () => {
  const names = catalogue.messages.map(({ desc }) => desc.typeName);
  expect(names).toEqual([...names].sort());
  expect(catalogue.messages.map(({ id }) => id)).toEqual(names.map((_, i) => i));
  expect(catalogue.messageOf(ChaosSchema).id).toBe(names.indexOf("tellurion.test.v1.Chaos"));
});

test("ids do not depend on the order in which the actors are listed", () => {
  const reversed = catalogueOf([...chaos].reverse());
  expect(reversed.messages.map(({ desc }) => desc.typeName)).toEqual(
    catalogue.messages.map(({ desc }) => desc.typeName),
  );
  expect(reversed.methods.map(({ name, id }) => [name, id])).toEqual(
    catalogue.methods.map(({ name, id }) => [name, id]),
  );
});

test("every world knows ActorStopped, and the files that its actors' files import", () => {
  const small = catalogueOf([scripted("a")]);
  expect(small.messageOf(ActorStoppedSchema).desc).toBe(ActorStoppedSchema);
  expect(small.messageOf(TickSchema).desc).toBe(TickSchema);
});

test("a message of a file that no actor uses is not known", () => {
  expect(() => catalogueOf([scripted("a")]).messageOf(WeatherEventSchema)).toThrow(
    expect.objectContaining({
      code: "UNKNOWN_TYPE",
      message: expect.stringContaining("tellurion.v1.WeatherEvent is in no file"),
    }),
  );
});

test("an event is what the schema's option says", () => {
  expect(catalogue.messageOf(WeatherEventSchema).event).toEqual({
    number: 1,
    desc: WeatherEventSchema,
    topic: "weather",
    topicKey: "region",
    delivery: Delivery.RELIABLE,
    mirrored: true,
  });
  expect(catalogue.messageOf(ChaosSchema).event).toBeUndefined();
  expect(TimeEventSchema.typeName).toBe("tellurion.v1.TimeEvent");
});

test("events stand in the order of their numbers, no two of which are the same", () => {
  const numbers = catalogue.events.map(({ number }) => number);
  expect(numbers.length).toBeGreaterThan(1);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

test("a method is what the schema's option says", () => {
  expect(catalogue.methodByName("tellurion.test.v1.CounterService/GetTotal")).toMatchObject({
    desc: CounterService.method.getTotal,
    actor: "counter",
    key: undefined,
    keyField: "name",
    scope: "counter:read",
    isQuery: true,
  });
  expect(catalogue.methodByName("tellurion.test.v1.CounterService/Increase")).toMatchObject({
    scope: "counter:write",
    isQuery: false,
  });
  expect(catalogue.methodByName("tellurion.test.v1.CounterService/None")).toBeUndefined();
});

test("a method's id is its place in the list of methods", () => {
  expect(catalogue.methods.length).toBeGreaterThan(2);
  expect(catalogue.methods.map(({ id }) => id)).toEqual(catalogue.methods.map((_, i) => i));
});

test("the schema's hash is 16 digits, the same for the same schema and another for another", () => {
  expect(schemaHash(catalogue.files)).toMatch(/^[0-9a-f]{16}$/);
  expect(schemaHash(catalogueOf([...chaos].reverse()).files)).toBe(schemaHash(catalogue.files));
  expect(schemaHash([...catalogue.files, file_tellurion_v1_client])).not.toBe(
    schemaHash(catalogue.files),
  );
});
