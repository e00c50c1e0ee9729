import type { FastifyInstance, FastifyRequest } from "fastify";
import { TellurionError } from "../../runtime/index.ts";
import type { Authenticator } from "../access/authenticator.ts";
import { bearerOf } from "../access/bearer.ts";
import { hasScope } from "../access/identity.ts";
import { asTellurionError } from "../calls.ts";
import type { Log } from "../log.ts";
import { isLoopback } from "../loopback.ts";
import type { PackReload } from "./pack-reload.ts";

/** What a caller must be allowed to do at a server with keys. */
const scope = "world:admin";

const refusals: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  permission_denied: 403,
  unavailable: 503,
};

/** `POST /reload`, for programs of this machine, and at a server with keys for those who run the world. */
export function serveReload(
  app: FastifyInstance,
  packReload: PackReload,
  authenticator: Authenticator,
  log: Log,
): void {
  app.post("/reload", async (request, reply) => {
    if (!isLocalProgram(request)) {
      const text = "UNAVAILABLE: valid are programs of the server's own machine, no pages";
      return reply.code(403).type("text/plain; charset=utf-8").send(`${text}\n`);
    }
    let player = "";
    let outcome = "OK";
    try {
      const identity = await authenticator.identify(bearerOf(request.headers.authorization));
      ({ player } = identity);
      if (!hasScope(identity, scope)) {
        throw new TellurionError("SCOPE_MISSING", `a reload needs the scope ${scope}`);
      }
      return await packReload.reload();
    } catch (error) {
      const { code, status, message } = asTellurionError(error);
      outcome = code;
      return reply.code(refusals[status] ?? 422).send({ code, message });
    } finally {
      log.info(`audit: POST /reload player=${JSON.stringify(player)} via=http outcome=${outcome}`);
    }
  });
}

/** A page of any site may make a browser post to this machine; a browser then says whose page it is. */
function isLocalProgram({ ip, headers }: FastifyRequest): boolean {
  return isLoopback(ip.replace(/^::ffff:/, "")) && headers.origin === undefined;
}
