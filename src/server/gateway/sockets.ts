import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { addressProblem, bearerOf } from "../access/bearer.ts";
import { type CloseReason, closeCodes } from "./close-codes.ts";
import type { Connection } from "./connection.ts";
import type { Gateway } from "./gateway.ts";
import { originProblem } from "./origins.ts";
import { SocketLine } from "./socket-line.ts";
import { chooseSubprotocol, type Subprotocol, subprotocols } from "./subprotocol.ts";

/** The WebSocket standard's "message too big". */
const tooLarge = 1009;

/** The WebSocket standard's "normal closure", and a close without a code: the client does not want to come back. */
const farewells = new Set([1000, 1005]);

/** What an upgrade is refused with. */
const refusals = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found" } as const;

/** What a client's upgrade request says. */
interface Offer {
  readonly subprotocol: Subprotocol;
  readonly bearer: string | undefined;
}

/** The WebSockets of a gateway. */
export interface Sockets {
  /** Closes them in an orderly way, and those that do not answer in time without one. */
  close(): Promise<void>;
}

/** Opens WebSockets for the upgrade requests that reach an HTTP server. */
export function openSockets(
  server: Server,
  gateway: Gateway,
  allowedOrigins: readonly string[],
): Sockets {
  const { limits } = gateway;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: limits.frameBytesMax,
    closeTimeout: limits.closeTimeoutMs,
    handleProtocols: (offered) => chooseSubprotocol(offered)?.name ?? false,
    WebSocket: CodedSocket,
  } as ServerOptions<typeof CodedSocket>);
  const alive = new WeakSet<WebSocket>();
  const connections = new WeakMap<WebSocket, Connection>();
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (alive.delete(socket)) {
        if (socket.readyState === WebSocket.OPEN) socket.ping();
        continue;
      }
      const detail = `no sign of life for ${limits.heartbeatMs} ms`;
      connections.get(socket)?.ended("CLIENT_TOO_SLOW", detail);
      socket.terminate();
    }
  }, limits.heartbeatMs);
  heartbeat.unref();

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const subprotocol = chooseSubprotocol(offeredBy(request));
    const foreign = originProblem(request.headers.origin, allowedOrigins);
    if (pathOf(request) !== "/") return refuse(stream, 404, "NOT_FOUND: WebSockets are at /");
    if (foreign !== undefined) return refuse(stream, 403, foreign);
    const spilt = addressProblem(request.url ?? "");
    if (spilt !== undefined) return refuse(stream, 400, spilt);
    if (!subprotocol) return refuse(stream, 400, unsupported(request));
    const bearer = bearerOf(request.headers.authorization);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on("pong", () => alive.add(socket));
      connections.set(socket, connect(gateway, socket, stream, { subprotocol, bearer }));
    });
  };
  server.on("upgrade", onUpgrade);

  return {
    async close() {
      clearInterval(heartbeat);
      server.off("upgrade", onUpgrade);
      gateway.closeAll("WORLD_STOPPED", "the server stops");
      await allGone(sockets.clients, limits.closeTimeoutMs);
      sockets.close();
    },
  };
}

/** Where ws itself ends a connection, the close carries a code of the catalogue like any other. */
class CodedSocket extends WebSocket {
  /** Why ws ended the connection, if it did. */
  fault: CloseReason | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    if (reason !== undefined || code === undefined) {
      super.close(code, reason);
    } else {
      this.fault = code === tooLarge ? "CLIENT_FRAME_TOO_LARGE" : "CLIENT_MALFORMED_FRAME";
      super.close(closeCodes[this.fault], this.fault);
    }
  }
}

function connect(
  gateway: Gateway,
  socket: CodedSocket,
  stream: Duplex,
  { subprotocol, bearer }: Offer,
): Connection {
  const line = new SocketLine(socket, stream, subprotocol.isBinary);
  const connection = gateway.accept(line, subprotocol, bearer);
  socket.on("message", (data: RawData, isOfBytes) =>
    gateway.receive(connection, data as Buffer, isOfBytes),
  );
  // Pings and pongs of the WebSocket protocol count as messages, or they would be a way around the
  // limit.
  socket.on("ping", (data) => {
    if (connection.allow(data.length)) socket.pong(data);
  });
  socket.on("pong", (data) => connection.allow(data.length));
  stream.on("drain", () => connection.drained());
  // What goes wrong on a socket closes it; there is nothing else to do about it.
  socket.on("error", ({ message }) => {
    if (socket.fault) connection.ended(socket.fault, message);
    gateway.remove(connection);
  });
  socket.on("close", (code) => gateway.remove(connection, !farewells.has(code)));
  return connection;
}

function offeredBy(request: IncomingMessage): string[] {
  const header = request.headers["sec-websocket-protocol"] ?? "";
  return header.split(",").map((name) => name.trim());
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

function unsupported(request: IncomingMessage): string {
  const offered = request.headers["sec-websocket-protocol"] ?? "none";
  const valid = subprotocols.map((subprotocol) => subprotocol.name).join(", ");
  return `UNSUPPORTED_SUBPROTOCOL: offered are ${offered.slice(0, 120)}; valid are ${valid}`;
}

function refuse(stream: Duplex, status: keyof typeof refusals, text: string): void {
  const body = `${text}\n`;
  stream.on("error", () => stream.destroy());
  stream.once("finish", () => stream.destroy());
  stream.end(
    [
      `HTTP/1.1 ${status} ${refusals[status]}`,
      "Connection: close",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}

/** Waits until the clients are gone; ends those that are still there after `timeoutMs`. */
async function allGone(clients: Set<WebSocket>, timeoutMs: number): Promise<void> {
  const gone = Promise.all(
    [...clients].map((client) => new Promise((done) => client.once("close", done))),
  );
  const timer = setTimeout(() => {
    for (const client of clients) client.terminate();
  }, timeoutMs);
  await gone;
  clearTimeout(timer);
}
