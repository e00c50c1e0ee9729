import { once } from "node:events";
import { radius } from "./crowd.ts";
import type { SlowClient } from "./messages.ts";
import { newsTopics, openClient } from "./tellurion-clients.ts";

/** Long events, of which the latest counts: they fill a line, and no lane. */
const fillingTopics = ["market"];
/** Long events that must arrive. */
const overwhelmingTopics = ["story"];
const area = { x: 500, y: 500, radius };

export async function joinSlow(port: number, count: number): Promise<readonly SlowClient[]> {
  return Promise.all(Array.from({ length: count }, () => joinOne(port)));
}

async function joinOne(port: number): Promise<SlowClient> {
  const { socket, send } = openClient(port);
  await once(socket, "open");
  send({ case: "hello", value: { client: "bench, slow" } });
  await once(socket, "message");
  send({ case: "subscribe", value: { topics: newsTopics, area } });
  return {
    stall() {
      send({ case: "subscribe", value: { topics: fillingTopics } });
      socket.pause();
    },
    relieve: () => send({ case: "unsubscribe", value: { topics: fillingTopics } }),
    recover: () => socket.resume(),
    overwhelm: () => send({ case: "subscribe", value: { topics: overwhelmingTopics } }),
  };
}
