import type { Environment } from "./environment.ts";
import { TellurionError } from "./errors.ts";
import type { Body, ClientMessage } from "./messages.ts";
import type { Settings } from "./options.ts";

export interface RawCall {
  /** `tellurion.v1.WeatherService/SetWeather` */
  readonly method: string;
  readonly message: Uint8Array;
  readonly timeoutMs: number;
  readonly idempotencyKey: string;
  /** Whether it may be sent again when nobody knows what became of it. */
  readonly isRepeatable: boolean;
}

/** What calls need of the session. */
export interface CallLine {
  nextRequest(): number;
  /** False: there is no connection. */
  send(message: ClientMessage): boolean;
}

interface Pending extends RawCall {
  readonly request: number;
  readonly untilMs: number;
  isSent: boolean;
  resolve(answer: Uint8Array): void;
  reject(error: TellurionError): void;
  cancelTimer(): void;
}

const nothing = new Uint8Array();

/** Calls on their way, and those that wait for their turn or for a connection. */
export class Calls {
  readonly #settings: Settings;
  readonly #environment: Environment;
  readonly #line: CallLine;
  /** In the order of the calls. */
  readonly #pending = new Map<number, Pending>();
  #inFlight = 0;

  constructor(settings: Settings, environment: Environment, line: CallLine) {
    this.#settings = settings;
    this.#environment = environment;
    this.#line = line;
  }

  call(call: RawCall): Promise<Uint8Array> {
    const { callsInFlightMax, callsWaitingMax } = this.#settings;
    if (this.#pending.size >= callsInFlightMax + callsWaitingMax) {
      const text = `${this.#pending.size} calls wait already`;
      return Promise.reject(new TellurionError("RESOURCE_EXHAUSTED", text));
    }
    return new Promise((resolve, reject) => {
      const request = this.#line.nextRequest();
      const untilMs = this.#environment.now() + call.timeoutMs;
      const cancelTimer = this.#environment.after(call.timeoutMs, () => {
        const text = `${call.method} got no answer within ${call.timeoutMs} ms`;
        this.#settle(request)?.reject(new TellurionError("DEADLINE_EXCEEDED", text));
      });
      const pending = { ...call, request, untilMs, isSent: false, resolve, reject, cancelTimer };
      this.#pending.set(request, pending);
      this.flush();
    });
  }

  /** Sends what waits, as far as it may. */
  flush(): void {
    for (const pending of this.#pending.values()) {
      if (this.#inFlight >= this.#settings.callsInFlightMax) return;
      if (pending.isSent) continue;
      const timeoutMs = Math.max(1, Math.ceil(pending.untilMs - this.#environment.now()));
      if (!this.#line.send({ call: { ...pending, timeoutMs } })) return;
      pending.isSent = true;
      this.#inFlight += 1;
    }
  }

  answered({ request, message, problem }: Body<"callResult">): void {
    const pending = this.#settle(request);
    if (problem) pending?.reject(new TellurionError(problem.code, problem.message));
    else pending?.resolve(message ?? nothing);
    this.flush();
  }

  /** The server refused a call before it looked into it. */
  refused(request: number, error: TellurionError): boolean {
    const pending = this.#settle(request);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** The connection is gone: what may not be sent twice fails, all else waits for the next one. */
  cut(): void {
    for (const pending of this.#pending.values()) {
      if (!pending.isSent) continue;
      if (pending.isRepeatable) pending.isSent = false;
      else {
        const text = `${pending.method}: the connection broke, and what became of it is not known`;
        this.#settle(pending.request)?.reject(new TellurionError("UNAVAILABLE", text));
      }
    }
    this.#inFlight = 0;
  }

  close(error: TellurionError): void {
    for (const request of this.#pending.keys()) this.#settle(request)?.reject(error);
  }

  #settle(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    if (!pending) return undefined;
    this.#pending.delete(request);
    pending.cancelTimer();
    if (pending.isSent) this.#inFlight -= 1;
    return pending;
  }
}
