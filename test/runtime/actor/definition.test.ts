import { expect, test } from "vitest";
import { WeatherEventSchema, WeatherService } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { type ActorDefinition, defineActor } from "../../../src/runtime/index.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  AddSchema,
  CounterService,
  CounterStateSchema,
  TickSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { scripted } from "../../support/scripted.ts";

type Options = Parameters<typeof defineActor<typeof CounterStateSchema>>[0];

function define(options: Partial<Options>): () => ActorDefinition {
  return () =>
    defineActor({
      kind: "a",
      state: CounterStateSchema,
      init: () => ({}),
      on: () => [],
      ...options,
    });
}

function invalid(message: string): unknown {
  return expect.objectContaining({
    name: "TellurionError",
    code: "INVALID_DEFINITION",
    message: expect.stringContaining(message),
  });
}

test.each(["", "Weather", "a/b", "a_b", "1a", "a".repeat(33)])("kind=%j is refused", (kind) => {
  expect(define({ kind })).toThrow(invalid(`kind=${JSON.stringify(kind)} is not valid`));
});

test.each([0, -1, 1.5, Number.NaN, 16_777_217, Number.POSITIVE_INFINITY])(
  "mailboxMax=%d is refused",
  (mailboxMax) => {
    expect(define({ mailboxMax })).toThrow(invalid(`mailboxMax=${mailboxMax} of kind=a`));
  },
);

test("the least and the most of a mailbox are taken", () => {
  expect([1, 16_777_216].map((mailboxMax) => define({ mailboxMax })().mailboxMax)).toEqual([
    1, 16_777_216,
  ]);
});

test("what is left out has its default", () => {
  expect(define({ supervision: { restartsMax: 1 } })()).toMatchObject({
    activation: "on-demand",
    mailboxMax: 16_384,
    supervision: { directive: "restart", restartsMax: 1, windowFrames: 3_600 },
  });
});

test("a message, or a method, that is handled twice is refused", () => {
  expect(
    define({
      on: ({ handle }) => [
        handle(AddSchema, () => {}),
        handle(TickSchema, () => {}),
        handle(AddSchema, () => {}),
      ],
    }),
  ).toThrow(invalid("kind=a handles tellurion.test.v1.Add twice"));
  const { increase } = CounterService.method;
  expect(
    define({
      on: ({ answer }) => [answer(increase, () => ({})), answer(increase, () => ({}))],
    }),
  ).toThrow(invalid("kind=a handles tellurion.test.v1.CounterService.Increase twice"));
});

test("a query is not taken for a command, nor a command for a query", () => {
  const { increase, getTotal } = CounterService.method;
  expect(define({ on: ({ answer }) => [answer(getTotal, () => ({}))] })).toThrow(
    invalid("tellurion.test.v1.CounterService.GetTotal is a query: use query()"),
  );
  expect(define({ on: ({ query }) => [query(increase, () => ({}))] })).toThrow(
    invalid("tellurion.test.v1.CounterService.Increase is a command: use answer()"),
  );
});

function starting(...actors: ActorDefinition[]): () => unknown {
  return () => createTestWorld({ actors });
}

test("a world refuses a kind that is defined twice", () => {
  expect(starting(scripted("a"), scripted("b"), scripted("a"))).toThrow(
    invalid("kind=a is defined twice"),
  );
});

test("a world refuses an actor that does not answer what the schema says it does", () => {
  const half = define({
    kind: "counter",
    on: ({ answer }) => [answer(CounterService.method.increase, () => ({}))],
  })();
  expect(starting(half)).toThrow(
    invalid("kind=counter does not answer tellurion.test.v1.CounterService/GetTotal"),
  );
  expect(starting(counter())).not.toThrow();
});

test("a world refuses an actor that answers what the schema gives to another", () => {
  const wrong = define({
    on: ({ answer }) => [answer(WeatherService.method.setWeather, () => ({}))],
  })();
  expect(starting(wrong)).toThrow(
    invalid(
      "kind=a answers tellurion.v1.WeatherService/SetWeather, which the schema gives to kind=weather",
    ),
  );
});

test("a world refuses ownKey for what is no event with a topic key", () => {
  const own = (type: typeof TickSchema | typeof WeatherEventSchema): ActorDefinition =>
    define({ on: ({ handle }) => [handle(type as never, () => {}, { ownKey: true })] })();
  expect(starting(own(TickSchema))).toThrow(
    invalid("kind=a handles tellurion.test.v1.Tick with ownKey"),
  );
  expect(starting(own(WeatherEventSchema))).not.toThrow();
});
