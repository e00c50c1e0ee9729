import type {
  Call,
  ClientMessage,
  Hello,
  Ping,
  Subscribe,
  Unsubscribe,
} from "../../gen/tellurion/v1/client_pb.ts";
import type { World } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { asTellurionError } from "../calls.ts";
import type { Limits } from "../limits.ts";
import { ClientCalls } from "./client-calls.ts";
import { type CloseReason, closeCodes } from "./close-codes.ts";
import type { ServerMessageInit, Subprotocol } from "./subprotocol.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Topics } from "./topics.ts";

const clientNameLengthMax = 120;

/** The connection to one client. */
export interface Line {
  /** Bytes that have been handed over and not yet taken by the network. */
  readonly bufferedBytes: number;
  send(data: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** What a session needs of the gateway that it belongs to. */
export interface SessionHost {
  readonly world: World;
  readonly limits: Limits;
  readonly topics: Topics;
  readonly schemaHash: string;
  subscribed(session: Session, topics: ReadonlySet<string>): void;
  joined(session: Session, client: string): void;
  closed(session: Session, reason: CloseReason, detail: string): void;
}

/** One client: what it may do, what it is subscribed to, what is on its way to it. */
export class Session {
  readonly id: string;
  readonly subprotocol: Subprotocol;
  readonly #host: SessionHost;
  readonly #line: Line;
  readonly #bucket: TokenBucket;
  readonly #calls: ClientCalls;
  readonly #helloTimer: NodeJS.Timeout;
  #topics: ReadonlySet<string> = new Set();
  #welcomed = false;
  #open = true;
  /** Frames whose events did not reach the client, which has not been told yet. */
  #gap: { from: number; to: number } | undefined;

  constructor(id: string, host: SessionHost, line: Line, subprotocol: Subprotocol) {
    const { limits } = host;
    this.id = id;
    this.subprotocol = subprotocol;
    this.#host = host;
    this.#line = line;
    this.#bucket = new TokenBucket(
      limits.messagesPerSecondMax,
      limits.messagesBurstMax,
      performance.now(),
    );
    this.#calls = new ClientCalls(host.world, limits, !subprotocol.isBinary);
    this.#helloTimer = setTimeout(() => {
      this.refuse("CLIENT_HELLO_EXPECTED", `no hello within ${limits.helloTimeoutMs} ms`);
    }, limits.helloTimeoutMs);
    this.#helloTimer.unref();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Takes one message from the client. Whatever it holds, nothing is thrown. */
  receive(data: Uint8Array, isBinary: boolean): void {
    if (!this.allow()) return;
    let request = 0;
    try {
      if (isBinary !== this.subprotocol.isBinary) {
        throw new TellurionError(
          "CLIENT_MALFORMED_FRAME",
          `${this.subprotocol.name} takes ${isBinary ? "text" : "binary"} messages only`,
        );
      }
      const { body } = this.subprotocol.decode(data);
      if (body.value && "request" in body.value) request = body.value.request;
      this.#handle(body);
    } catch (caught) {
      const { code, message } = asTellurionError(caught);
      if (code in closeCodes) this.refuse(code as CloseReason, message);
      else this.#send({ case: "problem", value: { code, message, request } });
    }
  }

