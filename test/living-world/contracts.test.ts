import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { actors } from "../../src/actors/index.ts";
import { NpcActivity, NpcStateSchema } from "../../src/gen/tellurion/v1/npc_pb.ts";
import { WeatherService } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { contracts } from "./contracts/all.ts";
import { heardBy, pairOf, Witness } from "./contracts/contract.ts";
import { fieldsOf } from "./contracts/fields.ts";
import { deafTo, livedWorld, smallWorld } from "./contracts/lived-world.ts";

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
  const pairs = ["TimeEvent → story", "TimePhaseEvent → weather", "WeatherEvent → storyteller"];
  const witness = new Witness(contracts);
  await livedWorld(witness, deafTo(pairs), 240);
  const broken = [...witness.tallies].filter(([, tally]) => tally.broken.length > 0);
  expect(broken.map(([name]) => name.split(" from ")[0]).sort()).toEqual(pairs);
});

describe("what comes later of what was heard", () => {
  const region = "west-coast";

  /** Share of the region's people who shelter when a gale has blown for an hour in the morning. */
  async function sheltering(deaf: readonly string[]): Promise<number> {
    const { world, live } = await smallWorld(deafTo(deaf));
    live(150);
    const gale = { region, condition: "gale", intensity: 1, minutes: 240, owner: "test" };
    expect(world.call(WeatherService.method.overrideWeather, gale).ok).toBe(true);
    live(60);
    const shards = world.actors.filter((address) => address.startsWith(`npc/${region}-`));
    const all = shards.flatMap((address) =>
      Array.from(world.stateOf(address, NpcStateSchema)?.activity ?? []),
    );
    return all.filter((activity) => activity === NpcActivity.SHELTER).length / all.length;
  }

  test("severe weather sends people to shelter, and only those who hear of it", async () => {
    expect(await sheltering([])).toBeGreaterThan(0.5);
    expect(await sheltering(["WeatherSevereEvent → npc"])).toBeLessThan(0.2);
  });
});
