import { zstdCompressSync } from "node:zlib";
import { create, fromBinary, toBinary, toJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RemoteCall } from "../../../src/bridges/call-port.ts";
import { understandCommand } from "../../../src/bridges/in/understand-command.ts";
import { understandPack } from "../../../src/bridges/in/understand-pack.ts";
import {
  DeliverPackRequestSchema,
  ReadableEventSchema,
  RemoteCommandSchema,
} from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import { EventType } from "../../../src/gen/tellurion/v1/event_type_pb.ts";
import { packOf, weatherEvent } from "../../actors/bridge/packs.ts";

const method = "tellurion.v1.WeatherService/SetWeather";
const now = 1_800_000_000_000;

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

describe("a command", () => {
  const configuration = { methods: [method] };
  const right = create(RemoteCommandSchema, {
    commandId: "c-1",
    method,
    payload: { case: "json", value: "{}" },
  });
  const json = toJsonString(RemoteCommandSchema, right);

  function problem(body: string, attributes: Record<string, string>) {
    const understood = understandCommand({ body, attributes, receives: 1 }, configuration, now);
    return "reason" in understood ? understood : undefined;
  }

  test("is the same in JSON and in binary", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,128}$/), fc.uint8Array(), (commandId, value) => {
        const payload = { case: "message", value } as const;
        const command = create(RemoteCommandSchema, { commandId, method, payload });
        const bodies = [
          { c: "json", body: toJsonString(RemoteCommandSchema, command) },
          { c: "proto", body: text(toBinary(RemoteCommandSchema, command)) },
        ];
        for (const { c, body } of bodies) {
          const message = { body, attributes: { c }, receives: 1 };
          expect(understandCommand(message, configuration, now)).toEqual({
            call: {
              method,
              payload: { message: expect.toSatisfy((got) => Buffer.compare(got, value) === 0) },
              idempotencyKey: `sqs/${commandId}`,
              timeoutMs: 30_000,
            },
            trace: { id: commandId, method, traceparent: "" },
          });
        }
      }),
    );
  });

  test.each([
    ["no codec", json, {}, "attribute c=nothing is not valid; valid are json, proto"],
    ["a codec that is not announced right", json, { c: "proto" }, "not base64url"],
    ["no JSON", "{", { c: "json" }, "no RemoteCommand"],
    ["a field that nobody knows", '{"commandId":"c","metod":"x"}', { c: "json" }, "metod"],
    ["no id", '{"method":"x"}', { c: "json" }, 'command_id=""'],
    ["an id with a space", '{"commandId":"a b"}', { c: "json" }, 'command_id="a b"'],
    ["padding", `${text(Uint8Array.of(1))}==`, { c: "proto" }, "not base64url"],
  ])("with %s is undecodable, and says why", (_, body, attributes, error) => {
    expect(problem(body, attributes as Record<string, string>)).toEqual({
      reason: "undecodable",
      error: expect.stringContaining(error),
    });
  });

  test("written as hexadecimal text is undecodable in either form", () => {
    const hex = Buffer.from(toBinary(RemoteCommandSchema, right)).toString("hex");
    for (const c of ["json", "proto"]) expect(problem(hex, { c })?.reason).toBe("undecodable");
  });

  test("of a method that is not on the list is not allowed", () => {
    const command = create(RemoteCommandSchema, { commandId: "c", method: "tellurion.v1.X/Y" });
    expect(problem(toJsonString(RemoteCommandSchema, command), { c: "json" })).toEqual({
      reason: "not-allowed",
      error: `method="tellurion.v1.X/Y" is not allowed; valid are ${method}`,
    });
  });

  test("that is too large is not read", () => {
    const long = json.padEnd(262_145);
    expect(problem(long, { c: "json" })?.reason).toBe("too-large");
    expect(problem(long.slice(0, -1), { c: "json" })).toBeUndefined();
  });
});

describe("a pack", () => {
  const pack = packOf(weatherEvent(1), weatherEvent(2));
  const attributes = { s: "weather", e: "e1", q: "7", n: "2", c: "raw" };

  function understand(body: string, more: Partial<Record<string, string>> = {}) {
    const all = Object.entries({ ...attributes, ...more }).filter(
      ([, value]) => value !== undefined,
    );
    return understandPack({ body, attributes: Object.fromEntries(all) as Record<string, string> });
  }

  function requestOf(understood: ReturnType<typeof understandPack>) {
    const { payload } = (understood as { call: RemoteCall }).call;
    return fromBinary(DeliverPackRequestSchema, (payload as { message: Uint8Array }).message);
  }

  test.each([
    ["raw", text(pack)],
    ["zstd", text(zstdCompressSync(pack))],
  ])("in the codec %s comes to a call with its bytes and its number", (c, body) => {
    const understood = understand(body, { c });
    expect(understood).toMatchObject({
      call: { method: "tellurion.v1.BridgeService/DeliverPack", idempotencyKey: "" },
    });
    const request = requestOf(understood);
    expect(request).toMatchObject({ stream: "weather", epoch: "e1", sequence: 7n });
    expect(Buffer.from(request.pack)).toEqual(Buffer.from(pack));
  });

  test("is made of an event that comes alone", () => {
    const request = requestOf(understand(text(weatherEvent(5)), { c: "event", n: "1" }));
    expect(Buffer.from(request.pack)).toEqual(Buffer.from(packOf(weatherEvent(5))));
  });

  test("as JSON is refused, and says what to change", () => {
    const readable = create(ReadableEventSchema, { eventType: EventType.WEATHER_CHANGED });
    expect(understand(toJsonString(ReadableEventSchema, readable), { c: "json" })).toEqual({
      reason: "not-supported",
      error: expect.stringContaining("set out.format to packs or events"),
    });
  });

  test.each([
    ["no codec", text(pack), { c: undefined }, "attribute c is missing"],
    ["the envelope of SNS around it", '{"Type":"Notification"}', { c: undefined }, "raw message"],
    ["an unknown codec", text(pack), { c: "hex" }, "valid are raw, zstd, event"],
    ["hexadecimal text", Buffer.from(pack).toString("hex"), {}, "do not add up"],
    ["bytes as text", Buffer.from(pack).toString("latin1"), {}, "not base64url"],
    ["a number of events that is not its own", text(pack), { n: "3" }, "the pack has 2 events"],
    ["its end cut off", text(pack.subarray(0, -1)), {}, "do not add up"],
    ["no number", text(pack), { q: undefined }, "attribute q=nothing"],
    ["number 0", text(pack), { q: "0" }, "valid are integers from 1"],
    ["no stream", text(pack), { s: undefined }, "must both be there"],
    ["no compression where it says so", text(pack), { c: "zstd" }, "not compressed with zstd"],
  ])("with %s is undecodable, and says why", (_, body, more, error) => {
    expect(understand(body, more)).toEqual({
      reason: "undecodable",
      error: expect.stringContaining(error),
    });
  });

  test("that would be endless when decompressed is not", () => {
    const bomb = text(zstdCompressSync(Buffer.alloc(64 * 1_048_576)));
    expect(bomb.length).toBeLessThan(20_000);
    expect(understand(bomb, { c: "zstd" })).toMatchObject({ reason: "too-large" });
    const long = text(Buffer.alloc(262_145));
    expect(understand(long)).toMatchObject({ reason: "too-large" });
  });
});
