import { BackOff } from "./back-off.ts";
import type { WorldClock } from "./clock.ts";
import type { Environment, SocketLike } from "./environment.ts";
import { TellurionError } from "./errors.ts";
import {
  type Body,
  type ClientMessage,
  clientMessage,
  type ServerMessage,
  serverMessage,
} from "./messages.ts";
import type { Settings } from "./options.ts";
import { Pulse } from "./pulse.ts";
import { decode, encode } from "./wire.ts";

export type Status = "connecting" | "waiting" | "online" | "offline" | "closed";

/** Who is told what happens to the session. */
export interface SessionListener {
  /** The server knows the client. `isNew`: nothing is left of a session before this one. */
  welcomed(welcome: Body<"welcome">, isNew: boolean): void;
  received(message: ServerMessage): void;
  status(status: Status, detail: StatusDetail): void;
}

export interface StatusDetail {
  /** How many are before the client, when it waits. */
  readonly ahead?: number;
  /** Why it is offline or closed. */
  readonly error?: TellurionError;
}

const subprotocol = "tellurion.v1.proto";
const attemptMsMax = 10_000;
const ackMsMax = 1_000;
/** A world that is so much behind the clock has gone back or stood still, and slowing the clock down would take too long. */
const rewoundMsMin = 10_000;
const normalClosure = 1_000;
/** A connection is given up that the client comes back from: the server keeps the session. */
const givenUp = 4_000;
/**
 * Beside those below 4000, the close codes after which it is worth to come again. 4429 is among them though it is the
 * client's fault and ends its session: a game that was too busy for a moment goes on with a new one, after a pause.
 */
const passingCloseCodes = new Set([4_408, 4_429]);
const serverClosesMin = 4_500;

/**
 * The client's session with the server. It outlives its connections: after a cut it connects again and goes on where it
 * was, and a reliable frame that comes twice is passed on once.
 */
export class Session {
  readonly #settings: Settings;
  readonly #environment: Environment;
  readonly #clock: WorldClock;
  readonly #listener: SessionListener;
  readonly #backOff: BackOff;
  readonly #pulse: Pulse;
  #status: Status = "offline";
  #socket: SocketLike | undefined;
  #problem: Body<"problem"> | undefined;
  #welcome: Body<"welcome"> | undefined;
  #request = 0;
  /** The last reliable frame that came, and how often frames did not last, as the server said. */
  #position = { received: 0, rewinds: 0 };
  /** How many reliable frames came of which the server has not heard. */
  #unacked = 0;
  /** What is to happen next to the connection: another attempt, the end of this one, or, when online, calm. */
  #cancelNext: (() => void) | undefined;
  #cancelAck: (() => void) | undefined;
  bytesReceived = 0;
  bytesSent = 0;

