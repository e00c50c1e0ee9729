import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type RegisteredImage,
  type RegistryImage,
  RegistryImageSchema,
} from "../../gen/tellurion/v1/core_pb.ts";
import { type Address, isKey } from "../actor/address.ts";
import { codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { Kind, Kinds } from "./kinds.ts";

/** An active actor, as the conductor knows it. */
export interface Registered {
  readonly number: number;
  readonly address: Address;
  readonly kind: Kind;
  /** 0: none. */
  readonly parent: number;
  readonly children: Set<number>;
  /** Numbers of the actors that asked to hear when it stops. */
  readonly watchers: Set<number>;
  /** Numbers of the actors that it asked to hear of. */
  readonly watched: Set<number>;
  worker: number;
}

const imageCodec = codecOf(RegistryImageSchema);
const ascending = (a: number, b: number): number => a - b;

/**
 * The conductor's list of active actors: it gives the numbers. A number that becomes free rests for a frame, in which
 * messages to its last owner may still be on their way, and then the smallest free one is given first: so numbers are
 * a function of the world's history alone.
 */
export class Registry {
  readonly #kinds: Kinds;
  readonly #byAddress = new Map<Address, Registered>();
  readonly #byNumber = new Map<number, Registered>();
  readonly #actorsMax: number;
  /** A binary heap with the smallest number at its root. */
  readonly #free: number[] = [];
  #resting: number[] = [];
  #last = 0;

  constructor(kinds: Kinds, actorsMax: number) {
    this.#kinds = kinds;
    this.#actorsMax = actorsMax;
  }

  /** The greatest number given so far. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#byNumber.size;
  }

  at(address: Address): Registered | undefined {
    return this.#byAddress.get(address);
  }

  of(number: number): Registered | undefined {
    return this.#byNumber.get(number);
  }

  all(): IterableIterator<Registered> {
    return this.#byNumber.values();
  }

  /** The kind of an address. Undefined for what is none, which may come from outside. */
  kindAt(address: Address): Kind | undefined {
    const slash = address.indexOf("/");
    if (!isKey(address.slice(slash + 1))) return undefined;
    return this.#kinds.byName.get(address.slice(0, Math.max(slash, 0)));
  }

  /** Active addresses of a kind, those that began first: at most `limit`. */
  addressesOf(kind: string, limit: number): Address[] {
    const found: Address[] = [];
    for (const actor of this.#byNumber.values()) {
      if (actor.kind.definition.kind === kind) found.push(actor.address);
      if (found.length === limit) break;
    }
    return found;
  }

  /** Lets the numbers that became free in the frame before last be given again. Once per frame, first. */
  beginFrame(): void {
    for (const number of this.#resting) pushHeap(this.#free, number);
    this.#resting = [];
  }

  /** Undefined when `actorsMax` are active. */
  add(address: Address, kind: Kind, parent: number): Registered | undefined {
    const number = popHeap(this.#free) ?? this.#last + 1;
    if (number > this.#actorsMax) return undefined;
    this.#last = Math.max(this.#last, number);
    return this.#enter(number, address, kind, parent);
  }

  #enter(number: number, address: Address, kind: Kind, parent: number): Registered {
    const sets = { children: new Set<number>(), watchers: new Set<number>() };
    const watched = new Set<number>();
    const actor: Registered = { number, address, kind, parent, ...sets, watched, worker: 0 };
    this.#byAddress.set(address, actor);
    this.#byNumber.set(number, actor);
    this.of(parent)?.children.add(number);
    return actor;
  }

  remove(actor: Registered): void {
    this.#byAddress.delete(actor.address);
    this.#byNumber.delete(actor.number);
    this.of(actor.parent)?.children.delete(actor.number);
    for (const watched of actor.watched) this.of(watched)?.watchers.delete(actor.number);
    this.#resting.push(actor.number);
  }

  /** All that decides what numbers come next and who hears of whom, encoded: for the state hash. */
  encode(): Uint8Array<ArrayBuffer> {
    return imageCodec.toBytes(this.image());
  }

  /** The same, for snapshots. */
  image(): MessageInitShape<typeof RegistryImageSchema> {
    return {
      actors: [...this.#byNumber.values()].map(({ number, address, parent, watchers }) => ({
        actor: number,
        address,
        parent,
        watchers: [...watchers].sort(ascending),
      })),
      free: [...this.#free].sort(ascending),
      resting: [...this.#resting].sort(ascending),
      last: this.#last,
    };
  }

  /** Makes a new registry what the image says. Throws WORLD_FILE_INVALID for a kind that this world does not have. */
  restore(image: RegistryImage): void {
    for (const row of image.actors) this.#restore(row);
    for (const { actor, watchers } of image.actors) {
      for (const watcher of watchers) {
        this.of(actor)?.watchers.add(watcher);
        this.of(watcher)?.watched.add(actor);
      }
    }
    // In ascending order, an array is a heap.
    this.#free.push(...image.free);
    this.#resting = [...image.resting];
    this.#last = image.last;
  }

  #restore({ actor: number, address, parent }: RegisteredImage): void {
    const kind = this.kindAt(address);
    if (kind === undefined || number > this.#actorsMax) {
      const valid = [...this.#kinds.byName.keys()].join(", ");
      const why = kind ? `actorsMax=${this.#actorsMax}` : `kinds are ${valid}`;
      throw new TellurionError("WORLD_FILE_INVALID", `${address} cannot go on here: ${why}`);
    }
    this.#enter(number, address, kind, parent);
  }
}

function pushHeap(heap: number[], value: number): void {
  let i = heap.push(value) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if ((heap[parent] as number) <= value) break;
    heap[i] = heap[parent] as number;
    i = parent;
  }
  heap[i] = value;
}

function popHeap(heap: number[]): number | undefined {
  const root = heap[0];
  const value = heap.pop();
  if (value === undefined || heap.length === 0) return root;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number))
      child += 1;
    if ((heap[child] as number) >= value) break;
    heap[i] = heap[child] as number;
    i = child;
  }
  heap[i] = value;
  return root;
}
