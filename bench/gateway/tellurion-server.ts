import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { EntitiesMovedEventSchema } from "../../src/gen/tellurion/v1/entities_pb.ts";
import { EventType } from "../../src/gen/tellurion/v1/event_type_pb.ts";
import { Delivery } from "../../src/gen/tellurion/v1/options_pb.ts";
import type { PublishedEvent } from "../../src/runtime/host.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { defaultAreaLimits } from "../../src/server/gateway/area/area-limits.ts";
import { Areas } from "../../src/server/gateway/area/areas.ts";
import { Crowd, hz, margin, radius } from "./crowd.ts";
import type { ServerOrder, ServerSaid, Size } from "./messages.ts";
import { Meter } from "./meter.ts";

/** As many as a shard of NPCs has. */
const groupSize = 250;
const options = { binary: true };
const codec = codecOf(EntitiesMovedEventSchema);

interface Client {
  readonly subprotocol: { readonly isBinary: true };
  readonly socket: WebSocket;
  /** The entity whose surroundings it sees. */
  readonly entity: number;
}

const size = JSON.parse(process.argv[2] ?? "{}") as Size;
const crowd = new Crowd(size.entities);
const areas = new Areas<Client>({ ...defaultAreaLimits, areaHz: hz, areaMargin: margin }, hz);
const clients = new Set<Client>();
const meter = new Meter();
const groups = groupsOf(size.entities);
let tick = 0;
let nextMs = 0;

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket, request) => {
  const entity = Number(request.url?.slice(1));
  const client: Client = { subprotocol: { isBinary: true }, socket, entity };
  clients.add(client);
  socket.on("close", () => {
    clients.delete(client);
    areas.leave(client);
  });
});
server.on("listening", () => {
  say({ what: "listening", port: (server.address() as AddressInfo).port });
});
process.on("message", ({ what }: ServerOrder) => {
  if (what === "start") {
    nextMs = performance.now();
    runTick();
  } else if (what === "begin") meter.begin();
  else say({ what: "measured", measured: meter.end() });
});

function runTick(): void {
  tick += 1;
  meter.tickBegins(tick);
  crowd.stepTo(tick);
  areas.take({ frame: tick, events: groups.map(publish), lost: 0 });
  for (const client of clients) {
    const x = (crowd.x[client.entity] as number) / 100;
    areas.setArea(client, { x, y: (crowd.y[client.entity] as number) / 100, radius });
  }
  for (const { client, message } of areas.updates()) client.socket.send(message, options);
  nextMs = Math.max(nextMs + 1_000 / hz, performance.now());
  setTimeout(runTick, Math.max(0, nextMs - performance.now()));
}

/** The entities of a group, as the world publishes them: encoded, and read where they lie. */
function publish({
  group,
  numbers,
  x,
  y,
  first,
}: ReturnType<typeof groupsOf>[number]): PublishedEvent {
  for (const i of numbers) {
    x[i] = crowd.x[first + i] as number;
    y[i] = crowd.y[first + i] as number;
  }
  const headings = crowd.headings.subarray(first, first + numbers.length);
  const bytes = codec.toBytes({ group, kind: "walker", numbers, x, y, headings });
  const entry = {
    ...{ number: EventType.ENTITIES_MOVED, desc: EntitiesMovedEventSchema, topic: "entities" },
    ...{ topicKey: "group", delivery: Delivery.COSMETIC, mirrored: false },
  };
  const place = { bytes, start: 0, end: bytes.length };
  return { entry, topic: `entities/${group}`, actor: 1, sequence: 0, ...place };
}

function groupsOf(count: number) {
  return Array.from({ length: Math.ceil(count / groupSize) }, (_, i) => {
    const first = i * groupSize;
    const length = Math.min(groupSize, count - first);
    const numbers = Array.from({ length }, (_none, number) => number);
    return { group: `walker:${i}`, numbers, x: [...numbers], y: [...numbers], first };
  });
}

function say(message: ServerSaid): void {
  process.send?.(message);
}
