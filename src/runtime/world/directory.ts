import type { Address } from "../actor/address.ts";

/**
 * Who is active, as one worker knows it: address ↔ number, and the worker of each. All workers have the same
 * entries; they change by the conductor's orders between two frames and never within one.
 */
export class Directory {
  readonly #numbers = new Map<Address, number>();
  readonly #addresses: (Address | undefined)[] = [undefined];
  readonly #placement: Uint8Array;
  /** Asked for last: whoever sends much sends much to the same. */
  #lastAddress: Address | undefined;
  #lastNumber: number | undefined;

  constructor(placement: SharedArrayBuffer) {
    this.#placement = new Uint8Array(placement);
  }

  add(actor: number, address: Address): void {
    this.#lastAddress = undefined;
    this.#numbers.set(address, actor);
    while (this.#addresses.length <= actor) this.#addresses.push(undefined);
    this.#addresses[actor] = address;
  }

  remove(actor: number): void {
    this.#lastAddress = undefined;
    const address = this.#addresses[actor];
    if (address !== undefined) this.#numbers.delete(address);
    this.#addresses[actor] = undefined;
  }

  numberOf(address: Address): number | undefined {
    if (address !== this.#lastAddress) {
      this.#lastNumber = this.#numbers.get(address);
      this.#lastAddress = address;
    }
    return this.#lastNumber;
  }

  addressOf(actor: number): Address | undefined {
    return this.#addresses[actor];
  }

  workerOf(actor: number): number {
    return this.#placement[actor] as number;
  }
}