  constructor(
    settings: Settings,
    environment: Environment,
    clock: WorldClock,
    listener: SessionListener,
  ) {
    this.#settings = settings;
    this.#environment = environment;
    this.#clock = clock;
    this.#listener = listener;
    this.#backOff = new BackOff(settings.backOffMsMin, settings.backOffMsMax, environment.random);
    this.#pulse = new Pulse(environment, clock, settings.silenceMsMax, {
      send: (message) => this.send(message),
      silent: () => this.#drop("nothing has come from the server for too long"),
    });
  }

  get status(): Status {
    return this.#status;
  }

  get welcome(): Body<"welcome"> | undefined {
    return this.#welcome;
  }

  /** Connects. Cuts after that are mended until the session is closed. */
  open(): void {
    if (this.#status === "closed") return;
    this.#tell("connecting");
    this.#problem = undefined;
    const socket = this.#newSocket();
    if (!socket) return;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => void this.#hello(socket);
    socket.onmessage = ({ data }: { data: ArrayBuffer }) => this.#take(socket, data);
    socket.onclose = (event: { code: number; reason: string }) => this.#cut(socket, event);
    // Nothing to learn from it: a close follows.
    socket.onerror = () => {};
    this.#socket = socket;
    this.#limitAttempt();
  }

  /** A number for a message that is answered. */
  nextRequest(): number {
    this.#request = (this.#request + 1) % 2 ** 32 || 1;
    return this.#request;
  }

  /** Sends a message, if there is a connection. */
  send(message: ClientMessage): boolean {
    if (this.#status !== "online" || !this.#socket) return false;
    this.#write(this.#socket, message);
    return true;
  }

  /** Ends the session for good. */
  close(error?: TellurionError, reason = ""): void {
    if (this.#status === "closed") return;
    const socket = this.#leave();
    this.#tell("closed", error ? { error } : {});
    socket?.close(normalClosure, reason);
  }

  /** Platforms refuse some addresses, such as those without encryption on a page that has it. */
  #newSocket(): SocketLike | undefined {
    try {
      return new this.#environment.WebSocket(this.#settings.url, subprotocol);
    } catch (error) {
      const text = `url=${this.#settings.url} cannot be connected to: ${error}`;
      this.close(new TellurionError("INVALID_ARGUMENT", text));
      return undefined;
    }
  }

  async #hello(socket: SocketLike): Promise<void> {
    const { token, client, schemaHash } = this.#settings;
    try {
      const given = typeof token === "function" ? await token() : token;
      if (socket !== this.#socket) return;
      const { session, resumeToken } = this.#welcome ?? {};
      const resume = resumeToken ? { session, resumeToken, ...this.#position } : undefined;
      this.#write(socket, { hello: { client, token: given, schemaHash, resume } });
    } catch (error) {
      this.#drop(`the token could not be had: ${error instanceof Error ? error.message : error}`);
    }
  }

  #take(socket: SocketLike, data: ArrayBuffer): void {
    if (socket !== this.#socket) return;
    this.bytesReceived += data.byteLength;
    this.#pulse.heard();
    let message: ServerMessage;
    try {
      message = decode(serverMessage, new Uint8Array(data));
    } catch (error) {
      this.#drop(`the server's message cannot be read: ${error}`);
      return;
    }
    this.#handle(message);
  }

  #handle(message: ServerMessage): void {
    const { welcome, waiting, frame, pong, timeDilation, problem, gap } = message;
    if (welcome) this.#join(welcome);
    else if (waiting) {
      this.#limitAttempt();
      this.#tell("waiting", waiting);
    } else if (pong) this.#pulse.pong(pong);
    else if (frame?.reliable) this.#takeReliable(message, frame.reliable);
    else {
      if (timeDilation) {
        this.#clock.setRate(timeDilation.factor);
        this.#pulse.quicken();
      }
      if (problem) this.#problem = problem;
      if (gap?.rewound) {
        const received = Math.min(this.#position.received, gap.fromFrame - 1);
        this.#position = { received, rewinds: gap.rewinds };
      }
      this.#listener.received(message);
    }
  }

  #takeReliable(message: ServerMessage, position: number): void {
    // What was on its way when the connection broke comes again.
    if (position <= this.#position.received) return;
    this.#position.received = position;
    this.#listener.received(message);
    this.#oweAck();
  }

  #join(welcome: Body<"welcome">): void {
    this.#cancelNext?.();
    // Not at once: a server that welcomes the client and drops it again must not be asked ever so often.
    const steadyMs = this.#settings.backOffMsMax;
    this.#cancelNext = this.#environment.after(steadyMs, () => this.#backOff.reset());
    const isNew = !welcome.resumed;
    if (isNew) this.#position.received = 0;
    this.#position.rewinds = welcome.rewinds;
    // A server whose world is slow says so after the welcome.
    this.#clock.setRate(1);
    const worldMs = (welcome.frame * 1_000) / welcome.tickHz;
    // Otherwise the pongs steer the clock: a welcome is always a little late, and readings are not to go back.
    if (!this.#welcome || this.#clock.now() - worldMs > rewoundMsMin) this.#clock.begin(worldMs);
    this.#unacked = 0;
    this.#welcome = welcome;
    this.#tell("online");
    this.#pulse.start(welcome.tickHz);
    this.#listener.welcomed(welcome, isNew);
  }

  #oweAck(): void {
    this.#unacked += 1;
    const unackedMax = this.#welcome?.unackedMax ?? 0;
    if (unackedMax > 0 && this.#unacked >= unackedMax / 2) this.#ack();
    else this.#cancelAck ??= this.#environment.after(ackMsMax, () => this.#ack());
  }

  #ack(): void {
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    this.#unacked = 0;
    this.send({ ack: this.#position });
  }

  #write(socket: SocketLike, message: ClientMessage): void {
    const bytes = encode(clientMessage, message);
    this.bytesSent += bytes.length;
    socket.send(bytes);
  }

  /** Gives a connection up that is of no use any more. */
  #drop(why: string): void {
    const socket = this.#leave();
    this.#retry(new TellurionError("UNAVAILABLE", why));
    socket?.close(givenUp);
  }

  #cut(socket: SocketLike, { code, reason }: { code: number; reason: string }): void {
    if (socket !== this.#socket) return;
    this.#leave();
    const text = this.#problem?.message || reason || "the connection broke";
    const error = new TellurionError(reason || "UNAVAILABLE", `${text} (close code ${code})`);
    if (this.#isPassing(code, reason)) this.#retry(error);
    else this.#tell("closed", { error });
  }

  /** Whether it is worth to come again after a connection ended so. */
  #isPassing(code: number, reason: string): boolean {
    if (reason === "TOKEN_EXPIRED") return typeof this.#settings.token === "function";
    return code < 4_000 || code >= serverClosesMin || passingCloseCodes.has(code);
  }

  #retry(error: TellurionError): void {
    this.#tell("offline", { error });
    // Whoever was told may have closed the session.
    if (this.#status !== "offline") return;
    this.#cancelNext = this.#environment.after(this.#backOff.next(), () => this.open());
  }

  #limitAttempt(): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#environment.after(attemptMsMax, () =>
      this.#drop(`no welcome within ${attemptMsMax} ms`),
    );
  }

  #leave(): SocketLike | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#pulse.stop();
    this.#cancelNext?.();
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    return socket;
  }

  #tell(status: Status, detail: StatusDetail = {}): void {
    this.#status = status;
    this.#listener.status(status, detail);
  }
}
