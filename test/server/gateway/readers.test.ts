import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { catalogueOf } from "../../../src/runtime/world/catalogue.ts";
import { developer, type Identity } from "../../../src/server/access/identity.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { Topics } from "../../../src/server/gateway/topics.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";

const anna = (...scopes: string[]): Identity => ({ ...developer, player: "anna", scopes });
const circle = { x: 0, y: 0, radius: 10 };

let world: FakeWorld;
let gateway: Gateway;
let who: Identity;
beforeEach(() => {
  world = new FakeWorld();
  gateway = new Gateway(
    world,
    defaultLimits,
    createLog(() => {}),
    { authenticator: { identify: () => who } },
  );
});
afterEach(() => gateway.close());

describe("a client's scopes", () => {
  test("say which topics it may hear of; one that it may not is refused with the others", () => {
    who = anna("weather:read", "quest:admin");
    const client = new GatewayClient(gateway).subscribe("time", "weather");
    expect(client.line.last("problem")).toMatchObject({
      code: "SCOPE_MISSING",
      message: 'topic="time" needs the scope clock:read; the token has weather:read quest:admin',
    });
    world.publish(WeatherEventSchema, {});
    world.endFrame();
    expect(client.frames).toEqual([]);
    client.subscribe("weather/north-marsh");
    expect(client.line.last("subscribed").topics).toEqual(["weather/north-marsh"]);
  });

  test("say whether it may look around", () => {
    who = anna("weather:admin");
    const look = (client: GatewayClient) =>
      client.say({ case: "subscribe", value: { request: 1, area: circle } });
    const blind = new GatewayClient(gateway);
    look(blind);
    expect(blind.line.last("problem").message).toBe(
      "an area needs the scope world:read; the token has weather:admin",
    );
    who = anna("world:read");
    const client = new GatewayClient(gateway);
    look(client);
    client.line.flush();
    expect(client.line.last("subscribed").area).toMatchObject(circle);
  });

  test("hold for a session that it comes back to: what they no longer allow is gone", () => {
    who = anna("weather:read", "world:read");
    const client = new GatewayClient(gateway).subscribe("weather");
    client.say({ case: "subscribe", value: { request: 1, area: circle } });
    client.lose();
    world.publish(WeatherEventSchema, {});
    world.endFrame();
    who = anna("clock:read");
    const back = new GatewayClient(gateway, { resume: client.resume(0) });
    expect(back.welcome.resumed).toBe(true);
    back.subscribe("time");
    expect(back.frames).toEqual([]);
    const { topics, area } = back.line.last("subscribed");
    expect([topics, area]).toEqual([["time"], undefined]);
  });
});

test("every topic belongs to the service of its events", () => {
  const topics = new Topics(catalogueOf(actors).events);
  const closedTo = (...scopes: string[]) => topics.closedTo(anna(...scopes), topics.names);
  expect(closedTo("*:read")).toEqual([]);
  expect(closedTo()).toEqual(topics.names);
  const open = (scope: string) => topics.names.filter((name) => !closedTo(scope).includes(name));
  expect(open("clock:read")).toEqual(["time", "timer"]);
  expect(open("weather:read")).toEqual(["storm", "weather"]);
  expect(open("storyteller:read")).toEqual(["story"]);
  expect(open("story:read")).toEqual(["story-graph"]);
  expect(open("world:read")).toEqual([
    ...["entities", "faction", "market", "player", "territory", "world"],
  ]);
});
