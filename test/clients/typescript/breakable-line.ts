import { connect, createServer, type Socket } from "node:net";

/** A line to a server that can be cut, as cables are: without a word. */
export interface BreakableLine {
  readonly webSocketUrl: string;
  cut(): void;
  close(): void;
}

export async function openLine(serverUrl: string): Promise<BreakableLine> {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      // What one end does to the connection, the other sees.
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    webSocketUrl: `ws://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    cut,
    close() {
      server.close();
      cut();
    },
  };
}
