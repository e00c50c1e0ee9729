import type { FastifyInstance, FastifyRequest } from "fastify";
import { asTellurionError } from "../calls.ts";
import { isLoopback } from "../loopback.ts";
import type { PackReload } from "./pack-reload.ts";

/** `POST /reload`, for programs of this machine. */
export function serveReload(app: FastifyInstance, packReload: PackReload): void {
  app.post("/reload", async (request, reply) => {
    if (!isLocalProgram(request)) {
      const text = "UNAVAILABLE: valid are programs of the server's own machine, no pages";
      return reply.code(403).type("text/plain; charset=utf-8").send(`${text}\n`);
    }
    try {
      return await packReload.reload();
    } catch (error) {
      const { code, message } = asTellurionError(error);
      return reply.code(422).send({ code, message });
    }
  });
}

/** A page of any site may make a browser post to this machine; a browser then says whose page it is. */
function isLocalProgram({ ip, headers }: FastifyRequest): boolean {
  return isLoopback(ip.replace(/^::ffff:/, "")) && headers.origin === undefined;
}
