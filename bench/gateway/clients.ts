import type { ClientsOrder, ClientsSaid, Size, SlowClient } from "./messages.ts";
import { Recorder } from "./recorder.ts";
import { joinSlow } from "./slow-clients.ts";
import { type Connect, tellurionClients } from "./tellurion-clients.ts";

/** Clients that keep a picture of what they are told; the others read as much as tells the tick. */
const watchedMax = 8;
/** Upgrades that are under way at one time. */
const connectingMax = 20;

let recorder: Recorder | undefined;
let slow: readonly SlowClient[] = [];

process.on("message", async (order: ClientsOrder) => {
  if (order.what === "connect") {
    const { peer, port, size } = order;
    recorder = new Recorder(size.clients, size.entities);
    const connect =
      peer === "tellurion"
        ? tellurionClients(port, recorder, size.slow > 0)
        : ((
            await import(new URL("../peers/colyseus-clients.mjs", import.meta.url).href)
          ).colyseusClients(port, recorder) as Connect);
    await connectAll(connect, size);
    say({ what: "connected" });
  } else if (order.what === "join-slow") {
    slow = await joinSlow(order.port, order.size.slow);
    say({ what: "slow-joined" });
  } else if (order.what !== "collect") {
    for (const client of slow) client[order.what]();
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

function say(message: ClientsSaid): void {
  process.send?.(message);
}
