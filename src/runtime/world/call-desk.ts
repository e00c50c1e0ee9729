import { TellurionError } from "../errors.ts";
import type { JournalEntry } from "../journal/entries.ts";
import type { History } from "../journal/history.ts";
import { digestOf, type KeyedInput } from "../journal/keyed-inputs.ts";
import { encodeInput } from "./bootstrap.ts";
import type { MethodEntry } from "./catalogue.ts";
import type { CommitGate } from "./commit-gate.ts";
import { Inbox, type Outcome } from "./inbox.ts";
import type { QueuedInput } from "./input-queue.ts";
import { PendingCalls } from "./pending-calls.ts";
import type { CallOptions } from "./world.ts";

/** What a desk works with. */
export interface CallDeskParts {
  readonly callsMax: number;
  readonly inboxKeysMax: number;
  readonly gate: CommitGate;
  /** Hands an input to the world. False when there is no room. */
  readonly offer: (input: QueuedInput) => boolean;
  /** Undefined: the world is kept nowhere, and replies wait for nothing. */
  readonly journal: ((entry: JournalEntry) => void) | undefined;
}

/**
 * Takes calls from outside and brings their replies back. What a durable command answers waits until its frame is on the
 * disk; under an idempotency key it is answered from what is known, also by those who ask again after a restart.
 */
export class CallDesk {
  readonly #parts: CallDeskParts;
  readonly #calls = new PendingCalls();
  readonly #inbox: Inbox;
  /** Idempotency keys of calls that have no reply yet. */
  readonly #keys = new Map<number, string>();

  constructor(parts: CallDeskParts) {
    this.#parts = parts;
    this.#inbox = new Inbox(parts.inboxKeysMax);
  }

  /** Takes up what an earlier process knew: replies, and commands whose replies come when their frames are run again. */
  restore(replies: History["replies"], keyed: readonly KeyedInput[]): void {
    for (const { key, digest, error, payload } of replies) {
      this.#inbox.restore(key, digest, { error, payload });
    }
    for (const { key, digest, call } of keyed) {
      if (this.#inbox.digestOf(key)) continue;
      this.#inbox.restore(key, digest, undefined);
      this.#keys.set(call, key);
    }
  }

  /** As World.call. */
  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    { timeoutMs, idempotencyKey = "" }: CallOptions,
  ): Promise<Uint8Array> {
    if (this.#calls.size >= this.#parts.callsMax) {
      return Promise.reject(busy(`${this.#calls.size} calls wait for their reply`));
    }
    const isKeyed = idempotencyKey !== "" && !method.isQuery;
    const what = { case: "method", value: method.name } as const;
    const question = { address: `${method.actor}/${key}`, what, payload: request };
    const call = this.#calls.nextNumber(isKeyed, (number) => this.#keys.has(number));
    const reply = this.#calls.wait(call, method, timeoutMs);
    try {
      const answer = (outcome: Outcome) => this.#calls.settle(call, outcome);
      if (isKeyed && this.#inbox.join(idempotencyKey, digestOf(question), answer)) return reply;
      const bytes = encodeInput({ ...question, call, key: isKeyed ? idempotencyKey : "" });
      if (isKeyed) this.#keys.set(call, idempotencyKey);
      if (!this.#parts.offer({ bytes, isQuery: method.isQuery, isKeyed })) {
        this.#forget(call);
        throw busy("the inputs of the next frame are full");
      }
    } catch (error) {
      this.#calls.refuse(call, error as TellurionError);
    }
    return reply;
  }

  /** Takes a reply out of the world: of the caller who waits for it, or of one under whose key others will ask. */
  reply(frame: number, call: number, outcome: Outcome): void {
    const { gate, journal } = this.#parts;
    const key = this.#keys.get(call);
    if (!journal || (key === undefined && !this.#calls.methodOf(call)?.durable)) {
      this.#deliver(call, outcome);
      return;
    }
    const digest = key === undefined ? undefined : this.#inbox.digestOf(key);
    if (key !== undefined && digest) {
      journal({ kind: "reply", key, frame, digest, ...outcome });
    }
    gate.hold(frame, () => this.#deliver(call, outcome));
  }

  /** Refuses the queries that wait: they were lost, and ask for nothing that is kept. */
  refuseQueries(error: TellurionError): void {
    this.#calls.refuseAll(error, ({ isQuery }) => isQuery);
  }

  refuseAll(error: TellurionError): void {
    this.#calls.refuseAll(error, () => true);
  }

  #deliver(call: number, outcome: Outcome): void {
    const key = this.#keys.get(call);
    this.#keys.delete(call);
    // Whoever asked first waits in the inbox like all the others.
    if (key === undefined) this.#calls.settle(call, outcome);
    else this.#inbox.settle(key, outcome);
  }

  #forget(call: number): void {
    const key = this.#keys.get(call);
    this.#keys.delete(call);
    if (key !== undefined) this.#inbox.release(key);
  }
}

function busy(why: string): TellurionError {
  return new TellurionError(
    "RESOURCE_EXHAUSTED",
    `the call was not taken: ${why}; try again later`,
  );
}
