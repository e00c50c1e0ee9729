import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { Line } from "./connection.ts";
import { joined, leaveRoom } from "./message-room.ts";
import { framedBytesMax, websocketFrame } from "./websocket-frame.ts";

const { OPEN: open } = WebSocket;

/** Those with a message that waits for the one behind it, until the engine's present turn is over. */
const waiting: SocketLine[] = [];

/**
 * The line of a WebSocket. What is sent to one client in one turn of the event loop goes in as few writes to the system
 * as can be: they are what a message costs most.
 *
 * A class, for the engine to know each of a thousand by its kind: they are asked more than anything else.
 */
export class SocketLine implements Line {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #isBinary: boolean;
  /** Whole WebSocket frames that are still to be written. */
  #waits: Buffer | undefined;

  constructor(socket: WebSocket, stream: Duplex, isBinary: boolean) {
    this.#socket = socket;
    this.#stream = stream;
    this.#isBinary = isBinary;
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength + (this.#waits?.length ?? 0);
  }

  send(data: Uint8Array): void {
    if (this.#socket.readyState !== open) return;
    const isBinary = this.#isBinary;
    if (data.length > framedBytesMax) {
      this.flush();
      this.#socket.send(data, { binary: isBinary });
      return;
    }
    const frame = websocketFrame(data, isBinary);
    const before = this.#waits;
    this.#waits = undefined;
    if (before) {
      this.#write(joined(before, frame));
      leaveRoom(frame);
    } else {
      this.#write(frame);
    }
  }

  sendWithNext(data: Uint8Array): void {
    this.hold(data);
    if (this.#waits && waiting.push(this) === 1) queueMicrotask(flushAll);
  }

  hold(data: Uint8Array): void {
    const bytes = data.length + (this.#waits?.length ?? 0);
    if (bytes > framedBytesMax) this.send(data);
    else if (this.#socket.readyState === open) {
      const frame = websocketFrame(data, this.#isBinary);
      this.#waits = this.#waits ? joined(this.#waits, frame) : frame;
    }
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#socket.close(code, reason);
  }

  /** Ends the connection without a word. */
  end(): void {
    this.#socket.terminate();
  }

  /** Writes what waits. */
  flush(): void {
    const frame = this.#waits;
    this.#waits = undefined;
    if (frame && this.#socket.readyState === open) this.#write(frame);
  }

  #write(bytes: Buffer): void {
    const stream = this.#stream;
    const hasToWait = stream.writableLength > 0;
    // What waits would keep all memory that it shares with others: it gets its own.
    stream.write(hasToWait ? alone(bytes) : bytes);
    if (hasToWait || stream.writableLength === 0) leaveRoom(bytes);
  }
}

/** What goes wrong with one line ends that line, and nobody else's. */
function flushAll(): void {
  for (const line of waiting.splice(0)) {
    try {
      line.flush();
    } catch {
      line.end();
    }
  }
}

function alone(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
