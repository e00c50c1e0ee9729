import { Duplex } from "node:stream";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { roomForMessage } from "../../../src/server/gateway/message-room.ts";
import { SocketLine } from "../../../src/server/gateway/socket-line.ts";
import { framedBytesMax, websocketFrame } from "../../../src/server/gateway/websocket-frame.ts";

/** What was written, one array for each write; of what goes by way of ws itself, how many bytes. */
let writes: (number[] | string)[];
let readyState: number;
let stream: Duplex;
let takesNothing: boolean;
let line: SocketLine;

beforeEach(() => {
  writes = [];
  readyState = WebSocket.OPEN;
  takesNothing = false;
  stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push([...chunk]);
      if (!takesNothing) done();
    },
  });
  const socket = {
    get readyState() {
      return readyState;
    },
    send: ({ length }: Uint8Array) => writes.push(`${length} bytes`),
    close: (code: number) => writes.push(`closed ${code}`),
    terminate: () => writes.push("terminated"),
  };
  line = new SocketLine(socket as unknown as WebSocket, stream, true);
});

const message = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const turn = (): Promise<void> => Promise.resolve();

test("two messages of one turn go in one write, each in a frame of its own", () => {
  line.sendWithNext(message(1, 2));
  expect(writes).toEqual([]);
  line.send(message(3));
  expect(writes).toEqual([[0x82, 2, 1, 2, 0x82, 1, 3]]);
});

test("one that nothing follows goes when the turn is over", async () => {
  line.sendWithNext(message(1));
  line.sendWithNext(message(2));
  line.sendWithNext(message(3));
  await turn();
  expect(writes).toEqual([[0x82, 1, 1, 0x82, 1, 2, 0x82, 1, 3]]);
});

test("one that is held goes with the next, however late that comes, or when it is flushed", async () => {
  line.hold(message(1));
  await turn();
  expect(writes).toEqual([]);
  line.sendWithNext(message(2));
  line.send(message(3));
  expect(writes).toEqual([[0x82, 1, 1, 0x82, 1, 2, 0x82, 1, 3]]);
  line.hold(message(4));
  line.flush();
  line.flush();
  await turn();
  expect(writes.slice(1)).toEqual([[0x82, 1, 4]]);
});

test("what waits counts as what the network has not taken", async () => {
  line.sendWithNext(message(1));
  expect(line.bufferedBytes).toBe(3);
  await turn();
  expect(line.bufferedBytes).toBe(0);
});

test("nothing overtakes what waits: neither a long message nor the end", async () => {
  line.sendWithNext(message(1));
  line.send(new Uint8Array(framedBytesMax + 1));
  line.sendWithNext(message(2));
  line.sendWithNext(new Uint8Array(framedBytesMax + 1));
  line.sendWithNext(message(3));
  line.close(4408, "CLIENT_TOO_SLOW");
  await turn();
  const long = `${framedBytesMax + 1} bytes`;
  expect(writes).toEqual([[0x82, 1, 1], long, [0x82, 1, 2], long, [0x82, 1, 3], "closed 4408"]);
});

test("nothing is written to a socket that closes", async () => {
  line.sendWithNext(message(1));
  readyState = WebSocket.CLOSING;
  line.sendWithNext(message(2));
  line.send(message(3));
  await turn();
  expect(writes).toEqual([]);
});

test("what the network does not take keeps no memory that it shares with others", () => {
  takesNothing = true;
  const shared = new Uint8Array(1_000);
  line.send(shared.subarray(0, 1));
  const written = vi.spyOn(stream, "write");
  line.send(shared.subarray(1, 3));
  const chunk: unknown = written.mock.calls[0]?.[0];
  expect((chunk as Buffer).buffer.byteLength).toBe(4);
});

test("no more waits than is worth copying", () => {
  line.hold(new Uint8Array(framedBytesMax - 10));
  line.hold(message(1));
  expect(writes).toEqual([]);
  line.hold(new Uint8Array(10));
  expect(writes).toHaveLength(1);
  expect(line.bufferedBytes).toBe(0);
});

test("what the network takes at once gives its memory back", () => {
  const update = () => roomForMessage(500);
  const { buffer } = update();
  for (let i = 0; i < 2_000; i += 1) {
    line.hold(message(1));
    line.send(update());
  }
  expect(update().buffer === buffer).toBe(true);
});

test("whenever the network takes bytes, they are those that were sent", async () => {
  const step = fc.oneof(
    fc.record({ bytes: fc.integer({ min: 1, max: 9_000 }), how: fc.constantFrom("send", "hold") }),
    fc.record({ how: fc.constantFrom("flush" as const, "take" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 80 }), (isFast, steps) => {
      const taken: Buffer[] = [];
      let take = () => {};
      const network = new Duplex({
        read() {},
        write(chunk: Buffer, _encoding, done) {
          take = () => {
            taken.push(Buffer.from(chunk));
            take = () => {};
            done();
          };
          if (isFast) take();
        },
      });
      const socket = { readyState: WebSocket.OPEN } as WebSocket;
      const lines = new SocketLine(socket, network, true);
      const sent: Buffer[] = [];
      for (const [i, { how, ...rest }] of steps.entries()) {
        if (how === "flush") lines.flush();
        else if (how === "take") take();
        else {
          const message = roomForMessage("bytes" in rest ? rest.bytes : 0).fill(i);
          sent.push(Buffer.from(websocketFrame(Uint8Array.from(message), true)));
          lines[how](message);
        }
      }
      lines.flush();
      for (let i = 0; i < steps.length; i += 1) take();
      expect(Buffer.compare(Buffer.concat(taken), Buffer.concat(sent))).toBe(0);
      return Promise.resolve();
    }),
    { numRuns: 300 },
  );
});

test("a line that breaks as the turn ends is ended, and the others get what waits for them", async () => {
  const other = new SocketLine(
    { readyState: WebSocket.OPEN } as WebSocket,
    new Duplex({
      write: (chunk: Buffer, _encoding, done) => {
        writes.push(["other", ...chunk].join());
        done();
      },
    }),
    true,
  );
  vi.spyOn(stream, "write").mockImplementation(() => {
    throw new Error("the line is broken");
  });
  line.sendWithNext(message(1));
  other.sendWithNext(message(2));
  await turn();
  expect(writes).toEqual(["terminated", "other,130,1,2"]);
});
