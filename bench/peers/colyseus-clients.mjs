import { once } from "node:events";
import { Client } from "@colyseus/sdk";
import { WebSocket } from "ws";
import { isTimeToLook } from "../gateway/crowd.ts";

const joinRoom = 10;
const roomData = 13;
const roomStatePatch = 15;
/** What a client says: of a room, `look`, a list of two doubles. */
const lookHead = Buffer.from([roomData, 0xa4, ...Buffer.from("look"), 0x92]);

/** Clients of colyseus-server.mjs. Those that are watched are its makers' own; the others only read the tick. */
export function colyseusClients(port, recorder) {
  const http = `http://127.0.0.1:${port}`;
  return async (entity, isWatched) => {
    if (isWatched) return watched(http, recorder, entity);
    const response = await fetch(`${http}/matchmake/joinOrCreate/walkers`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ entity }),
    });
    const { processId, roomId, sessionId } = await response.json();
    const url = `ws://127.0.0.1:${port}/${processId}/${roomId}?sessionId=${sessionId}`;
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const joined = Promise.withResolvers();
    socket.on("message", (data) => {
      if (data[0] === joinRoom) {
        socket.send(Buffer.of(joinRoom));
        joined.resolve();
      } else if (data[0] === roomStatePatch) {
        const tick = tickOf(data);
        recorder.arrived(tick, data.length);
        if (isTimeToLook(entity, tick)) socket.send(lookAt(recorder.placeOf(entity, tick)));
      } else recorder.received(data.length);
    });
    await once(socket, "open");
    await joined.promise;
  };
}

async function watched(http, recorder, entity) {
  const room = await new Client(http).joinOrCreate("walkers", { entity });
  const { transport } = room.connection;
  const { onmessage } = transport.events;
  let centre = recorder.placeOf(entity, 0);
  room.onMessage("looks", ([x, y]) => {
    centre = { x, y };
  });
  transport.events.onmessage = (event) => {
    const data = new Uint8Array(event.data);
    onmessage(event);
    if (data[0] !== roomStatePatch) return recorder.received(data.length);
    const { tick, entities } = room.state;
    recorder.arrived(tickOf(data), data.length);
    if (isTimeToLook(entity, tick)) {
      const { x, y } = recorder.placeOf(entity, tick);
      room.send("look", [x, y]);
    }
    recorder.look(tick, centre, () =>
      [...entities].map(([key, { x, y }]) => ({ entity: Number(key), x, y })),
    );
  };
}

function lookAt({ x, y }) {
  const message = Buffer.alloc(lookHead.length + 18);
  lookHead.copy(message);
  for (const [i, value] of [x, y].entries()) {
    const at = lookHead.length + 9 * i;
    message[at] = 0xcb;
    message.writeDoubleBE(value, at + 1);
  }
  return message;
}

/** The state's first field is the tick. */
function tickOf(data) {
  return data.readUInt32LE
    ? data.readUInt32LE(2)
    : new DataView(data.buffer, data.byteOffset).getUint32(2, true);
}
