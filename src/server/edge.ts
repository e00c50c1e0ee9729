import type { IncomingMessage } from "node:http";
import Fastify, { type FastifyInstance } from "fastify";
import type { World } from "../runtime/host.ts";
import { TellurionError } from "../runtime/index.ts";
import { type Authenticator, openAccess } from "./access/authenticator.ts";
import { addressProblem } from "./access/bearer.ts";
import { GuardedCalls } from "./access/guarded-calls.ts";
import type { WorldBridge } from "./bridge/world-bridge.ts";
import { messageOf } from "./calls.ts";
import { Durability } from "./durability.ts";
import { Areas } from "./gateway/area/areas.ts";
import type { Connection } from "./gateway/connection.ts";
import { Gateway } from "./gateway/gateway.ts";
import type { SessionStore } from "./gateway/session-store.ts";
import { openSockets } from "./gateway/sockets.ts";
import { Health } from "./health.ts";
import { indexPage } from "./index-page.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import { addBridge } from "./metrics/bridge-metrics.ts";
import { addDurability } from "./metrics/durability-metrics.ts";
import { addGateway } from "./metrics/gateway-metrics.ts";
import { ProcessMetrics } from "./metrics/process-metrics.ts";
import { PrometheusText } from "./metrics/prometheus.ts";
import { addWorld } from "./metrics/world-metrics.ts";
import type { PackReload } from "./reload/pack-reload.ts";
import { serveReload } from "./reload/reload-route.ts";
import { serveRpc } from "./rpc.ts";

export interface EdgeOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Origins whose pages may open WebSockets, beside those of this machine. */
  readonly allowedOrigins?: readonly string[];
  readonly limits: Limits;
  readonly log: Log;
  /** The world is kept nowhere else: nobody should rely on it. */
  readonly inMemory?: boolean;
  readonly bridge?: Pick<WorldBridge, "counters" | "problem"> | undefined;
  /** Who callers are. Undefined: everybody may do everything. */
  readonly authenticator?: Authenticator | undefined;
  /** What is remembered of clients of an earlier process. Undefined: sessions end with this one. */
  readonly sessions?: SessionStore | undefined;
  /** Reads the world's pack again. Undefined: there is none. */
  readonly packReload?: PackReload | undefined;
}

/** A world's face to the network: WebSocket, RPC, health and metrics on one port. */
export interface Edge {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly gateway: Gateway;
  /** Says goodbye to the clients. Calls that come in from now on get no answer from the world. */
  closeClients(): Promise<void>;
  /** Stops listening and ends what is left. */
  close(): Promise<void>;
}

/** How often the server looks for connections whose time for a request is over. */
const connectionsCheckMs = 1_000;

/** Opens the edge of a world. Throws ADDRESS_IN_USE. */
export async function openEdge(world: World, options: EdgeOptions): Promise<Edge> {
  const { limits, log } = options;
  const durability = new Durability(world, options.inMemory ?? false);
  const authenticator = options.authenticator ?? openAccess;
  const calls = new GuardedCalls(world, limits, log);
  const gateway = new Gateway(world, limits, log, {
    ...{ authenticator, calls, store: options.sessions },
    surroundings: new Areas<Connection>(limits, world.tickHz),
  });
  const health = new Health(world, limits.stalledAfterMs, durability, options.bridge);
  const processMetrics = new ProcessMetrics();
  const app = Fastify({
    bodyLimit: limits.rpcBodyBytesMax,
    requestTimeout: limits.httpRequestTimeoutMs,
    forceCloseConnections: true,
    http: {
      // Clients that offer HTTP/2 by an upgrade go on with HTTP/1.1, as they should when it is not
      // taken.
      shouldUpgradeCallback: isWebSocket,
      connectionsCheckingInterval: connectionsCheckMs,
    },
  });
  app.server.maxConnections =
    limits.connectionsMax + limits.connectionsUnwelcomedMax + limits.httpConnectionsMax;
  addErrorHandlers(app);
  app.addHook("onRequest", async (request, reply) => {
    const spilt = addressProblem(request.url);
    if (spilt !== undefined) {
      await reply.code(400).type("text/plain; charset=utf-8").send(`${spilt}\n`);
    }
  });
  app.get("/", (_request, reply) => reply.type("text/plain; charset=utf-8").send(indexPage(world)));
  app.get("/healthz", (_request, reply) => {
    const report = health.report();
    return reply
      .code(report.status === "ok" ? 200 : 503)
      .header("cache-control", "no-store")
      .send(report);
  });
  app.get("/metrics", (_request, reply) => {
    const text = new PrometheusText();
    addWorld(text, world);
    addDurability(text, world, durability);
    addGateway(text, gateway.counters);
    if (options.bridge) addBridge(text, options.bridge.counters);
    processMetrics.add(text);
    return reply.type(PrometheusText.contentType).send(text.toString());
  });
  if (options.packReload) serveReload(app, options.packReload, authenticator, log);
  await serveRpc(app, world, limits, { authenticator, calls });
  const sockets = openSockets(app.server, gateway, options.allowedOrigins ?? []);

  const close = async () => {
    health.stop();
    processMetrics.stop();
    gateway.close();
    await app.close();
  };
  try {
    const url = await listen(app, options);
    return { url, gateway, closeClients: () => sockets.close(), close };
  } catch (error) {
    await sockets.close();
    await close();
    throw error;
  }
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

async function listen(app: FastifyInstance, { host, port }: EdgeOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE") {
      throw new TellurionError(
        "ADDRESS_IN_USE",
        `port=${port} of host=${host} is in use by another program; choose another with --port`,
      );
    }
    throw new TellurionError(
      "INVALID_OPTION",
      `cannot listen at host=${host} port=${port}: ${messageOf(error)}`,
    );
  }
}

/**
 * What is not found, and what is refused before it reaches a handler, gets a line that says what
 * would be valid.
 */
function addErrorHandlers(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type("text/plain; charset=utf-8")
      .send(`NOT_FOUND: nothing at ${request.method} ${request.url.slice(0, 120)}; see GET /\n`),
  );
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    const text =
      status === 415
        ? "INVALID_ARGUMENT: this content type is not valid; valid are " +
          "application/json, application/proto, application/grpc-web+proto"
        : status < 500
          ? `INVALID_ARGUMENT: ${messageOf(error)}`
          : `INTERNAL_ERROR: ${messageOf(error)}`;
    return reply.code(status).type("text/plain; charset=utf-8").send(`${text}\n`);
  });
}
