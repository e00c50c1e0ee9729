import { fork } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { BareReaderOrder } from "./bare-reader.ts";
import { hz } from "./crowd.ts";

/** What the program is asked for. */
export interface BareRequest {
  readonly clients: number;
  /** Of a message. */
  readonly bytes: number;
  readonly ticks: number;
  readonly warmTicks: number;
}

/** A server that does nothing in a tick but write a message to each client. Answers what a tick costs it, in ms. */
process.once("message", async ({ clients, bytes, ticks, warmTicks }: BareRequest) => {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const reader = fork(fileURLToPath(new URL("./bare-reader.ts", import.meta.url)));
  reader.once("exit", () => process.exit(1));
  const { port } = server.address() as AddressInfo;
  reader.send({ port, clients } satisfies BareReaderOrder);
  await once(reader, "message");
  let before = process.cpuUsage();
  let count = 0;
  setInterval(() => {
    if (count === warmTicks) before = process.cpuUsage();
    if (count === warmTicks + ticks) {
      const { user, system } = process.cpuUsage(before);
      process.send?.((user + system) / 1_000 / ticks, () => {
        reader.removeAllListeners("exit").kill();
        process.exit();
      });
      return;
    }
    count += 1;
    for (const socket of sockets) socket.write(Buffer.allocUnsafe(bytes));
  }, 1_000 / hz);
});
