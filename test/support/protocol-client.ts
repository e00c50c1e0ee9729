import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { WebSocket } from "ws";
import { within } from "./within.ts";

export type SubprotocolName = "tellurion.v1.proto" | "tellurion.v1.json";
// biome-ignore lint/suspicious/noExplicitAny: messages are whatever the .proto files say.
export type Fields = any;

const protoFolder = fileURLToPath(new URL("../../proto/", import.meta.url));
const googleFolder = dirname(createRequire(import.meta.url).resolve("protobufjs/package.json"));
const root = new protobuf.Root();
root.resolvePath = (_origin, target) =>
  join(target.startsWith("google/") ? googleFolder : protoFolder, target);
root.loadSync(["tellurion/v1/client.proto"]);

export function typeNamed(name: string): protobuf.Type {
  return root.lookupType(`tellurion.v1.${name}`);
}

const clientMessage = typeNamed("ClientMessage");
const serverMessage = typeNamed("ServerMessage");
const toJson = { longs: String, enums: String, bytes: String, json: true } as const;
const toFields = { longs: Number, enums: String, oneofs: true } as const;

/**
 * A client that knows the server by its .proto files only, through protobufjs: what another team
 * would write. Both subprotocols look the same to a test.
 */
export class ProtocolClient {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly received: Fields[] = [];
  readonly #isBinary: boolean;
  readonly #waiting: { kind: string; resolve: (value: Fields) => void }[] = [];
  #read = 0;

  constructor(url: string, subprotocol: SubprotocolName) {
    this.#isBinary = subprotocol === "tellurion.v1.proto";
    this.socket = new WebSocket(url, subprotocol);
    this.socket.on("message", (data) => this.#take(data as Buffer));
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  /** Connects and says hello. */
  static async join(url: string, subprotocol: SubprotocolName): Promise<ProtocolClient> {
    const client = await ProtocolClient.open(url, subprotocol);
    client.send({ hello: { client: "test" } });
    await client.next("welcome");
    return client;
  }

  static async open(url: string, subprotocol: SubprotocolName): Promise<ProtocolClient> {
    const client = new ProtocolClient(url, subprotocol);
    await within(
      `a connection to ${url}`,
      new Promise((resolve, reject) => client.socket.on("open", resolve).on("error", reject)),
    );
    client.socket.on("error", () => {});
    return client;
  }

  send(fields: Fields): void {
    const message = clientMessage.fromObject(fields);
    this.socket.send(
      this.#isBinary
        ? clientMessage.encode(message).finish()
        : JSON.stringify(clientMessage.toObject(message, toJson)),
    );
  }

  /** The next message whose body is of a kind. Those before it are passed over. */
  next(kind: string): Promise<Fields> {
    while (this.#read < this.received.length) {
      const message = this.received[this.#read];
      this.#read += 1;
      if (message.body === kind) return Promise.resolve(message[kind]);
    }
    return within(kind, new Promise((resolve) => this.#waiting.push({ kind, resolve })));
  }

  async subscribe(...topics: string[]): Promise<Fields> {
    this.send({ subscribe: { request: 1, topics } });
    return this.next("subscribed");
  }

  /** Calls a method and gives the result's fields, or throws its problem. */
  async call(method: string, input: string, output: string, request: Fields): Promise<Fields> {
    const payload = this.#isBinary
      ? { message: typeNamed(input).encode(typeNamed(input).fromObject(request)).finish() }
      : { json: JSON.stringify(request) };
    this.send({ call: { request: 9, method: `tellurion.v1.${method}`, ...payload } });
    const result = await this.next("callResult");
    if (result.problem) throw Object.assign(new Error(), result.problem);
    const type = typeNamed(output);
    const answer = this.#isBinary
      ? type.decode(result.message)
      : type.fromObject(JSON.parse(result.json));
    return type.toObject(answer, toFields);
  }

  async close(): Promise<void> {
    this.socket.close();
    await within("the close", this.closed);
  }

  #take(data: Buffer): void {
    const message = this.#isBinary
      ? serverMessage.decode(data)
      : serverMessage.fromObject(JSON.parse(data.toString()));
    const fields: Fields = serverMessage.toObject(message, toFields);
    this.received.push(fields);
    const first = this.#waiting[0];
    if (!first) return;
    this.#read = this.received.length;
    if (first.kind !== fields.body) return;
    this.#waiting.shift();
    first.resolve(fields[first.kind]);
  }
}
