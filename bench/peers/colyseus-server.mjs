import { matchMaker, Room, Server } from "@colyseus/core";
import { Encoder, StateView, schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { AreaScan } from "../../src/server/gateway/area/area-scan.ts";
import { ageMax, CellOrder } from "../../src/server/gateway/area/cell-order.ts";
import { Crowd, hz, margin, radius } from "../gateway/crowd.ts";
import { Meter } from "../gateway/meter.ts";

// The same work with Colyseus, as its documentation asks for it: positions quantised to 16 bits, one StateView per client,
// hysteresis at the edge, the patch right after the simulation's step. What is visible is found by the same code, and
// clients say as often where they look.

// All of the state at once, as the library asks for when it finds its buffer too small.
Encoder.BUFFER_SIZE = 4 * 1024 * 1024;

const { clients: clientsMax, entities } = JSON.parse(process.argv[2]);
const crowd = new Crowd(entities);
const meter = new Meter();
let start;
const sideMetres = crowd.side / 100;

const Entity = schema(
  {
    id: t.string(),
    kind: t.string(),
    x: t.quantized({ min: 0, max: sideMetres }),
    y: t.quantized({ min: 0, max: sideMetres }),
    heading: t.uint8(),
  },
  "Entity",
);
const State = schema({ tick: t.uint32(), entities: t.map(Entity).view() }, "State");

class Walkers extends Room {
  maxClients = clientsMax;
  patchRate = null;
  state = new State();
  list = [];
  order = new CellOrder(4_000, 100 * (radius + margin));
  scan = new AreaScan(this.order);
  known = new Map();
  tick = 0;
  /** What the code wants that finds what is visible. Nobody comes or changes, as far as it is concerned. */
  table = {
    ...{ end: entities, x: crowd.x, y: crowd.y },
    changed: new Float64Array(entities),
    since: new Float64Array(entities),
    records: new Uint32Array(2 * entities),
  };

  onCreate() {
    crowd.stepTo(0);
    for (let i = 0; i < entities; i += 1) {
      const id = `walker:${Math.floor(i / 250)}.${i % 250}`;
      const entity = new Entity().assign({ id, kind: "walker", ...this.place(i) });
      this.state.entities.set(`${i}`, entity);
      this.list.push(entity);
    }
    this.onMessage("look", (client, [x, y]) => {
      Object.assign(this.known.get(client), { x: 100 * x, y: 100 * y });
      client.send("looks", [x, y]);
    });
    start = () => this.setTimestep(() => this.step(), 1_000 / hz);
  }

  onJoin(client, { entity }) {
    client.view = new StateView();
    const place = { x: crowd.x[entity], y: crowd.y[entity], radius: 100 * radius };
    this.known.set(client, { ...place, known: new Int32Array(0), knownCount: 0 });
  }

  onLeave(client) {
    this.known.delete(client);
    client.view.dispose();
  }

  step() {
    this.tick += 1;
    meter.tickBegan(this.tick);
    crowd.stepTo(this.tick);
    this.state.tick = this.tick;
    for (let i = 0; i < entities; i += 1) {
      const entity = this.list[i];
      entity.x = crowd.x[i] / 100;
      entity.y = crowd.y[i] / 100;
      entity.heading = crowd.headings[i];
    }
    this.order.sort(this.table, ageMax);
    for (const [client, watched] of this.known) this.look(client.view, watched);
    this.broadcastPatch();
  }

  look(view, watched) {
    const { scan } = this;
    scan.run(watched, 100 * margin, 1, entities);
    for (let i = 0; i < scan.leftCount; i += 1) view.remove(this.list[scan.left[i]]);
    for (let i = 0; i < scan.enteredCount; i += 1) view.add(this.list[scan.entered[i]]);
  }

  place(i) {
    return { x: crowd.x[i] / 100, y: crowd.y[i] / 100, heading: crowd.headings[i] };
  }
}

const transport = new WebSocketTransport();
const server = new Server({ transport, greet: false, gracefullyShutdown: false });
server.define("walkers", Walkers);
await server.listen(0, "127.0.0.1");
await matchMaker.createRoom("walkers", {});
process.on("message", ({ what }) => {
  if (what === "start") start();
  else if (what === "begin") meter.begin();
  else process.send({ what: "measured", measured: meter.end() });
});
process.send({ what: "listening", port: transport.server.address().port });
