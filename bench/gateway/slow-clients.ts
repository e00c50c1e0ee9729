import { once } from "node:events";
import { radius } from "./crowd.ts";
import { newsTopics, openClient } from "./tellurion-clients.ts";

/** A client that is told far too much at first. If it is stalled, it takes nothing of that. */
export interface SlowClient {
  relieve(): void;
  overwhelm(): void;
}

/** Events of this topic are so long and so many that nobody is subscribed to it who is not to be overwhelmed. */
const tooMuch = ["story"];
const area = { x: 500, y: 500, radius };

export async function joinSlow(
  port: number,
  count: number,
  stalled: boolean,
): Promise<readonly SlowClient[]> {
  return Promise.all(Array.from({ length: count }, () => joinOne(port, stalled)));
}

async function joinOne(port: number, stalled: boolean): Promise<SlowClient> {
  const { socket, send } = openClient(port);
  const overwhelm = () => send({ case: "subscribe", value: { topics: tooMuch } });
  await once(socket, "open");
  send({ case: "hello", value: { client: "bench, slow" } });
  await once(socket, "message");
  send({ case: "subscribe", value: { topics: newsTopics, area } });
  overwhelm();
  if (stalled) socket.pause();
  return {
    overwhelm,
    relieve: () => send({ case: "unsubscribe", value: { topics: tooMuch } }),
  };
}
