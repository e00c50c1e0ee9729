import type { WorldClock } from "./clock.ts";
import type { Environment } from "./environment.ts";
import type { Body, ClientMessage } from "./messages.ts";

/** Pauses between pings: short ones set the clock, long ones keep it. */
const pauseMsMin = 50;
const pauseMsMax = 1_000;
const pauseGrowth = 1.1;
const unansweredMax = 3;

/** What the pulse needs of the session. */
interface PulseLine {
  send(message: ClientMessage): void;
  silent(): void;
}

/** Pings the server as long as a connection lasts: often at first, to set the clock, then now and then. */
export class Pulse {
  readonly #environment: Environment;
  readonly #clock: WorldClock;
  readonly #silenceMsMax: number;
  readonly #line: PulseLine;
  #stepMs = 0;
  #sent = 0;
  #pauseMs = pauseMsMin;
  #unanswered = 0;
  #heardAtMs = 0;
  #cancel: (() => void) | undefined;

  constructor(environment: Environment, clock: WorldClock, silenceMsMax: number, line: PulseLine) {
    this.#environment = environment;
    this.#clock = clock;
    this.#silenceMsMax = silenceMsMax;
    this.#line = line;
  }

  start(tickHz: number): void {
    this.#stepMs = 1_000 / tickHz;
    this.#unanswered = 0;
    this.heard();
    this.quicken();
  }

  /** Sets the clock again, because the world's speed has changed. */
  quicken(): void {
    this.#cancel?.();
    this.#pauseMs = pauseMsMin;
    this.#beat();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  heard(): void {
    this.#heardAtMs = this.#environment.now();
  }

  pong({ clientTimeMs, frame, worldTimeMs }: Body<"pong">): void {
    this.#unanswered = 0;
    // A server that tells the time of its last frame has a time up to a frame later.
    const isWhole = Math.abs(worldTimeMs - frame * this.#stepMs) < 1e-3;
    const agrees = this.#clock.add({
      sentMs: clientTimeMs,
      receivedMs: this.#environment.now(),
      worldMs: worldTimeMs,
      stepMs: isWhole ? this.#stepMs : 0,
    });
    if (!agrees) this.#pauseMs = pauseMsMin;
  }

  #beat(): void {
    const { now, random, after } = this.#environment;
    const isSilent = now() - this.#heardAtMs > this.#silenceMsMax;
    if (isSilent && this.#unanswered >= unansweredMax) {
      this.#line.silent();
      return;
    }
    this.#sent += 1;
    this.#unanswered += 1;
    this.#line.send({ ping: { request: this.#sent, clientTimeMs: now() } });
    // Not evenly, or each ping would meet the world at the same point of a frame.
    this.#cancel = after(this.#pauseMs * (0.75 + random() / 2), () => this.#beat());
    this.#pauseMs = Math.min(pauseMsMax, this.#pauseMs * pauseGrowth);
  }
}
