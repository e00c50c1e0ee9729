import type { DescMessage } from "@bufbuild/protobuf";
import { encodeState } from "../actor/actor-image.ts";
import type { Address } from "../actor/address.ts";
import type { Cell } from "../actor/cell.ts";
import type { InlineWorld } from "./inline-world.ts";
import { showHash } from "./state-hash.ts";

/** A message as it is kept, and what it is. */
export interface EncodedMessage {
  /** Undefined for a type that this version of the world does not know. */
  readonly type: DescMessage | undefined;
  readonly bytes: Uint8Array;
}

/** An actor as it was after a frame. */
export interface PastActor {
  readonly address: Address;
  /** Who spawned it. */
  readonly parent: Address | undefined;
  /** Undefined: it has not begun. */
  readonly state: EncodedMessage | undefined;
  readonly timers: readonly PastTimer[];
  readonly effects: readonly PastEffect[];
}

/** A message that the actor sends itself later. */
export interface PastTimer {
  readonly id: number;
  readonly dueFrame: number;
  /** 0: once. */
  readonly everyFrames: number;
  readonly message: EncodedMessage;
}

/** What the actor has asked of the outside and has no outcome yet. */
export interface PastEffect {
  readonly id: number;
  /** When it was asked for. */
  readonly frame: number;
  readonly request: EncodedMessage;
}

/** A world as it was after a frame. */
export class PastWorld {
  readonly #world: InlineWorld;

  constructor(world: InlineWorld) {
    this.#world = world;
  }

  get frame(): number {
    return this.#world.frame;
  }

  /** State hash: 16 hexadecimal digits. */
  get hash(): string {
    return showHash(this.#world.hash());
  }

  /** Addresses of all active actors, in the order of the alphabet. */
  get addresses(): Address[] {
    return [...this.#world.conductor.registry.all()].map(({ address }) => address).sort();
  }

  /** Undefined when it is not active. */
  actor(address: Address): PastActor | undefined {
    const { registry } = this.#world.conductor;
    const registered = registry.at(address);
    if (registered === undefined) return undefined;
    const core = this.#world.coreOf(registered.number);
    const cell = core.cellAt(registered.number);
    if (cell === undefined) return undefined;
    const { messages } = core.catalogue;
    const encoded = (type: number, bytes: Uint8Array) => ({ type: messages[type]?.desc, bytes });
    return {
      address,
      parent: registry.of(registered.parent)?.address,
      state: stateOf(cell),
      timers: [...cell.timers.values()]
        .sort((a, b) => a.due - b.due || a.id - b.id)
        .map(({ id, due, every, type, payload }) => {
          return { id, dueFrame: due, everyFrames: every, message: encoded(type, payload) };
        }),
      effects: [...cell.effects.values()].map(({ id, frame, type, payload }) => {
        return { id, frame, request: encoded(type, payload) };
      }),
    };
  }
}

function stateOf(cell: Cell): EncodedMessage | undefined {
  if (cell.fresh) return undefined;
  return { type: cell.kind.definition.state, bytes: encodeState(cell) };
}