  /** Counts one more message. False, and the end of the session, when there are too many. */
  allow(): boolean {
    if (!this.#open) return false;
    if (this.#bucket.take(performance.now())) return true;
    const { messagesPerSecondMax } = this.#host.limits;
    this.refuse("CLIENT_TOO_MANY_MESSAGES", `more than ${messagesPerSecondMax} messages a second`);
    return false;
  }

  /**
   * Sends what a frame holds for this client; false when it was left out. A client whose line is
   * full gets frames with reliable events only, and hears of the others by a gap.
   */
  deliver(frame: number, message: Uint8Array, reliable: boolean): boolean {
    if (!this.#open) return false;
    if (!reliable && this.#isSlow) {
      this.missed(frame);
      return false;
    }
    this.#tellGap();
    return this.#transmit(message);
  }

  /** Notes that events of a frame did not reach the client. */
  missed(frame: number): void {
    this.#gap = { from: this.#gap?.from ?? frame, to: frame };
  }

  /** Tells that what the client knows of these frames did not last. */
  tellRewind(from: number, to: number): void {
    if (!this.#welcomed) return;
    this.#gap = undefined;
    this.#send({ case: "gap", value: { fromFrame: BigInt(from), toFrame: BigInt(to) } });
  }

  /** Tells how fast world time runs. */
  tellTimeDilation(): void {
    if (!this.#welcomed) return;
    this.#send({ case: "timeDilation", value: { factor: this.#host.world.timeDilation } });
  }

  /** The line has room again. */
  drained(): void {
    if (!this.#isSlow) this.#tellGap();
  }

  /** Ends the session for a reason: tells the client why, then closes its line. */
  refuse(reason: CloseReason, detail: string): void {
    if (!this.#open) return;
    if (reason !== "CLIENT_TOO_SLOW") {
      const problem = { code: reason, message: detail };
      this.#line.send(this.subprotocol.encode({ body: { case: "problem", value: problem } }));
    }
    this.#line.close(closeCodes[reason], reason);
    this.ended(reason, detail);
  }

  /** The line has been closed for a reason. */
  ended(reason: CloseReason, detail: string): void {
    if (!this.#open) return;
    this.left();
    this.#host.closed(this, reason, detail);
  }

  /** The line is gone, or about to go: nothing is sent or taken any more. */
  left(): void {
    this.#open = false;
    clearTimeout(this.#helloTimer);
  }

  get #isSlow(): boolean {
    return this.#line.bufferedBytes > this.#host.limits.bufferedBytesSoft;
  }

  #tellGap(): void {
    if (!this.#gap) return;
    const { from, to } = this.#gap;
    this.#gap = undefined;
    this.#send({ case: "gap", value: { fromFrame: BigInt(from), toFrame: BigInt(to) } });
  }

  #handle(body: ClientMessage["body"]): void {
    if (!this.#welcomed && body.case !== "hello") {
      throw new TellurionError(
        "CLIENT_HELLO_EXPECTED",
        `the first message must be hello; it is ${body.case ?? "empty"}`,
      );
    }
    switch (body.case) {
      case "hello":
        this.#welcome(body.value);
        break;
      case "subscribe":
        this.#subscribe(body.value);
        break;
      case "unsubscribe":
        this.#unsubscribe(body.value);
        break;
      case "call":
        void this.#call(body.value);
        break;
      case "ping":
        this.#pong(body.value);
        break;
      default:
        throw new TellurionError(
          "UNIMPLEMENTED",
          "the message has no body that this server knows; " +
            "valid are hello, subscribe, unsubscribe, call and ping",
        );
    }
  }

  #welcome({ client }: Hello): void {
    if (this.#welcomed) {
      throw new TellurionError("FAILED_PRECONDITION", "hello can be the first message only");
    }
    this.#welcomed = true;
    clearTimeout(this.#helloTimer);
    const { world, topics, schemaHash } = this.#host;
    this.#send({
      case: "welcome",
      value: {
        session: this.id,
        world: world.name,
        frame: BigInt(world.frame),
        tickHz: world.tickHz,
        schemaHash,
        topics: [...topics.names],
      },
    });
    if (world.timeDilation !== 1) this.tellTimeDilation();
    this.#host.joined(this, client.slice(0, clientNameLengthMax));
  }

  #pong({ request, clientTimeMs }: Ping): void {
    const { frame, tickHz } = this.#host.world;
    const worldTimeMs = (frame * 1_000) / tickHz;
    const value = { request, clientTimeMs, frame: BigInt(frame), worldTimeMs };
    this.#send({ case: "pong", value });
  }

  #subscribe({ request, topics }: Subscribe): void {
    for (const topic of topics) this.#host.topics.check(topic);
    const next = new Set([...this.#topics, ...topics]);
    const { subscriptionsMax } = this.#host.limits;
    if (next.size > subscriptionsMax) {
      throw new TellurionError(
        "RESOURCE_EXHAUSTED",
        `topics=${next.size} are too many; a client may have ${subscriptionsMax}`,
      );
    }
    this.#changeTopics(next);
    this.#send({ case: "subscribed", value: { request, topics: [...next] } });
  }

  #unsubscribe({ request, topics }: Unsubscribe): void {
    const gone = new Set(topics);
    this.#changeTopics(new Set([...this.#topics].filter((topic) => !gone.has(topic))));
    this.#send({ case: "unsubscribed", value: { request, topics: [...this.#topics] } });
  }

  #changeTopics(topics: ReadonlySet<string>): void {
    this.#topics = topics;
    this.#host.subscribed(this, topics);
  }

  async #call(call: Call): Promise<void> {
    this.#send({ case: "callResult", value: await this.#calls.answer(call) });
  }

  #send(body: NonNullable<ServerMessageInit["body"]>): void {
    if (this.#open) this.#transmit(this.subprotocol.encode({ body }));
  }

  /**
   * Hands a message to the line, or ends the session when too much waits there already. A large
   * message alone is no sign of a slow client.
   */
  #transmit(message: Uint8Array): boolean {
    const { bufferedBytesMax } = this.#host.limits;
    if (this.#line.bufferedBytes > bufferedBytesMax) {
      this.refuse("CLIENT_TOO_SLOW", `more than ${bufferedBytesMax} bytes wait to be taken`);
      return false;
    }
    this.#line.send(message);
    return true;
  }
}
