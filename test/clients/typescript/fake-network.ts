import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Environment, SocketLike } from "../../../clients/typescript/src/environment.ts";
import {
  type ClientMessage,
  ClientMessageSchema,
  ServerMessageSchema,
  type WorldEventSchema,
} from "../../../src/gen/tellurion/v1/client_pb.ts";

type ServerBody = NonNullable<MessageInitShape<typeof ServerMessageSchema>["body"]>;
type Sent<Case> = Extract<ClientMessage["body"], { case: Case }>["value"];

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** One connection as the server's end sees it. */
export class FakeSocket implements SocketLike {
  binaryType = "";
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly url: string;
  readonly subprotocol: string;
  readonly received: ClientMessage["body"][] = [];
  closedWith: { code: number | undefined; reason: string | undefined } | undefined;
  /** Called for each message of the client. */
  answer: (body: ClientMessage["body"]) => void = () => {};

  constructor(url: string, subprotocol: string) {
    this.url = url;
    this.subprotocol = subprotocol;
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    const { body } = fromBinary(ClientMessageSchema, data);
    this.received.push(body);
    this.answer(body);
  }

  close(code?: number, reason?: string): void {
    this.closedWith = { code, reason };
  }

  /** The messages of a kind that the client has sent. */
  sent<Case extends ClientMessage["body"]["case"] & string>(kind: Case): Sent<Case>[] {
    return this.received.flatMap((body) => (body.case === kind ? [body.value as Sent<Case>] : []));
  }

  open(): void {
    this.onopen?.({} as never);
  }

  tell(body: ServerBody): void {
    const bytes = toBinary(ServerMessageSchema, create(ServerMessageSchema, { body }));
    this.tellBytes(bytes);
  }

  tellBytes(bytes: Uint8Array): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer } as never);
  }

  frame(
    frame: number,
    events: MessageInitShape<typeof WorldEventSchema>[],
    isReliable = true,
  ): void {
    const number = BigInt(frame);
    const reliable = isReliable ? number : 0n;
    this.tell({ case: "frame", value: { frame: number, reliable, events } });
  }

  cut(code = 1006, reason = ""): void {
    this.onclose?.({ code, reason } as never);
  }
}

/** Time that passes when a test says so, and sockets whose other end is the test. */
export class FakeNetwork implements Environment {
  readonly sockets: FakeSocket[] = [];
  readonly WebSocket: Environment["WebSocket"];
  nowMs = 5_000;
  randomValue = 0.5;
  #timers: Timer[] = [];
  #order = 0;

  constructor() {
    const { sockets } = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string, subprotocol: string) {
        super(url, subprotocol);
        sockets.push(this);
      }
    };
  }

  readonly now = (): number => this.nowMs;
  readonly random = (): number => this.randomValue;

  readonly after = (ms: number, run: () => void): (() => void) => {
    this.#order += 1;
    const timer = { atMs: this.nowMs + ms, order: this.#order, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  get timers(): number {
    return this.#timers.length;
  }

  /** Lets time pass, and all that was to happen in it. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.#timers
        .filter(({ atMs }) => atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = untilMs;
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("the client has not connected");
    return socket;
  }
}

/** Lets what has been put off in this turn of the event loop happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}
