import { type DescMethodUnary, fromBinary, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import type { FastifyInstance } from "fastify";
import {
  type ErrorStatus,
  type MethodEntry,
  TellurionError,
  type World,
} from "../runtime/index.ts";
import { asTellurionError, callWorld } from "./calls.ts";
import type { Limits } from "./limits.ts";

/** The header that carries the catalogue's code of an error. */
const errorCodeHeader = "tellurion-code";

const connectCodes: Readonly<Record<ErrorStatus, Code>> = {
  invalid_argument: Code.InvalidArgument,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  failed_precondition: Code.FailedPrecondition,
  resource_exhausted: Code.ResourceExhausted,
  deadline_exceeded: Code.DeadlineExceeded,
  unimplemented: Code.Unimplemented,
  unavailable: Code.Unavailable,
  internal: Code.Internal,
};

/**
 * Serves every method of a world's services with Connect and gRPC-Web. gRPC itself needs HTTP/2.
 */
export async function serveRpc(app: FastifyInstance, world: World, limits: Limits): Promise<void> {
  let inFlight = 0;
  const answer = async (method: MethodEntry, request: Message, context: HandlerContext) => {
    if (inFlight >= limits.rpcCallsInFlightMax) {
      throw asConnectError(
        new TellurionError("RESOURCE_EXHAUSTED", `calls in flight=${inFlight} is the most`),
      );
    }
    inFlight += 1;
    try {
      const timeoutMs = context.timeoutMs() ?? limits.callTimeoutMs;
      return fromBinary(
        method.desc.output,
        await callWorld(world, method, request, Math.max(timeoutMs, 1)),
      );
    } catch (error) {
      throw asConnectError(asTellurionError(error));
    } finally {
      inFlight -= 1;
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
