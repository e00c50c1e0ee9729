// A client as another team would write it, in plain JavaScript: it knows docs/protocol.md, docs/protocol-areas.md and
// the .proto files, and nothing of the server's code. Run with the server's address and the folder of the .proto files,
// it plays a short session and prints what it saw as one object of JSON.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import protobuf from "protobufjs";

const [url, protoFolder] = process.argv.slice(2);
const googleFolder = dirname(createRequire(import.meta.url).resolve("protobufjs/package.json"));
const root = new protobuf.Root();
root.resolvePath = (_origin, target) =>
  join(target.startsWith("google/") ? googleFolder : protoFolder, target);
root.loadSync("tellurion/v1/client.proto");
const typeOf = (name) => root.lookupType(`tellurion.v1.${name}`);
const ClientMessage = typeOf("ClientMessage");
const ServerMessage = typeOf("ServerMessage");

/** A session and its present connection. */
class Client {
  events = [];
  entities = new Map();
  position = { received: 0, rewinds: 0 };
  #resume;
  #origin = { x: 0, y: 0 };
  #waiting = [];
  #request = 0;

  async connect() {
    this.socket = new WebSocket(url, "tellurion.v1.proto");
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.#take(ServerMessage.decode(new Uint8Array(data)));
    this.closed = new Promise((resolve) => {
      this.socket.onclose = resolve;
    });
    await new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = reject;
    });
    const resume = this.#resume && { ...this.#resume, ...this.position };
    this.#send({ hello: { client: "plain/1.0", ...(resume && { resume }) } });
    return this.next("welcome");
  }

  /** Breaks the connection in a way that the session survives. */
  async cut() {
    this.socket.close(4000);
    await this.closed;
  }

  async end() {
    this.socket.close(1000);
    await this.closed;
  }

  async subscribe(fields) {
    this.#request += 1;
    this.#send({ subscribe: { request: this.#request, ...fields } });
    return this.next("subscribed");
  }

  async call(method, fields, idempotencyKey = "") {
    const [serviceName, name] = method.split("/");
    const { requestType, responseType } = root.lookupService(`tellurion.v1.${serviceName}`).methods[
      name
    ];
    const [Request, Response] = [typeOf(requestType), typeOf(responseType)];
    this.#request += 1;
    const message = Request.encode(Request.fromObject(fields)).finish();
    const call = {
      request: this.#request,
      method: `tellurion.v1.${method}`,
      message,
      idempotencyKey,
    };
    this.#send({ call });
    const result = await this.next("callResult");
    if (result.problem) throw Object.assign(new Error(result.problem.message), result.problem);
    return Response.toObject(Response.decode(result.message), { defaults: true, longs: Number });
  }

  async ping() {
    this.#send({ ping: { request: 1, clientTimeMs: performance.now() } });
    return this.next("pong");
  }

  /** The next message of a kind that comes from now on. */
  next(kind) {
    return new Promise((resolve) => this.#waiting.push({ kind, resolve }));
  }

  #send(fields) {
    this.socket.send(ClientMessage.encode(ClientMessage.fromObject(fields)).finish());
  }

  #take(message) {
    const kind = message.body;
    if (kind === undefined) return;
    if (kind === "welcome") this.#welcome(message.welcome);
    if (kind === "frame") this.#frame(message.frame);
    if (kind === "gap" && message.gap.rewound) this.#goBack(message.gap);
    if (kind === "areaUpdate") this.#area(message.areaUpdate);
    const waiting = this.#waiting.filter((one) => one.kind === kind);
    this.#waiting = this.#waiting.filter((one) => one.kind !== kind);
    for (const { resolve } of waiting) resolve(message[kind]);
  }

  #welcome({ session, resumeToken, resumed, rewinds }) {
    if (resumeToken) this.#resume = { session, resumeToken };
    this.position = { received: resumed ? this.position.received : 0, rewinds };
  }

  #goBack({ fromFrame, rewinds }) {
    const received = Math.min(this.position.received, Number(fromFrame) - 1);
    this.position = { received, rewinds };
  }

  #frame(frame) {
    const reliable = Number(frame.reliable ?? 0);
    if (reliable > 0) {
      if (reliable <= this.position.received) return;
      this.position.received = reliable;
      this.#send({ ack: this.position });
    }
    for (const event of frame.events) {
      if (event.body) this.events.push({ frame: Number(frame.frame), ...event.toJSON() });
    }
  }

  #area({ complete, origin, left, entered, moved }) {
    if (complete) this.entities.clear();
    if (origin) this.#origin = origin;
    for (const number of left) this.entities.delete(number);
    for (const { number, id, kind, x, y } of entered) this.entities.set(number, { id, kind, x, y });
    for (const { number, x, y } of readMoved(Uint8Array.from(moved), this.#origin)) {
      Object.assign(this.entities.get(number), { x, y });
    }
  }
}

/** As in docs/protocol-areas.md. */
function readMoved(bytes, origin) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [ox, oy] = [Math.round(100 * origin.x), Math.round(100 * origin.y)];
  const list = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const lower = view.getUint32(at, true);
    const upper = view.getUint32(at + 4, true);
    const x = (lower >>> 18) | ((upper & 31) << 14);
    const y = (upper >>> 5) & 0x7ffff;
    list.push({
      number: lower & 0x3ffff,
      x: (ox + ((x - ox) & 0x7ffff)) / 100,
      y: (oy + ((y - oy) & 0x7ffff)) / 100,
    });
  }
  return list;
}

const client = new Client();
const welcome = await client.connect();
const subscribed = await client.subscribe({ topics: ["weather", "time"] });

// A command, an answer with an error, and one command twice under one key. Nobody else changes the weather meanwhile.
const key = `plain-${welcome.session}`;
const region = "north-marsh";
const owner = "plain";
await client.call("WeatherService/LockWeather", { region, owner });
const setBy = (caller, condition, idempotencyKey) =>
  caller.call(
    "WeatherService/SetWeather",
    { region, owner, condition, intensity: 0.5 },
    idempotencyKey,
  );
const changed = client.next("frame");
const first = await setBy(client, "rain", key);
await changed;
const again = await setBy(client, "rain", key);
const refused = await setBy(client, "frogs").catch(({ code }) => code);

const { worldTimeMs, clientTimeMs } = await client.ping();

// While it is away, the weather changes: somebody else does it.
const other = new Client();
await other.connect();
await client.cut();
for (const condition of ["fog", "clear"]) await setBy(other, condition);
const back = await client.connect();
for (let i = 0; i < 50 && client.events.filter((event) => event.weatherChanged).length < 3; i++) {
  await Promise.race([client.next("frame"), new Promise((resolve) => setTimeout(resolve, 100))]);
}

const map = await client.call("WorldService/GetMap", {});
const [place] = map.map?.places ?? [];
let entities = [];
if (place) {
  await client.subscribe({ area: { x: place.x, y: place.y, radius: 400 } });
  // Who is there is told within seconds of the world's beginning.
  for (let i = 0; i < 100 && client.entities.size === 0; i++) {
    await Promise.race([
      client.next("areaUpdate"),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]);
  }
  entities = [...client.entities.values()];
}
await client.end();
await other.end();

const weather = client.events.flatMap(({ weatherChanged: event }) =>
  event?.region === "north-marsh" ? [event.newState] : [],
);
console.log(
  JSON.stringify({
    ...{ world: welcome.world, topics: subscribed.topics, set: first.weather?.condition },
    ...{ sameAnswer: JSON.stringify(first) === JSON.stringify(again), refused },
    ...{ worldTimeMs, clientTimeMs, resumed: back.resumed, weather, place, entities },
  }),
);
