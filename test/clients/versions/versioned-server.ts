import { once } from "node:events";
import {
  create,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { type WebSocket, WebSocketServer } from "ws";
import { messageNamed, schemaOf, type Version } from "./schema-versions.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a message has depends on the version.
type Fields = any;

/** The protocol as a server of some version speaks it, about one region's weather. */
export class VersionedServer {
  /** Requests to set the weather, as the server reads them. */
  readonly requests: Fields[] = [];
  readonly hellos: Fields[] = [];
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  readonly #schema: FileRegistry;
  readonly #version: Version;

  static async start(version: Version): Promise<VersionedServer> {
    const server = new VersionedServer(version);
    await once(server.#server, "listening");
    return server;
  }

  private constructor(version: Version) {
    this.#version = version;
    this.#schema = schemaOf(version);
    this.#server.on("connection", (socket) => {
      socket.on("message", (data) => this.#take(socket, data as Buffer));
    });
  }

  get url(): string {
    const address = this.#server.address();
    return `ws://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #take(socket: WebSocket, data: Uint8Array): void {
    const { body }: Fields = fromBinary(this.#message("ClientMessage"), data);
    const { case: kind, value } = body;
    const { request = 0 } = value ?? {};
    if (kind === "hello") {
      this.hellos.push(value);
      this.#welcome(socket);
    } else if (kind === "subscribe") {
      this.#tell(socket, "subscribed", { request, topics: value.topics });
      this.#frame(socket);
    } else if (kind === "ping") {
      const { clientTimeMs } = value;
      this.#tell(socket, "pong", { request, clientTimeMs, frame: 600n, worldTimeMs: 10_000 });
    } else if (kind === "call") {
      const { value: message } = value.payload;
      this.requests.push(fromBinary(this.#message("SetWeatherRequest"), message));
      const type = this.#message("SetWeatherResponse");
      const weather = { region: "north-marsh", condition: "rain", novel: "x" };
      const answer = toBinary(type, create(type, { weather } as Fields));
      this.#tell(socket, "callResult", { request, outcome: { case: "message", value: answer } });
    } else {
      const problem = { code: "UNIMPLEMENTED", message: "the message has no body", request };
      this.#tell(socket, "problem", problem);
    }
  }

  #welcome(socket: WebSocket): void {
    const welcome = { session: "s", world: this.#version, frame: 600n, tickHz: 60 };
    const later = { resumeToken: "r", resumeWindowMs: 1_000, unackedMax: 2, novel: "x" };
    this.#tell(socket, "welcome", { ...welcome, schemaHash: this.#version, ...later });
    if (this.#version === "newer") this.#tell(socket, "novel", { code: "X" });
  }

  #frame(socket: WebSocket): void {
    const value = { region: "north-marsh", newState: "rain", gameMs: 5n, novel: "x" };
    const event = (kind: string) => ({ body: { case: kind, value } });
    const kinds = ["weatherSevere", "novel", "weatherChanged"].filter((kind) =>
      this.#message("WorldEvent").fields.some(({ localName }) => localName === kind),
    );
    const events = kinds.map(event);
    this.#tell(socket, "frame", { frame: 601n, events, reliable: 601n, novel: "x" });
    this.#tell(socket, "frame", { frame: 602n, events: [], reliable: 602n });
  }

  #tell(socket: WebSocket, kind: string, value: object): void {
    const type = this.#message("ServerMessage");
    const message = create(type, { body: { case: kind, value } } as Fields) as Message;
    socket.send(toBinary(type, message));
  }

  #message(name: string): DescMessage {
    return messageNamed(this.#schema, name);
  }
}
