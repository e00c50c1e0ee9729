import type { World } from "../runtime/host.ts";
import { subprotocols } from "./gateway/subprotocol.ts";

/** What is served, for whoever opens the server's address in a browser. */
export function indexPage(world: World): string {
  const names = subprotocols.map((subprotocol) => subprotocol.name).join(" or ");
  const methods = world.catalogue.methods.map(
    ({ name, isQuery }) => `  ${isQuery ? "GET, POST" : "POST     "}  /${name}`,
  );
  return [
    `Tellurion: the world ${world.name}`,
    "",
    `WebSocket   /         subprotocol ${names}`,
    "GET         /healthz  is the world well?",
    "GET         /metrics  for Prometheus",
    "",
    "Calls, with Connect (JSON or binary) or gRPC-Web:",
    ...methods,
    "",
  ].join("\n");
}
