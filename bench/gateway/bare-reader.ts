import { once } from "node:events";
import { connect } from "node:net";

export interface BareReaderOrder {
  readonly port: number;
  readonly clients: number;
}

/** Connects so many clients, which read whatever they are sent. */
process.once("message", async ({ port, clients }: BareReaderOrder) => {
  for (let i = 0; i < clients; i += 1) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.resume();
  }
  process.send?.("connected");
});
