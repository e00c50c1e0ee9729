import { type DescMethodUnary, fromBinary, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { codeToHttpStatus, errorToJson } from "@connectrpc/connect/protocol-connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { MethodEntry, World } from "../runtime/host.ts";
import { type ErrorStatus, TellurionError } from "../runtime/index.ts";
import type { Authenticator } from "./access/authenticator.ts";
import { bearerOf } from "./access/bearer.ts";
import type { GuardedCalls } from "./access/guarded-calls.ts";
import { asTellurionError, idempotencyKeyOf, methodNamed } from "./calls.ts";
import type { Limits } from "./limits.ts";

/** The header that carries the catalogue's code of an error. */
const errorCodeHeader = "tellurion-code";

/** The header that carries the key under which a command takes effect once (draft-ietf-httpapi-idempotency-key). */
const idempotencyKeyHeader = "idempotency-key";

const connectCodes: Readonly<Record<ErrorStatus, Code>> = {
  invalid_argument: Code.InvalidArgument,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  failed_precondition: Code.FailedPrecondition,
  resource_exhausted: Code.ResourceExhausted,
  deadline_exceeded: Code.DeadlineExceeded,
  unimplemented: Code.Unimplemented,
  unavailable: Code.Unavailable,
  unauthenticated: Code.Unauthenticated,
  permission_denied: Code.PermissionDenied,
  internal: Code.Internal,
};

/** Who may call, and the way on which calls go. */
export interface RpcAccess {
  readonly authenticator: Authenticator;
  readonly calls: GuardedCalls;
}

/**
 * Serves every method of a world's services with Connect and gRPC-Web. gRPC itself needs HTTP/2.
 */
export async function serveRpc(
  app: FastifyInstance,
  world: World,
  limits: Limits,
  { authenticator, calls }: RpcAccess,
): Promise<void> {
  let inFlight = 0;
  const answer = async (method: MethodEntry, request: Message, context: HandlerContext) => {
    let isCounted = false;
    try {
      const timeoutMs = context.timeoutMs() ?? limits.callTimeoutMs;
      const { requestHeader } = context;
      const identity = await authenticator.identify(bearerOf(requestHeader.get("authorization")));
      // Only now: strangers, whose keys may have to be fetched, take no place of those who are known.
      if (inFlight >= limits.rpcCallsInFlightMax) {
        throw new TellurionError("RESOURCE_EXHAUSTED", `calls in flight=${inFlight} is the most`);
      }
      inFlight += 1;
      isCounted = true;
      const options = {
        timeoutMs: Math.max(timeoutMs, 1),
        idempotencyKey: idempotencyKeyOf(requestHeader.get(idempotencyKeyHeader)),
      };
      return fromBinary(
        method.desc.output,
        await calls.call(identity, method, request, options, "http"),
      );
    } catch (error) {
      throw asConnectError(asTellurionError(error));
    } finally {
      if (isCounted) inFlight -= 1;
    }
  };
  await app.register(fastifyConnectPlugin, {
    grpc: false,
    readMaxBytes: limits.rpcBodyBytesMax,
    maxTimeoutMs: limits.callTimeoutMsMax,
    // JSON is what people write by hand: a name that is not known is a mistake, and said to be one.
    jsonOptions: { ignoreUnknownFields: false },
    routes: (router: ConnectRouter) => {
      for (const method of world.catalogue.methods) {
        router.rpc(method.desc as DescMethodUnary, (request, context) =>
          answer(method, request, context),
        );
      }
    },
  });
  refuseUnknownMethods(app, world);
}

/**
 * Answers calls of methods that are not there as the protocol of the call has it. What the call
 * holds is not read.
 */
function refuseUnknownMethods(app: FastifyInstance, world: World): void {
  const refuse = (request: FastifyRequest, reply: FastifyReply) => {
    const name = request.url.slice(1).split("?", 1)[0] ?? "";
    try {
      methodNamed(world.catalogue, name);
    } catch (error) {
      return sendError(request, reply, asConnectError(asTellurionError(error)));
    }
    return reply.callNotFound();
  };
  void app.register((calls, _options, done) => {
    calls.removeAllContentTypeParsers();
    calls.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    calls.post("/:service/:method", refuse);
    calls.get("/:service/:method", { exposeHeadRoute: false }, (request, reply) => {
      const { connect } = request.query as { connect?: string };
      return connect === "v1" ? refuse(request, reply) : reply.callNotFound();
    });
    done();
  });
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ConnectError) {
  void reply.header(errorCodeHeader, error.metadata.get(errorCodeHeader));
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("application/grpc-web")) {
    return reply.code(codeToHttpStatus(error.code)).send(errorToJson(error, undefined));
  }
  return reply
    .type(type)
    .headers({ "grpc-status": error.code, "grpc-message": encodeURIComponent(error.rawMessage) })
    .send("");
}

function asConnectError(error: TellurionError): ConnectError {
  return new ConnectError(
    `${error.code}: ${error.message}`,
    connectCodes[error.status],
    { [errorCodeHeader]: error.code },
    undefined,
    error,
  );
}
