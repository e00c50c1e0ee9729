import type { IncomingMessage, Server, ServerResponse } from "node:http";

const forbidden = 403;
/** This machine under any of its own names: a name of somebody else's that leads here is that of a page. */
const ownHost = /^(?:(?:[a-z0-9_-]+[.])*localhost|127(?:[.]\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether a page in a browser may have made a request. An emulator asks nobody who they are and takes forms, which a browser
 * sends anywhere for any page, with the page's origin.
 */
function mayBeOfAPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers.origin !== undefined || !ownHost.test(headers.host ?? "");
}

/** Refuses what pages ask of a server, before it hears of it. */
export function refusePages(server: Server): void {
  const listeners = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!mayBeOfAPage(request)) {
      for (const listener of listeners) listener.call(server, request, response);
      return;
    }
    response.writeHead(forbidden, { "content-type": "text/plain", connection: "close" });
    response.end("pages of a browser, and names of other machines, are not served here\n");
  });
}
