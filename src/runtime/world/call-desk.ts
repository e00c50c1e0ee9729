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
  /** The same of calls of earlier processes, each of which had numbers of its own: by `earlierCall`. */
  readonly #earlierKeys = new Map<string, string>();
  /** The last frame of an earlier process. */
  #earlierThrough = 0;

  constructor(parts: CallDeskParts) {
    this.#parts = parts;
    this.#inbox = new Inbox(parts.inboxKeysMax);
  }

  /**
   * Takes up what earlier processes knew: replies, and commands whose replies come when their frames, up to `reached`, are
   * run again.
   */
  restore(replies: History["replies"], keyed: readonly KeyedInput[], reached: number): void {
    this.#earlierThrough = reached;
    for (const { key, digest, error, payload } of replies) {
      this.#inbox.restore(key, digest, { error, payload });
    }
    for (const { key, digest, frame, call } of keyed) {
      if (this.#inbox.digestOf(key)) continue;
      this.#inbox.restore(key, digest, undefined);
      this.#earlierKeys.set(earlierCall(frame, call), key);
    }
  }

  /** As World.call. `problem`: why what must not be lost is refused. What is known already is told all the same. */
  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    { timeoutMs, idempotencyKey = "" }: CallOptions,
    problem?: string,
  ): Promise<Uint8Array> {
    if (this.#calls.size >= this.#parts.callsMax) {
      return Promise.reject(busy(`${this.#calls.size} calls wait for their reply`));
    }
    const isKeyed = idempotencyKey !== "" && !method.isQuery;
    if (problem !== undefined && (isKeyed ? !this.#inbox.has(idempotencyKey) : method.durable)) {
      return Promise.reject(new TellurionError("WORLD_NOT_DURABLE", problem));
    }
    const what = { case: "method", value: method.name } as const;
    const question = { address: `${method.actor}/${key}`, what, payload: request };
    const call = this.#calls.nextNumber(isKeyed, (number) => this.#keys.has(number));
    const reply = this.#calls.wait(call, method, timeoutMs);
    try {
      const answer = (outcome: Outcome) => this.#calls.settle(call, outcome);
      if (isKeyed && this.#inbox.join(idempotencyKey, digestOf(question), answer)) return reply;
      const bytes = encodeInput({ ...question, call, key: isKeyed ? idempotencyKey : "" });
      if (isKeyed) this.#keys.set(call, idempotencyKey);
      if (!this.#parts.offer({ bytes, isQuery: method.isQuery, isKeyed, call })) {
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
    if (frame <= this.#earlierThrough) {
      this.#replyEarlier(frame, call, outcome);
      return;
    }
    const key = this.#keys.get(call);
    if (!journal || (key === undefined && !this.#calls.methodOf(call)?.durable)) {
      this.#deliver(call, outcome);
      return;
    }
    if (key !== undefined) this.#keep(frame, key, outcome);
    gate.hold(frame, () => this.#deliver(call, outcome));
  }

  /** The command of this call is not carried out: it cost the world a worker. All who asked for it hear of that. */
  quarantine(call: number): void {
    const text = "the command cost the world a worker, and is not carried out";
    this.#deliver(call, { error: "MESSAGE_QUARANTINED", payload: Buffer.from(text) });
  }

  /** Refuses the queries that wait: they were lost, and ask for nothing that is kept. */
  refuseQueries(): void {
    const text = "the query was lost with a worker of the world; ask again";
    const error = new TellurionError("UNAVAILABLE", text);
    this.#calls.refuseAll(error, ({ isQuery }) => isQuery);
  }

  refuseAll(error: TellurionError): void {
    this.#calls.refuseAll(error, () => true);
  }

  /** Nobody here waits for a call of an earlier process, but somebody may ask under its key. */
  #replyEarlier(frame: number, call: number, outcome: Outcome): void {
    const name = earlierCall(frame, call);
    const key = this.#earlierKeys.get(name);
    if (key === undefined) return;
    this.#earlierKeys.delete(name);
    this.#keep(frame, key, outcome);
    this.#parts.gate.hold(frame, () => this.#inbox.settle(key, outcome));
  }

  #keep(frame: number, key: string, outcome: Outcome): void {
    const digest = this.#inbox.digestOf(key);
    if (digest) this.#parts.journal?.({ kind: "reply", key, frame, digest, ...outcome });
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

/** What tells a call of an earlier process from all others: the frame that took it, and its number there. */
function earlierCall(frame: number, call: number): string {
  return `${frame} ${call}`;
}

function busy(why: string): TellurionError {
  return new TellurionError(
    "RESOURCE_EXHAUSTED",
    `the call was not taken: ${why}; try again later`,
  );
}
