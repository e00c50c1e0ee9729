import { type ErrorCode, TellurionError } from "../errors.ts";
import type { BranchSource } from "./branch-source.ts";
import type { EffectDefinition } from "./effect.ts";
import { type EffectClock, wallEffectClock } from "./effect-clock.ts";
import { checkLimit } from "./effect-limits.ts";
import { type EffectOutcome, EffectQueue, type EffectRequest } from "./effect-queue.ts";
import { boundText, FinalFailure } from "./failure.ts";

export interface EffectRunnerOptions {
  /** Hears once of each effect what became of it, never from within `issue`, and nothing after `stop`. */
  readonly onSettled: (id: string, outcome: EffectOutcome) => void;
  /** For effects that look into the world. Default: it has nothing to look into. */
  readonly branch?: () => Promise<BranchSource>;
  /** Effects that run or wait. One more fails with RESOURCE_EXHAUSTED. */
  readonly effectsMax?: number;
  /** Bytes of one result: it becomes an input of the world. */
  readonly resultBytesMax?: number;
  /** Time in ms that `stop` gives to handlers that do not heed their signal. */
  readonly stopMsMax?: number;
  readonly clock?: EffectClock;
  /** Numbers in [0, 1). */
  readonly random?: () => number;
}

/** Effects of all definitions, for metrics. Those without a word about the present count from the runner's beginning. */
export interface EffectCounters {
  readonly issued: number;
  /** At present: attempts that run. */
  readonly running: number;
  /** At present: effects that wait for room, for the next attempt or for a breaker. */
  readonly waiting: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Attempts that failed and are followed by another one. */
  readonly retried: number;
  /** At present: definitions whose breaker is not closed. */
  readonly breakersOpen: number;
}

const effectsMaxDefault = 16_384;
const resultBytesMaxDefault = 1_048_576;
const stopMsMaxDefault = 5_000;

/**
 * Does the effects of a world at its edge: hands each to the handler of its type, as often as its limits allow, and
 * tells what became of it. It keeps nothing: after a crash the core issues again what has no outcome yet.
 */
export class EffectRunner {
  readonly #queues = new Map<string, EffectQueue>();
  readonly #closes: (() => Promise<void>)[] = [];
  readonly #effectsMax: number;
  readonly #stopMsMax: number;
  readonly #clock: EffectClock;
  readonly #onSettled: (id: string, outcome: EffectOutcome) => void;
  #issued = 0;
  #refused = 0;
  #stopped: Promise<void> | undefined;

  /** Throws INVALID_DEFINITION when two definitions are of one type, or a bound is not valid. */
  constructor(definitions: readonly EffectDefinition[], options: EffectRunnerOptions) {
    const limit = (name: string, value: number) => checkLimit(name, value, "the effect runner");
    this.#onSettled = options.onSettled;
    this.#clock = options.clock ?? wallEffectClock;
    this.#effectsMax = limit("effectsMax", options.effectsMax ?? effectsMaxDefault);
    this.#stopMsMax = limit("stopMsMax", options.stopMsMax ?? stopMsMaxDefault);
    const ports = {
      clock: this.#clock,
      random: options.random ?? Math.random,
      resultBytesMax: limit("resultBytesMax", options.resultBytesMax ?? resultBytesMaxDefault),
      onSettled: options.onSettled,
      branch: options.branch ?? noBranch,
    };
    for (const definition of definitions) {
      const type = definition.request.typeName;
      if (this.#queues.has(type)) {
        throw new TellurionError("INVALID_DEFINITION", `the effect ${type} is defined twice`);
      }
      this.#queues.set(type, new EffectQueue(definition, ports));
    }
    for (const { open } of definitions) if (open) this.#closes.push(open());
  }

  /** Effects without an outcome. */
  get pending(): number {
    return this.#sum((queue) => queue.size);
  }

  get counters(): EffectCounters {
    const running = this.#sum(({ counts }) => counts.running);
    return {
      issued: this.#issued,
      running,
      waiting: this.pending - running,
      succeeded: this.#sum(({ counts }) => counts.succeeded),
      failed: this.#refused + this.#sum(({ counts }) => counts.failed),
      retried: this.#sum(({ counts }) => counts.retried),
      breakersOpen: this.#sum((queue) => (queue.isBroken ? 1 : 0)),
    };
  }

  /**
   * Does an effect. One that is pending already goes on as if nothing was said; one that has settled is done again: its
   * outcome may have been lost. After `stop` nothing begins.
   */
  issue(effect: EffectRequest): void {
    const queue = this.#queues.get(effect.type);
    if (this.#stopped || queue?.has(effect.id)) return;
    this.#issued += 1;
    if (!queue) {
      const known = [...this.#queues.keys()].sort().join(", ") || "none";
      const text = `nothing does the effect ${effect.type}; there are: ${known}`;
      this.#refuse(effect.id, "EFFECT_FAILED", text);
    } else if (this.pending >= this.#effectsMax) {
      const text = `effectsMax=${this.#effectsMax} effects are pending already; ask again later`;
      this.#refuse(effect.id, "RESOURCE_EXHAUSTED", text);
    } else {
      queue.add(effect);
    }
  }

  /** Aborts all that runs and waits, and closes what definitions share. Whoever issued it will issue it again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(this.#stopMsMax, late.resolve);
    const ended = Promise.all([...this.#queues.values()].map((queue) => queue.stop()));
    await Promise.race([ended, late.promise]);
    cancel();
    await Promise.all(this.#closes.map((close) => close()));
  }

  #refuse(id: string, code: ErrorCode, text: string): void {
    this.#refused += 1;
    // Not at once: whoever issues an effect does not expect its outcome before issue() has returned.
    queueMicrotask(() => {
      if (!this.#stopped) this.#onSettled(id, { ok: false, code, text: boundText(text) });
    });
  }

  #sum(count: (queue: EffectQueue) => number): number {
    let sum = 0;
    for (const queue of this.#queues.values()) sum += count(queue);
    return sum;
  }
}

async function noBranch(): Promise<never> {
  throw new FinalFailure("FAILED_PRECONDITION", "the world has no journal to branch it from");
}
