import type { Kind } from "../world/kinds.ts";
import type { Address } from "./address.ts";
import type { TimerId } from "./context.ts";
import type { RandomState } from "./random.ts";
import type { RestartWindow } from "./supervision.ts";
import type { Timer } from "./timer-wheel.ts";

/** A message that an actor sends itself at a later frame. */
export interface ActorTimer extends Timer {
  readonly id: TimerId;
  readonly cell: Cell;
  /** 0: once. */
  readonly every: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** A request to the outside whose result has not come. */
export interface PendingEffect {
  /** As its actor counts them, from 1. */
  readonly id: number;
  readonly type: number;
  readonly payload: Uint8Array;
  /** When it was asked for. */
  readonly frame: number;
}

/** One running actor. It belongs to one worker at a time, whose thread alone touches it. */
export class Cell {
  readonly number: number;
  readonly address: Address;
  readonly key: string;
  readonly kind: Kind;
  /** Number of the actor that spawned it, or 0. */
  readonly parent: number;
  state: unknown = undefined;
  readonly random: RandomState;
  readonly timers = new Map<TimerId, ActorTimer>();
  timerLast = 0;
  /** In the order of their ids. */
  readonly effects = new Map<number, PendingEffect>();
  effectLast = 0;
  /** Counts what it sent; with the number it names each of its messages. */
  sequence = 0;
  readonly window: RestartWindow = { restarts: 0, since: 0 };

  /** It has not begun: `init` runs before its first message. */
  fresh = true;
  /** It stops when its turn ends; what reaches it from now on is a dead letter. */
  stopping = false;
  /** It stops because a handler threw. */
  failed = false;
  /**
   * A child's failure that escalated, to be treated as its own in its next turn. Several in one frame are one: one
   * restart mends them all.
   */
  inheritedFailure: string | undefined = undefined;
  /** A sibling failed that shares its fate with it: it restarts in its next turn. */
  sharesRestart = false;
  /** What a restart goes back to: an ActorImage, encoded. */
  checkpoint: Uint8Array | undefined = undefined;
  /** Changes with every turn, so that what was derived from the state can be kept. */
  version = 0;
  /** The state at a version, encoded: each query gets a copy of its own. */
  copy: { readonly version: number; readonly state: Uint8Array } | undefined = undefined;

  /** The reader of this worker's feed knows its address. */
  isFed = false;

  /** Its mailbox: the first and last of its entries in this round, and how many. */
  head = -1;
  tail = -1;
  depth = 0;

  constructor(
    number: number,
    address: Address,
    key: string,
    kind: Kind,
    parent: number,
    random: RandomState,
  ) {
    this.number = number;
    this.address = address;
    this.key = key;
    this.kind = kind;
    this.parent = parent;
    this.random = random;
  }
}
