import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { check } from "../table.ts";
import type { Peer, Size } from "./messages.ts";

const servers: Record<Peer, URL> = {
  tellurion: new URL("./tellurion-server.ts", import.meta.url),
  colyseus: new URL("../peers/colyseus-server.mjs", import.meta.url),
};
const clientsModule = new URL("./clients.ts", import.meta.url);
/** For a thousand clients to join on a busy machine. */
const waitMsMax = 60_000;

/** A server and its clients, each in a process. */
export interface Processes {
  readonly server: ChildProcess;
  readonly clients: ChildProcess;
  end(): void;
}

export function startProcesses(peer: Peer, size: Size): Processes {
  const server = fork(fileURLToPath(servers[peer]), [JSON.stringify(size)], { execArgv: [] });
  const clients = fork(fileURLToPath(clientsModule), { execArgv: [] });
  return {
    server,
    clients,
    end() {
      for (const child of [server, clients]) child.kill();
    },
  };
}

/** Waits for what a child says next, which must be `what`. */
export async function answer<Said extends { readonly what: string }, What extends Said["what"]>(
  child: ChildProcess,
  what: What,
): Promise<Extract<Said, { readonly what: What }>> {
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`a process ended with ${code} before it said ${what}`);
  });
  exited.catch(() => {});
  const signal = AbortSignal.timeout(waitMsMax);
  const [said] = (await Promise.race([once(child, "message", { signal }), exited])) as [Said];
  check(said.what === what, `a process said ${said.what}, not ${what}`);
  return said as Extract<Said, { readonly what: What }>;
}
