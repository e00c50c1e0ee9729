import { once } from "node:events";
import { WebSocket } from "ws";
import { AreaPicture } from "../../test/server/area/area-client.ts";
import type { ClientsOrder, ClientsSaid, Size } from "./messages.ts";
import { Recorder } from "./recorder.ts";

/** Clients that keep a picture of what they are told; the others read as much as tells the tick. */
const watchedMax = 8;
/** Upgrades that are under way at one time. */
const connectingMax = 20;

/** Connects one client, by the number of its entity. */
type Connect = (entity: number, isWatched: boolean) => Promise<void>;

let recorder: Recorder | undefined;

process.on("message", async (order: ClientsOrder) => {
  if (order.what === "connect") {
    const { peer, port, size } = order;
    recorder = new Recorder(size.clients, size.entities);
    const connect =
      peer === "tellurion"
        ? tellurionClients(port, recorder)
        : ((
            await import(new URL("../peers/colyseus-clients.mjs", import.meta.url).href)
          ).colyseusClients(port, recorder) as Connect);
    await connectAll(connect, size);
    say({ what: "connected" });
  } else if (recorder) {
    say({ what: "collected", collected: recorder.collect(order.measured) });
  }
});

async function connectAll(connect: Connect, { clients }: Size): Promise<void> {
  for (let first = 0; first < clients; first += connectingMax) {
    const count = Math.min(connectingMax, clients - first);
    await Promise.all(
      Array.from({ length: count }, (_, i) => connect(first + i, first + i < watchedMax)),
    );
  }
}

function tellurionClients(port: number, record: Recorder): Connect {
  return async (entity, isWatched) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${entity}`, { perMessageDeflate: false });
    const picture = new AreaPicture();
    socket.on("message", (data: Buffer) => {
      const tick = frameOf(data);
      record.arrived(tick, data.length);
      if (!isWatched) return;
      picture.take(data);
      record.look(tick, entity, () =>
        [...picture.entities.values()].map(({ id, x, y }) => {
          const [group, number] = id.slice("walker:".length).split(".").map(Number);
          return { entity: 250 * (group as number) + (number as number), x: x / 100, y: y / 100 };
        }),
      );
    });
    await once(socket, "open");
  };
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

function say(message: ClientsSaid): void {
  process.send?.(message);
}
