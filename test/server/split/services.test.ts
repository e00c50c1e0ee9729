import { expect, test } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { catalogueOf } from "../../../src/runtime/host.ts";
import { readWorld } from "../../../src/server/commands/world-options.ts";
import { Services, serviceNames } from "../../../src/server/split/services.ts";

const whole = catalogueOf(actors);
const options = { world: "sample", seed: 1, workers: 1, "tick-hz": 60 };
const kindsIn = (bootstrap: readonly { readonly address: string }[]) =>
  new Set(bootstrap.map(({ address }) => address.slice(0, address.indexOf("/"))));

test("every kind of actor begins with exactly one service; the bridge is in all parts", async () => {
  const { bootstrap } = await readWorld(options);
  const kinds = serviceNames.flatMap((name) => [
    ...kindsIn(new Services([name]).beginning(bootstrap)),
  ]);
  expect(kinds.sort()).toEqual(
    actors
      .map(({ kind }) => kind)
      .filter((kind) => kind !== "bridge")
      .sort(),
  );
});

test("every method is answered by the service whose kinds it belongs to, and every event has one", () => {
  const parts = serviceNames.map((name) => new Services([name]).catalogue(whole));
  const bridge = new Services([]).catalogue(whole);
  for (const { name } of whole.methods) {
    if (bridge.methods.some((method) => method.name === name)) continue;
    const answering = parts.filter(({ methods }) => methods.some((method) => method.name === name));
    expect(answering, name).toHaveLength(1);
  }
  for (const { number, desc } of whole.events) {
    const publishing = parts.filter(({ events }) =>
      events.some((event) => event.number === number),
    );
    const isShared = desc.file.name === "tellurion/v1/entities";
    expect(publishing, desc.typeName).toHaveLength(isShared ? 2 : 1);
  }
  for (const [i, { methods }] of parts.entries()) {
    const name = serviceNames[i];
    const kinds = new Set(methods.map(({ actor }) => actor).filter((kind) => kind !== "bridge"));
    expect([...kinds].sort(), name).toEqual(name === "weather" ? ["sky", "weather"] : [name]);
  }
});

test("a part begins with the actors of its services only", async () => {
  const { bootstrap } = await readWorld({ ...options, services: Services.read("weather, time") });
  expect([...kindsIn(bootstrap)].sort()).toEqual(["clock", "sky", "weather"]);
});

test("a service that nobody knows is refused with those that are valid", () => {
  expect(() => Services.read("weather,clima")).toThrow(
    '--services="clima" is not known; valid are clock, weather, world, npc, quest, storyteller, ' +
      "story, traces, language, with commas between them",
  );
  expect(() => Services.read("weather,,npc")).toThrow('--services="" is not known');
});

test("a method of another part is refused, and says so", () => {
  const { methodByName } = Services.read("npc").catalogue(whole);
  expect(methodByName("tellurion.v1.NpcService/None")).toBeUndefined();
  expect(methodByName("tellurion.v1.BridgeService/DeliverPack")).toBeDefined();
  expect(() => methodByName("tellurion.v1.WeatherService/SetWeather")).toThrow(
    'method="tellurion.v1.WeatherService/SetWeather" is answered by another part of the world; ' +
      "valid are methods of npc, bridge",
  );
});
