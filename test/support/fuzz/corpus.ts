import { create, type MessageInitShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import { ClientMessageSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { SetWeatherRequestSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";

type Body = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

const setWeather = "tellurion.v1.WeatherService/SetWeather";
const request = create(SetWeatherRequestSchema, {
  region: "north-marsh",
  condition: "rain",
  intensity: 0.5,
});

const bodies: Body[] = [
  { case: "hello", value: { client: "fuzz/1.0" } },
  { case: "subscribe", value: { request: 1, topics: ["weather", "time", "weather/salt-coast"] } },
  { case: "unsubscribe", value: { request: 2, topics: ["weather/salt-coast"] } },
  { case: "ping", value: { request: 3, clientTimeMs: 12.5 } },
  {
    case: "call",
    value: {
      request: 4,
      method: setWeather,
      payload: { case: "message", value: toBinary(SetWeatherRequestSchema, request) },
      timeoutMs: 10,
    },
  },
  {
    case: "call",
    value: {
      request: 5,
      method: setWeather,
      payload: { case: "json", value: toJsonString(SetWeatherRequestSchema, request) },
    },
  },
  { case: "call", value: { request: 6, method: "tellurion.v1.ClockService/GetClock" } },
  { case: "ack", value: { received: 7n } },
  {
    case: "subscribe",
    value: {
      request: 8,
      topics: ["weather"],
      rates: [{ topic: "weather", intervalMs: 100 }],
      area: { x: 10, y: -20, radius: 300 },
    },
  },
  {
    case: "hello",
    value: {
      token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl",
      resume: { session: "pWJmnOPQk1IRlQzQ", resumeToken: "Zm9vYmFy", received: 1_187n },
      schemaHash: "6f1f1c0a5c3de9b1",
    },
  },
];

const messages = bodies.map((body) => create(ClientMessageSchema, { body }));
const encoder = new TextEncoder();

/** What a well-behaved client says, in each subprotocol. */
export const corpus = {
  "tellurion.v1.proto": messages.map((message) => toBinary(ClientMessageSchema, message)),
  "tellurion.v1.json": messages.map((message) =>
    encoder.encode(toJsonString(ClientMessageSchema, message)),
  ),
} as const;
