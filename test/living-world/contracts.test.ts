import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { actors } from "../../src/actors/index.ts";
import { contracts } from "./contracts/all.ts";
import { heardBy, pairOf, Witness } from "./contracts/contract.ts";
import { fieldsOf } from "./contracts/fields.ts";
import { livedWorld } from "./contracts/lived-world.ts";

const runMsMax = 120_000;
const folder = new URL("../../src/actors/", import.meta.url);

/** Names of the events that a kind of actor publishes, by its source. */
function publishedBy(kind: string): string[] {
  const files = readdirSync(new URL(`${kind}/`, folder));
  const names = files.flatMap((file) => {
    const text = readFileSync(new URL(`${kind}/${file}`, folder), "utf8");
    return [...text.matchAll(/\bpublish\(\s*(\w+Event)Schema\b/g)].map(([, name = ""]) => name);
  });
  return [...new Set(names)];
}

describe("what consumers make of events", () => {
  const pairs = actors.flatMap((definition) =>
    heardBy(definition).map((event) => pairOf({ event, consumer: definition.kind })),
  );

  test("each event that a kind of actor handles has a contract, and each contract a handler", () => {
    expect(contracts.map(pairOf).sort()).toEqual([...pairs].sort());
    expect(Object.keys(fieldsOf).sort()).toEqual([...pairs].sort());
  });

  test("a contract names all kinds that publish its event, and no others", () => {
    const publishing = actors.map(({ kind }) => ({ kind, events: publishedBy(kind) }));
    const wrong = contracts.filter(({ event, producers }) => {
      const kinds = publishing.filter(({ events }) => events.includes(event.name));
      return (
        [...producers].sort().join() !==
        kinds
          .map(({ kind }) => kind)
          .sort()
          .join()
      );
    });
    expect(wrong.map(pairOf)).toEqual([]);
  });
});

describe("in a world that lives", () => {
  const witness = new Witness(contracts);

  beforeAll(() => livedWorld(witness), runMsMax);

  test("no handler of an event throws", () => {
    expect([...witness.thrown]).toEqual([]);
  });

  test("each event comes from a kind that its contract names", () => {
    const named = contracts.flatMap((one) =>
      one.producers.map((producer) => `${pairOf(one)} from ${producer}`),
    );
    expect([...witness.tallies.keys()].sort()).toEqual(named.sort());
  });

  const cases = contracts.flatMap((one) =>
    one.producers.map((producer) => ({ ...one, pair: pairOf(one), producer })),
  );

  test.each(cases)("$pair, from $producer: $sentence", ({ pair, producer, known }) => {
    const { broken, proven, idle, fields } = witness.tally(pair, producer);
    expect(broken).toEqual([]);
    if (known.includes(producer)) {
      expect({ proven, isHeard: idle > 0 }).toEqual({ proven: 0, isHeard: true });
      return;
    }
    expect(proven).toBeGreaterThan(0);
    expect([...fields]).toEqual(expect.arrayContaining(fieldsOf[pair]?.split(" ") ?? []));
  });
});

test("a consumer that is deaf to an event is found out", { timeout: runMsMax }, async () => {
  const deafTo = ["TimePhaseEvent → weather", "WeatherEvent → storyteller", "TimeEvent → story"];
  const deaf = actors.map((definition) => ({
    ...definition,
    handlers: definition.handlers.map((handler) => {
      if (handler.does !== "handle") return handler;
      const pair = pairOf({ event: handler.type, consumer: definition.kind });
      return deafTo.includes(pair) ? { ...handler, run: () => undefined } : handler;
    }),
  }));
  const witness = new Witness(contracts);
  await livedWorld(witness, deaf, 240);
  const broken = [...witness.tallies].filter(([, tally]) => tally.broken.length > 0);
  const pairs = broken.map(([name]) => name.split(" from ")[0]);
  expect(pairs.sort()).toEqual([...deafTo].sort());
});
