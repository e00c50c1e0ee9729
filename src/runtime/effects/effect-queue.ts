import { type ErrorCode, TellurionError } from "../errors.ts";
import type { BranchSource } from "./branch-source.ts";
import { Breaker } from "./breaker.ts";
import type { EffectDefinition } from "./effect.ts";
import type { EffectClock } from "./effect-clock.ts";
import { boundText, codeOf, FinalFailure, textOf } from "./failure.ts";
import { backOffAfter, isFinal, isRefusal } from "./retry.ts";

/** An effect as the core emits it. Whoever issues it does not change the payload afterwards. */
export interface EffectRequest {
  /** `world:frame:actor:number`: a function of the journal, hence the same after a crash. */
  readonly id: string;
  /** Full name of the request's type. */
  readonly type: string;
  readonly payload: Uint8Array;
}

/** What became of an effect: the result's full name and bytes, or why there is none. */
export type EffectOutcome =
  | { readonly ok: true; readonly type: string; readonly payload: Uint8Array }
  | { readonly ok: false; readonly code: ErrorCode; readonly text: string };

/** What the queues of a runner share. */
export interface EffectPorts {
  readonly clock: EffectClock;
  readonly random: () => number;
  readonly resultBytesMax: number;
  readonly onSettled: (id: string, outcome: EffectOutcome) => void;
  readonly branch: () => Promise<BranchSource>;
}

interface PendingEffect {
  readonly request: EffectRequest;
  attempts: number;
  /** Ends what goes on for it at present: an attempt or a pause. */
  interrupt: () => void;
}

const nothing = (): void => {};

/**
 * The effects of one definition, from issue to outcome. They begin in the order in which they were issued, but one that
 * is tried again comes after those that wait by then: no order holds between effects.
 */
export class EffectQueue {
  readonly counts = { running: 0, succeeded: 0, failed: 0, retried: 0 };
  readonly #definition: EffectDefinition;
  readonly #ports: EffectPorts;
  readonly #breaker: Breaker;
  readonly #pending = new Map<string, PendingEffect>();
  /** Those whose turn it is as soon as there is room. The others run, or pause after a failure. */
  readonly #ready: PendingEffect[] = [];
  /** Calls of handlers that have not returned, those that nobody waits for any more included. */
  readonly #handlers = new Set<Promise<unknown>>();
  #cancelWake: (() => void) | undefined;
  #stopped = false;

  constructor(definition: EffectDefinition, ports: EffectPorts) {
    this.#definition = definition;
    this.#ports = ports;
    this.#breaker = new Breaker(definition.limits);
  }

  get size(): number {
    return this.#pending.size;
  }

  get isBroken(): boolean {
    return this.#breaker.state !== "closed";
  }

  has(id: string): boolean {
    return this.#pending.has(id);
  }

  add(request: EffectRequest): void {
    const effect = { request, attempts: 0, interrupt: nothing };
    this.#pending.set(request.id, effect);
    this.#ready.push(effect);
    this.#next();
  }

  /** Aborts all: nothing settles any more. Resolves when the last handler has returned. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake?.();
    for (const effect of this.#pending.values()) effect.interrupt();
    await Promise.allSettled(this.#handlers);
  }

  /** Begins as many attempts as there is room for. */
  #next(): void {
    const nowMs = this.#ports.clock.now();
    while (this.#ready.length > 0 && this.counts.running < this.#definition.limits.concurrencyMax) {
      const pass = this.#breaker.enter(nowMs);
      if (pass === undefined) {
        this.#wakeAfter(this.#breaker.restMs(nowMs));
        return;
      }
      void this.#run(this.#ready.shift() as PendingEffect, pass);
    }
  }

  /** A half-open breaker has nothing to be woken for: the end of its one attempt brings the queue on. */
  #wakeAfter(restMs: number): void {
    if (restMs === 0 || this.#cancelWake) return;
    this.#cancelWake = this.#ports.clock.after(restMs, () => {
      this.#cancelWake = undefined;
      this.#next();
    });
  }

  /** One attempt and what follows from its end. */
  async #run(effect: PendingEffect, pass: number): Promise<void> {
    this.counts.running += 1;
    effect.attempts += 1;
    let payload: Uint8Array | undefined;
    let failure: unknown;
    try {
      payload = await this.#attempt(effect);
    } catch (error) {
      failure = error;
    }
    this.counts.running -= 1;
    effect.interrupt = nothing;
    if (this.#stopped) return;
    if (payload || isRefusal(failure)) this.#breaker.answered(pass);
    else this.#breaker.failed(pass, this.#ports.clock.now());
    if (payload) this.#succeed(effect, payload);
    else this.#fail(effect, failure);
    this.#next();
  }

  async #attempt(effect: PendingEffect): Promise<Uint8Array> {
    const { request, attempts } = effect;
    const { timeoutMs } = this.#definition.limits;
    const abort = new AbortController();
    const aborted = Promise.withResolvers<never>();
    abort.signal.addEventListener("abort", () => aborted.reject(abort.signal.reason));
    const cancel = this.#ports.clock.after(timeoutMs, () => {
      const text = `${request.type} was not done within timeoutMs=${timeoutMs}`;
      abort.abort(new TellurionError("DEADLINE_EXCEEDED", text));
    });
    effect.interrupt = () => {
      abort.abort(
        new TellurionError("WORLD_STOPPED", `${request.type} was not done: the world stops`),
      );
    };
    try {
      const { branch } = this.#ports;
      const call = { id: request.id, attempt: attempts, signal: abort.signal, branch };
      const handler = this.#definition.attempt(request.payload, call);
      this.#track(handler);
      // A handler that does not heed its signal must not hold up the others for ever.
      const payload = await Promise.race([handler, aborted.promise]);
      this.#checkSize(payload);
      return payload;
    } finally {
      cancel();
    }
  }

  #track(handler: Promise<unknown>): void {
    this.#handlers.add(handler);
    const forget = (): void => {
      this.#handlers.delete(handler);
    };
    handler.then(forget, forget);
  }

  #checkSize({ byteLength }: Uint8Array): void {
    const { resultBytesMax } = this.#ports;
    if (byteLength <= resultBytesMax) return;
    throw new FinalFailure(
      "MESSAGE_TOO_LARGE",
      `the result of ${this.#definition.request.typeName} has bytes=${byteLength}; valid are up to resultBytesMax=${resultBytesMax}`,
    );
  }

  #succeed({ request }: PendingEffect, payload: Uint8Array): void {
    this.counts.succeeded += 1;
    this.#settle(request.id, { ok: true, type: this.#definition.result.typeName, payload });
  }

  #fail(effect: PendingEffect, failure: unknown): void {
    const { clock, random } = this.#ports;
    const { limits } = this.#definition;
    const { request, attempts } = effect;
    if (!isFinal(failure, attempts, limits)) {
      this.counts.retried += 1;
      effect.interrupt = clock.after(backOffAfter(attempts, limits, random), () => {
        effect.interrupt = nothing;
        this.#ready.push(effect);
        this.#next();
      });
      return;
    }
    this.counts.failed += 1;
    const text = isRefusal(failure)
      ? textOf(failure)
      : `${request.type} failed in attempts=${attempts}; the last failure: ${textOf(failure)}`;
    this.#settle(request.id, { ok: false, code: codeOf(failure), text: boundText(text) });
  }

  #settle(id: string, outcome: EffectOutcome): void {
    this.#pending.delete(id);
    this.#ports.onSettled(id, outcome);
  }
}
