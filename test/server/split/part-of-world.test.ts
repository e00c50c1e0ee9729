import { afterEach, beforeEach, expect, test } from "vitest";
import { readWorld } from "../../../src/server/commands/world-options.ts";
import { serve } from "../../../src/server/compose.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import type { RunningServer } from "../../../src/server/running-server.ts";
import { Services } from "../../../src/server/split/services.ts";
import { ProtocolClient } from "../../support/protocol-client.ts";

let server: RunningServer;

beforeEach(async () => {
  const services = Services.read("time,weather");
  const options = { world: "sample", seed: 1, workers: 1, "tick-hz": 60, services };
  server = await serve({
    world: await readWorld(options),
    services,
    host: "127.0.0.1",
    port: 0,
    limits: defaultLimits,
    log: createLog(() => {}),
  });
});
afterEach(() => server.close());

async function call(method: string, request: object) {
  const response = await fetch(`${server.url}/tellurion.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return { status: response.status, body: (await response.json()) as { message?: string } };
}

test("a part answers for its own services, and refuses calls of others with where they are not", async () => {
  expect(await call("ClockService/GetClock", {})).toMatchObject({ status: 200 });
  const refused = await call("NpcService/GetNpc", {});
  expect(refused.status).toBe(501);
  expect(refused.body.message).toContain(
    "is answered by another part of the world; valid are methods of clock, weather, bridge",
  );
  const index = await (await fetch(server.url)).text();
  expect(index).toContain("WeatherService/SetWeather");
  expect(index).not.toContain("NpcService");
});

test("a part offers the topics of its own services", async () => {
  const url = server.url.replace("http", "ws");
  const client = await ProtocolClient.open(url, "tellurion.v1.json");
  client.send({ hello: { client: "test/1" } });
  const { topics } = await client.next("welcome");
  expect(topics).toEqual(["storm", "time", "timer", "weather"]);
});
