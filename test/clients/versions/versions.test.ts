import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { connect } from "../../../clients/typescript/src/index.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { serveFakeWorld } from "../../support/served-world.ts";
import { within } from "../../support/within.ts";
import { messageNamed, schemaOf, type Version, versions } from "./schema-versions.ts";
import { VersionedServer } from "./versioned-server.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a message has depends on the version.
type Fields = any;

const pairs = versions.flatMap((client) => versions.map((server) => [client, server] as const));

describe.each(pairs)(
  "a game of the %s schema and a server of the %s one",
  (game, serverVersion) => {
    test("understand each other in what both know, and say when they differ", async () => {
      const server = await VersionedServer.start(serverVersion);
      const schema = schemaOf(game);
      const world = await connect({ url: server.url, schemaHash: game });
      expect(world.name).toBe(serverVersion);
      expect(world.schemaDiffers).toBe(game !== serverVersion);

      const heard = Promise.withResolvers<Fields>();
      world.on(messageNamed(schema, "WeatherEvent"), "weather/north-marsh", heard.resolve);
      const event = await within("an event", heard.promise);
      expect(event).toMatchObject({ region: "north-marsh", newState: "rain" });
      const bothKnowTime = game !== "older" && serverVersion !== "older";
      expect(event.gameMs ?? 0n).toBe(bothKnowTime ? 5n : game === "older" ? 0n : 0n);
      expect(event.novel).toBe(
        game === "newer" ? (serverVersion === "newer" ? "x" : "") : undefined,
      );

      const service = schema.getService("tellurion.v1.WeatherService");
      const method: Fields = service?.methods.find(({ name }) => name === "SetWeather");
      const request: Fields = { region: "north-marsh", condition: "rain", owner: "me", novel: "x" };
      const answer: Fields = await within("the answer", world.call(method, request));
      expect(answer.weather).toMatchObject({ region: "north-marsh", condition: "rain" });
      expect(server.requests).toMatchObject([{ region: "north-marsh", condition: "rain" }]);
      const bothKnowOwner = game !== "older" && serverVersion !== "older";
      expect(server.requests[0].owner ?? "").toBe(bothKnowOwner ? "me" : "");

      expect(world.status).toBe("online");
      world.close();
      server.close();
    });
  },
);

/** A client of a version that is made of nothing but the schema. */
async function converse(version: Version, extra: Fields[]): Promise<Fields[]> {
  const served = await serveFakeWorld();
  const schema = schemaOf(version);
  const clientMessage = messageNamed(schema, "ClientMessage");
  const serverMessage = messageNamed(schema, "ServerMessage");
  const socket = new WebSocket(served.webSocketUrl, "tellurion.v1.proto");
  const received: Fields[] = [];
  const done = Promise.withResolvers<void>();
  const send = (body: Fields) => {
    socket.send(toBinary(clientMessage, create(clientMessage, { body } as Fields)));
  };
  socket.on("open", () => send({ case: "hello", value: { client: version, novel: "x" } }));
  socket.on("message", (data) => {
    const { body }: Fields = fromBinary(serverMessage, data as Buffer);
    received.push(body);
    if (body.case === "welcome") {
      for (const message of extra) send(message);
      send({ case: "subscribe", value: { request: 1, topics: ["weather"] } });
    }
    if (body.case === "subscribed") {
      served.world.publish(WeatherEventSchema, { region: "north-marsh", gameMs: 5n });
      served.world.endFrame();
    }
    if (body.case === "frame") done.resolve();
  });
  socket.on("close", () => done.resolve());
  await within("a frame", done.promise);
  socket.terminate();
  await served.close();
  return received;
}

describe("the server", () => {
  test.each(versions)("serves a client that was built with the %s schema", async (version) => {
    const received = await converse(version, []);
    expect(received.map((body) => body.case)).toEqual(["welcome", "subscribed", "frame"]);
    expect(received[0].value).toMatchObject({ world: "fake", topics: expect.any(Array) });
    const [event] = received[2].value.events;
    expect(event.body).toMatchObject({ case: "weatherChanged", value: { region: "north-marsh" } });
  });

  test("tells a client whose message it does not know, and goes on", async () => {
    const received = await converse("newer", [{ case: "novel", value: { request: 9 } }]);
    expect(received.map((body) => body.case)).toEqual([
      ...["welcome", "problem", "subscribed", "frame"],
    ]);
    expect(received[1].value).toMatchObject({ code: "UNIMPLEMENTED" });
  });
});
