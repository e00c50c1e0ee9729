import { TellurionError } from "../errors.ts";
import type { MethodEntry } from "./catalogue.ts";
import type { Outcome } from "./inbox.ts";
import { keyedCall } from "./reports.ts";

interface PendingCall {
  readonly method: MethodEntry;
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: TellurionError) => void;
  readonly timer: NodeJS.Timeout;
}

/** The calls that wait for their reply, by number. */
export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  #last = 0;

  get size(): number {
    return this.#calls.size;
  }

  /** Numbers a call that nobody has numbered yet. Keyed ones are told apart by their number. */
  nextNumber(isKeyed: boolean, isTaken: (call: number) => boolean): number {
    const flag = isKeyed ? keyedCall : 0;
    do this.#last = (this.#last + 1) & (keyedCall - 1);
    while (this.#last === 0 || this.#calls.has(this.#last | flag) || isTaken(this.#last | flag));
    return this.#last | flag;
  }

  /** Waits for the reply of a call. */
  wait(call: number, method: MethodEntry, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(call, timeoutMs), timeoutMs);
      this.#calls.set(call, { method, resolve, reject, timer });
    });
  }

  methodOf(call: number): MethodEntry | undefined {
    return this.#calls.get(call)?.method;
  }

  settle(call: number, { error, payload }: Outcome): void {
    const pending = this.#take(call);
    if (error === undefined) pending?.resolve(payload);
    else pending?.reject(new TellurionError(error, Buffer.from(payload).toString()));
  }

  refuse(call: number, error: TellurionError): void {
    this.#take(call)?.reject(error);
  }

  /** Refuses all calls that `which` picks. */
  refuseAll(error: TellurionError, which: (method: MethodEntry) => boolean): void {
    for (const [call, { method }] of this.#calls) if (which(method)) this.refuse(call, error);
  }

  #take(call: number): PendingCall | undefined {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    clearTimeout(pending?.timer);
    return pending;
  }

  #expire(call: number, timeoutMs: number): void {
    const pending = this.#take(call);
    const text = `${pending?.method.name} was not answered within ${timeoutMs} ms; it may still take effect`;
    pending?.reject(new TellurionError("DEADLINE_EXCEEDED", text));
  }
}
