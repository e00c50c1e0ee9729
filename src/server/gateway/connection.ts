import type { Ack, Call, ClientMessage, Hello, Ping } from "../../gen/tellurion/v1/client_pb.ts";
import type { World } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import type { Authenticator } from "../access/authenticator.ts";
import { atExpiry } from "../access/expiry.ts";
import type { GuardedCalls } from "../access/guarded-calls.ts";
import { type Identity, nobody } from "../access/identity.ts";
import { asTellurionError } from "../calls.ts";
import type { Limits } from "../limits.ts";
import type { Backlog } from "./backlog.ts";
import { ClientCalls } from "./client-calls.ts";
import { type CloseReason, closeCodes } from "./close-codes.ts";
import type { Guest } from "./door.ts";
import { Lanes } from "./lanes.ts";
import { Outgoing } from "./outgoing.ts";
import type { OutgoingFrame } from "./outgoing-frame.ts";
import type { Session } from "./session.ts";
import type { ServerMessageInit, Subprotocol } from "./subprotocol.ts";
import { withoutTopics, withSubscriptions } from "./subscriptions.ts";
import type { Look } from "./surroundings.ts";
import { TokenBucket } from "./token-bucket.ts";
import { mayLook, type Topics } from "./topics.ts";

/** The line to one client. */
export interface Line {
  /** Bytes that have been handed over and not yet taken by the network. */
  readonly bufferedBytes: number;
  send(data: Uint8Array): void;
  /** Sends it together with what is sent next, and by itself when nothing is before all that happens now is done. */
  sendWithNext(data: Uint8Array): void;
  /** Sends it together with what is sent next, or when it is flushed. */
  hold(data: Uint8Array): void;
  flush(): void;
  close(code: number, reason: string): void;
}

/** What a connection needs of the gateway that it belongs to. */
export interface ConnectionHost {
  readonly world: World;
  readonly limits: Limits;
  readonly topics: Topics;
  readonly authenticator: Authenticator;
  readonly calls: GuardedCalls;
  /** The last frame that clients have been shown. */
  readonly shownThrough: number;
  /** It is known who the client is: lets it in, at once or in its turn. */
  knock(guest: Connection, identity: Identity): void;
  /** It is the client's turn. Gives it a session. */
  welcome(connection: Connection, hello: Hello, identity: Identity): void;
  subscribed(session: Session): void;
  /** The client looks somewhere else. Throws INVALID_ARGUMENT. */
  look(connection: Connection, session: Session, area: Look): void;
  acked(session: Session, ack: Ack): void;
  /** The connection holds an answer back for the next update of its client's area. It is flushed before long. */
  holds(connection: Connection): void;
  /** The client has its last resume token. */
  confirmed(session: Session): void;
  closed(connection: Connection, reason: CloseReason, detail: string): void;
}

/** One client's connection: what it says, and what is on its way to it. */
export class Connection implements Guest {
  readonly subprotocol: Subprotocol;
  readonly lanes: Lanes;
  readonly #host: ConnectionHost;
  readonly #line: Line;
  readonly #outgoing: Outgoing;
  /** The token of the upgrade's header. */
  readonly #bearer: string | undefined;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #helloTimer: NodeJS.Timeout;
  #cancelExpiry = () => {};
  #calls: ClientCalls | undefined;
  #open = true;
  #saidHello = false;
  #session: Session | undefined;
  #identity: Identity = nobody;
  /** Lets the client in, once it is its turn. */
  #admit: () => void = () => {};

