import { once } from "node:events";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { WebSocket } from "ws";
import { ClientMessageSchema, ServerMessageSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import { AreaPicture } from "../../test/server/area/area-client.ts";
import { groupSize, isTimeToLook, radius } from "./crowd.ts";
import type { Recorder } from "./recorder.ts";

/** Connects one client, by the number of its entity. */
export type Connect = (entity: number, isWatched: boolean) => Promise<void>;

const lengthDelimited = 2;
const areaUpdateTag = ServerMessageSchema.field.areaUpdate.number * 8 + lengthDelimited;
const frameTag = ServerMessageSchema.field.frame.number * 8 + lengthDelimited;
/** Events of all three kinds of delivery. */
export const newsTopics = ["weather", "storm"];

type Body = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

/** A client that has said nothing yet. */
export interface BareClient {
  readonly socket: WebSocket;
  send(body: Body): void;
}

export function openClient(port: number): BareClient {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, "tellurion.v1.proto", {
    perMessageDeflate: false,
  });
  return {
    socket,
    send: (body) =>
      socket.send(toBinary(ClientMessageSchema, create(ClientMessageSchema, { body }))),
  };
}

/** Clients by the protocol. Those that are watched read all that they get; the others no more than the tick. */
export function tellurionClients(port: number, recorder: Recorder, hasNews: boolean): Connect {
  const topics = hasNews ? newsTopics : [];
  return async (entity, isWatched) => {
    const { socket, send } = openClient(port);
    const subscribed = Promise.withResolvers<void>();
    const picture = new AreaPicture();
    let centre = { x: 0, y: 0 };
    const look = (tick: number) => {
      const area = { ...recorder.placeOf(entity, tick), radius };
      send({ case: "subscribe", value: { request: 1, topics, area } });
    };
    const answered = (data: Buffer) => {
      const { body } = fromBinary(ServerMessageSchema, data);
      if (body.case === "welcome") look(Number(body.value.frame));
      if (body.case === "problem") subscribed.reject(new Error(body.value.message));
      if (body.case === "subscribed" && body.value.area) {
        centre = body.value.area;
        subscribed.resolve();
      }
    };
    socket.on("message", (data: Buffer) => {
      if (data[0] !== areaUpdateTag) {
        recorder.received(data.length);
        if (data[0] !== frameTag) answered(data);
        return;
      }
      const tick = frameOf(data);
      recorder.arrived(tick, data.length);
      if (isTimeToLook(entity, tick)) {
        look(tick);
        if (hasNews) send({ case: "ack", value: { received: BigInt(tick) } });
      }
      if (!isWatched) return;
      picture.take(data);
      recorder.look(tick, centre, () => [...picture.entities.values()].map(inMetres));
    });
    socket.on("close", (code, reason) => subscribed.reject(new Error(`${code} ${reason}`)));
    await once(socket, "open");
    send({ case: "hello", value: { client: "bench" } });
    await subscribed.promise;
  };
}

function inMetres({ id, x, y }: { readonly id: string; readonly x: number; readonly y: number }) {
  const [group, number] = id.slice("walker:".length).split(".").map(Number);
  const entity = groupSize * (group as number) + (number as number);
  return { entity, x: x / 100, y: y / 100 };
}

/** The frame of an areaUpdate: its first field, behind two tags and a length. */
function frameOf(message: Buffer): number {
  let at = 1;
  while ((message[at++] as number) > 127);
  at += 1;
  let frame = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = message[at++] as number;
    frame += (byte & 127) * scale;
    if (byte < 128) return frame;
  }
}
