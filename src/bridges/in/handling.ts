import type { CallOutcome, CallPort, RemoteCall } from "../call-port.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { type Chance, hideBackOff } from "./back-off.ts";
import type { Deletions } from "./deletions.ts";
import type { InClock } from "./in-clock.ts";
import { type Queue, type ReceivedMessage, visibilitySeconds } from "./queue.ts";
import type { Problem, Understood } from "./understood.ts";

/** Refusals that time heals: the message stays in the queue. */
const transientCodes: ReadonlySet<string> = new Set([
  "UNAVAILABLE",
  "RESOURCE_EXHAUSTED",
  "DEADLINE_EXCEEDED",
  "WORLD_NOT_DURABLE",
  "WORLD_STOPPED",
  "WORLD_FAILED",
]);
/** What the world may take longer than it was given before the bridge stops waiting for it. */
const graceMs = 5_000;
/** Receives after which a message that nobody can read leaves a queue that has no dead-letter queue. */
const unreadReceivesMax = 10;

/** What became of a message. `put off`: it is in the queue still, and comes again. */
export type Verdict = "done" | "ignored" | "put off" | "dead-lettered" | "dropped";

export interface HandlingParts {
  readonly queue: Queue;
  readonly deletions: Deletions;
  readonly call: CallPort;
  readonly clock: InClock;
  readonly random: Chance;
  readonly tracing: Pick<Tracing, "commandReceived">;
  readonly understand: (message: ReceivedMessage, epochMs: number) => Understood;
  readonly deadLetterQueueUrl: string | undefined;
  readonly warn: (text: string) => void;
}

/**
 * Handles messages of one queue. A message leaves it when its call has taken effect for good, or when it is in the
 * dead-letter queue.
 */
export class Handling {
  readonly #parts: HandlingParts;

  constructor(parts: HandlingParts) {
    this.#parts = parts;
  }

  /** Never fails. */
  async handle(message: ReceivedMessage): Promise<Verdict> {
    const { understand, clock } = this.#parts;
    const understood = understand(message, clock.epochMs());
    if ("reason" in understood) return await this.#refuse(message, understood);
    if ("ignore" in understood) return this.#delete(message, "ignored");
    const trace = understood.trace && this.#parts.tracing.commandReceived(understood.trace);
    const outcome = await this.#visibly(message, understood.call);
    if (outcome.ok) trace?.done();
    else trace?.failed(outcome.code, outcome.text);
    if (outcome.ok) return this.#delete(message, "done");
    const { code, text } = outcome;
    if (transientCodes.has(code)) return await this.#putOff(message);
    return await this.#refuse(message, { reason: "refused", error: `${code}: ${text}` });
  }

  /** Calls the world, and keeps the message out of sight as long as that takes. */
  async #visibly(message: ReceivedMessage, call: RemoteCall): Promise<CallOutcome> {
    const { clock, queue } = this.#parts;
    const halfMs = (visibilitySeconds * 1_000) / 2;
    let cancel = () => {};
    const extend = () => {
      cancel = clock.after(halfMs, extend);
      queue.hide(message, visibilitySeconds).catch(() => {});
    };
    cancel = clock.after(halfMs, extend);
    const late = Promise.withResolvers<CallOutcome>();
    const cancelLate = clock.after(call.timeoutMs + graceMs, () =>
      late.resolve({ ok: false, code: "DEADLINE_EXCEEDED", text: "the world did not answer" }),
    );
    try {
      return await Promise.race([this.#parts.call(call), late.promise]);
    } catch (error) {
      return { ok: false, code: "UNAVAILABLE", text: String(error) };
    } finally {
      cancel();
      cancelLate();
    }
  }

  async #refuse(message: ReceivedMessage, { reason, error }: Problem): Promise<Verdict> {
    const { queue, deadLetterQueueUrl, warn } = this.#parts;
    warn(`message ${message.id}: ${reason}: ${error}`);
    if (deadLetterQueueUrl === undefined) {
      // The queue itself may have somewhere to put what nobody can read.
      const isLeft = reason === "undecodable" && message.receives < unreadReceivesMax;
      return isLeft ? await this.#putOff(message) : this.#delete(message, "dropped");
    }
    try {
      await queue.bury(message, deadLetterQueueUrl, reason, error);
    } catch (failure) {
      warn(`message ${message.id} stays in its queue: the dead-letter queue fails: ${failure}`);
      return await this.#putOff(message);
    }
    return this.#delete(message, "dead-lettered");
  }

  #delete(message: ReceivedMessage, verdict: Verdict): Verdict {
    this.#parts.deletions.add(message.receipt);
    return verdict;
  }

  async #putOff(message: ReceivedMessage): Promise<Verdict> {
    const { queue, random } = this.#parts;
    // Where this fails, it comes again when the time is over for which it was received.
    await queue.hide(message, hideBackOff(message.receives, random)).catch(() => {});
    return "put off";
  }
}