  constructor(host: ConnectionHost, line: Line, subprotocol: Subprotocol, bearer?: string) {
    const { limits } = host;
    this.subprotocol = subprotocol;
    this.lanes = new Lanes(subprotocol, {
      control: limits.controlLaneBytesMax,
      reliable: limits.reliableLaneBytesMax,
      latest: limits.latestLaneBytesMax,
      cosmetic: limits.cosmeticLaneBytesMax,
    });
    this.#host = host;
    this.#line = line;
    this.#outgoing = new Outgoing(this, line, limits);
    this.#bearer = bearer;
    const { messagesPerSecondMax, messagesBurstMax, bytesPerSecondMax } = limits;
    const bytesAtOnce = Math.max(limits.bytesBurstMax, limits.frameBytesMax);
    const nowMs = performance.now();
    this.#messages = new TokenBucket(messagesPerSecondMax, messagesBurstMax, nowMs);
    this.#bytes = new TokenBucket(bytesPerSecondMax, bytesAtOnce, nowMs);
    this.#helloTimer = setTimeout(() => {
      this.refuse("CLIENT_HELLO_EXPECTED", `no hello within ${limits.helloTimeoutMs} ms`);
    }, limits.helloTimeoutMs);
    this.#helloTimer.unref();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get resyncs(): number {
    return this.#outgoing.resyncs;
  }

  /** Undefined before the welcome. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Takes one message from the client. Whatever it holds, nothing is thrown. */
  receive(data: Uint8Array, isBinary: boolean): void {
    if (!this.allow(data.length)) return;
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
      this.#refuseFor(caught, request);
    }
  }

  /** Counts one more message of so many bytes. False, and the end of the connection, when there are too many. */
  allow(bytes: number): boolean {
    if (!this.#open) return false;
    const nowMs = performance.now();
    const { messagesPerSecondMax, bytesPerSecondMax } = this.#host.limits;
    let most = `${messagesPerSecondMax} messages`;
    if (this.#messages.take(nowMs)) {
      if (this.#bytes.take(nowMs, bytes)) return true;
      most = `${bytesPerSecondMax} bytes`;
    }
    this.refuse("CLIENT_TOO_MANY_MESSAGES", `more than ${most} a second`);
    return false;
  }

  /** Sends what a frame holds for this client, or puts it into the lanes. True when it went at once. */
  deliver(frame: OutgoingFrame): boolean {
    return this.#outgoing.deliver(frame);
  }

  /** Nothing waits: what is sent now goes at once. */
  get isInStep(): boolean {
    return this.#outgoing.isInStep;
  }

  /** Sends a message that is the client's alone, and only good now. To be asked for `isInStep` before. */
  sendNow(message: Uint8Array): void {
    if (this.#open) this.#line.send(message);
  }

  /** Sends what the client missed while it was away, as fast as its line takes it. */
  repeat(backlog: Backlog): void {
    this.#outgoing.repeat(backlog);
  }

  /** What the client knows of these frames did not last. */
  rewound(from: number, to: number): void {
    this.#outgoing.rewindTo(from - 1);
    const frames = { fromFrame: BigInt(from), toFrame: BigInt(to) };
    const rewinds = this.#session?.rewinds ?? 0;
    this.send({ case: "gap", value: { ...frames, rewound: true, rewinds } });
  }

  /** Begins the session: from here on the client gets what it is subscribed to. */
  begin(session: Session, identity: Identity): void {
    const { limits, calls, topics } = this.#host;
    this.#session = session;
    this.#identity = identity;
    // A token may allow less than the one that the session began with.
    Object.assign(
      session,
      withoutTopics(session, topics.closedTo(identity, session.topics.keys())),
    );
    if (!mayLook(identity)) session.area = undefined;
    this.#calls = new ClientCalls(calls, this.#host.world, identity, limits, {
      jsonByDefault: !this.subprotocol.isBinary,
      via: `websocket:${session.id}`,
    });
    session.connection = this;
    this.#cancelExpiry = atExpiry(identity.expiresMs, () => {
      this.refuse("TOKEN_EXPIRED", "the token's time is over; come back with a new one");
    });
  }

  tellAhead(ahead: number): void {
    this.send({ case: "waiting", value: { ahead } });
  }

  admit(): void {
    const admit = this.#admit;
    // It holds the hello, which may be large.
    this.#admit = () => {};
    if (this.#open) this.#contain(admit);
  }

  /** Sends a message that may not be left out. */
  send(body: NonNullable<ServerMessageInit["body"]>): void {
    if (!this.#open) return;
    this.#outgoing.sendControl(this.subprotocol.encode({ body }));
  }

  /** The line has room again. */
  drained(): void {
    this.#outgoing.drained();
  }

  /** Sends what is held back. */
  flush(): void {
    if (!this.#open) return;
    this.#contain(() => {
      this.#line.flush();
      this.drained();
    });
  }

  /** Ends the connection for a reason: tells the client why, then closes its line. */
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
    this.#cancelExpiry();
    this.lanes.dropEvents();
  }

  /** Answers a client that looks elsewhere, as clients do all the time: with the first update of what is there. */
  #sendWithUpdate(body: NonNullable<ServerMessageInit["body"]>): void {
    if (this.isInStep) {
      this.#line.hold(this.subprotocol.encode({ body }));
      this.#host.holds(this);
    } else {
      this.send(body);
    }
  }

  /** What goes wrong with one client ends that client, and nobody else. */
  #contain(work: () => void): void {
    try {
      work();
    } catch (caught) {
      this.#refuseFor(caught, 0);
    }
  }

  #refuseFor(caught: unknown, request: number): void {
    const { code, message } = asTellurionError(caught);
    try {
      if (code in closeCodes) this.refuse(code as CloseReason, message);
      else this.send({ case: "problem", value: { code, message, request } });
    } catch {
      // Not even the problem can be told.
      this.#line.close(closeCodes.INTERNAL_ERROR, "INTERNAL_ERROR");
      this.ended("INTERNAL_ERROR", message);
    }
  }

  #handle(body: ClientMessage["body"]): void {
    if (body.case === "hello") {
      this.#hello(body.value);
      return;
    }
    if (!this.#saidHello) {
      throw new TellurionError(
        "CLIENT_HELLO_EXPECTED",
        `the first message must be hello; it is ${body.case ?? "empty"}`,
      );
    }
    if (body.case === "ping") {
      this.#pong(body.value);
      return;
    }
    const session = this.#session;
    if (!session) {
      throw new TellurionError("FAILED_PRECONDITION", "before the welcome, valid is ping");
    }
    if (session.confirmToken()) this.#host.confirmed(session);
    this.#handleInSession(session, body);
  }

  #handleInSession(session: Session, body: ClientMessage["body"]): void {
    const { topics: known, limits, shownThrough } = this.#host;
    switch (body.case) {
      case "subscribe": {
        const { request, topics, rates, area } = body.value;
        const subscriber = { identity: this.#identity, since: shownThrough };
        const next = withSubscriptions(session, body.value, known, limits, subscriber);
        if (area) this.#host.look(this, session, area);
        if (topics.length + rates.length > 0) {
          Object.assign(session, next);
          this.#host.subscribed(session);
        }
        const now = {
          topics: [...session.topics.keys()],
          ...(session.area && { area: session.area }),
        };
        const answer = { case: "subscribed" as const, value: { request, ...now } };
        const onlyLooks = topics.length + rates.length === 0 && area !== undefined;
        if (onlyLooks && area.radius > 0) this.#sendWithUpdate(answer);
        else this.send(answer);
        break;
      }
      case "unsubscribe": {
        const { request, topics } = body.value;
        Object.assign(session, withoutTopics(session, topics));
        this.#host.subscribed(session);
        this.send({ case: "unsubscribed", value: { request, topics: [...session.topics.keys()] } });
        break;
      }
      case "call":
        void this.#call(body.value);
        break;
      case "ack":
        this.#host.acked(session, body.value);
        break;
      default:
        throw new TellurionError(
          "UNIMPLEMENTED",
          "the message has no body that this server knows; " +
            "valid are hello, subscribe, unsubscribe, call, ping and ack",
        );
    }
  }

  #hello(hello: Hello): void {
    if (this.#saidHello) {
      throw new TellurionError("FAILED_PRECONDITION", "hello can be the first message only");
    }
    this.#saidHello = true;
    clearTimeout(this.#helloTimer);
    const identity = this.#host.authenticator.identify(hello.token || this.#bearer);
    if (!(identity instanceof Promise)) {
      this.#knock(hello, identity);
      return;
    }
    identity.then(
      (known) => this.#contain(() => this.#knock(hello, known)),
      (error: unknown) => this.#refuseFor(error, 0),
    );
  }

  #knock(hello: Hello, identity: Identity): void {
    if (!this.#open) return;
    this.#admit = () => this.#host.welcome(this, hello, identity);
    this.#host.knock(this, identity);
  }

  #pong({ request, clientTimeMs }: Ping): void {
    const { frame, tickHz } = this.#host.world;
    const worldTimeMs = (frame * 1_000) / tickHz;
    const value = { request, clientTimeMs, frame: BigInt(frame), worldTimeMs };
    this.send({ case: "pong", value });
  }

  async #call(call: Call): Promise<void> {
    const value = await this.#calls?.answer(call);
    if (value) this.#contain(() => this.send({ case: "callResult", value }));
  }
}
