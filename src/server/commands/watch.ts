import {
  create,
  fromBinary,
  type Message,
  type MessageInitShape,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { WebSocket } from "ws";
import {
  ClientMessageSchema,
  type Frame,
  type ServerMessage,
  ServerMessageSchema,
  WorldEventSchema,
} from "../../gen/tellurion/v1/client_pb.ts";
import { TellurionError } from "../../runtime/index.ts";
import { binarySubprotocol } from "../gateway/subprotocol.ts";
import { aborted } from "../interrupts.ts";
import { printable } from "../log.ts";
import { defineCommand } from "./command.ts";
import { flag } from "./options.ts";
import { topicsOption } from "./topics-option.ts";
import { urlOption } from "./url-option.ts";

const connectTimeoutMs = 5_000;
const subscribeRequest = 1;

/** A client for the terminal: prints events as they come. */
export const watchCommand = defineCommand({
  name: "watch",
  about: "prints the events of a world that runs, as they come",
  options: {
    url: urlOption,
    topics: topicsOption,
    json: flag("prints each event as a line of JSON"),
  },
  run: (options, { print, interrupted }) =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(options.url, binarySubprotocol.name, {
        handshakeTimeout: connectTimeoutMs,
        perMessageDeflate: false,
      });
      const watcher = new Watcher(socket, options.topics);
      const fail = (code: "INVALID_OPTION" | "UNAVAILABLE", text: string) => {
        reject(new TellurionError(code, text));
        socket.terminate();
      };
      void aborted(interrupted).then(() => {
        resolve();
        socket.close();
      });
      socket.on("open", () => watcher.join());
      socket.on("message", (data) => {
        const body = watcher.take(data as Buffer);
        if (body.case === "problem" && body.value.request === subscribeRequest) {
          fail("INVALID_OPTION", watcher.problem);
        }
        for (const line of options.json ? jsonLines(body) : readableLines(body)) print(line);
      });
      socket.on("error", ({ message }) =>
        fail("UNAVAILABLE", `no world answers at ${options.url}: ${message}`),
      );
      socket.on("close", (code, reason) => {
        const why = `${code} ${printable(reason.toString())} ${watcher.problem}`.trim();
        fail("UNAVAILABLE", `the server at ${options.url} is gone: ${why}`);
      });
    }),
});

/** The client's part of the protocol: hello, and a subscription when welcome. */
class Watcher {
  /** What the server complained of last. */
  problem = "";
  readonly #socket: WebSocket;
  readonly #topics: readonly string[];

  constructor(socket: WebSocket, topics: readonly string[]) {
    this.#socket = socket;
    this.#topics = topics;
  }

  join(): void {
    this.#send({ case: "hello", value: { client: "tellurion watch" } });
  }

  take(data: Uint8Array): ServerMessage["body"] {
    const { body } = fromBinary(ServerMessageSchema, data);
    if (body.case === "problem") this.problem = printable(body.value.message);
    if (body.case === "welcome") {
      const topics = this.#topics.length > 0 ? this.#topics : body.value.topics;
      this.#send({ case: "subscribe", value: { request: subscribeRequest, topics: [...topics] } });
    }
    return body;
  }

  #send(body: NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>): void {
    this.#socket.send(toBinary(ClientMessageSchema, create(ClientMessageSchema, { body })));
  }
}

function readableLines(body: ServerMessage["body"]): string[] {
  switch (body.case) {
    case "welcome": {
      const { world, frame, tickHz } = body.value;
      return [`world ${printable(world)}, frame ${frame}, ${tickHz} frames a second`];
    }
    case "subscribed":
      return [`watching ${printable(body.value.topics.join(", "))}`];
    case "gap":
      return [`${body.value.fromFrame} to ${body.value.toFrame}: events are missing`];
    case "frame":
      return eventsOf(body.value).map(({ name, event }) => {
        const fields = flatten(event).map(([path, value]) => `${path}=${value}`);
        return `${body.value.frame}  ${name}  ${printable(fields.join(" "))}`;
      });
    default:
      return [];
  }
}

function jsonLines(body: ServerMessage["body"]): string[] {
  if (body.case !== "frame") return [];
  const frame = Number(body.value.frame);
  return eventsOf(body.value).map(({ name, event }) => JSON.stringify({ frame, name, event }));
}

/**
 * The events of a frame by the name and the JSON of what they hold. An event this client does not
 * know is left out.
 */
function eventsOf(frame: Frame): { name: string; event: object }[] {
  return frame.events.flatMap(({ body }) => {
    const field = WorldEventSchema.fields.find((member) => member.localName === body.case);
    if (!field?.message || body.case === undefined) return [];
    const event = toJson(field.message, body.value as Message) as object;
    return [{ name: field.jsonName, event }];
  });
}

function flatten(value: object, path = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const at = path === "" ? name : `${path}.${name}`;
    const isNested = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return isNested ? flatten(inner, at) : [[at, inner]];
  });
}
