import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { Address } from "./address.ts";

/** Names an effect of the actor that asked for it, from 1. */
export type EffectId = number;

/** Names a timer of the actor that scheduled it. Never 0, so that 0 in a state can mean "none". */
export type TimerId = number;

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A seeded source of chance whose position is part of the actor's state. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive), with 53 bits. */
  next(): number;
  /** An integer from 0 (inclusive) to `bound` (exclusive). `bound` is a positive integer up to 2^32. */
  integer(bound: number): number;
  /** A number of the normal distribution with mean 0 and deviation 1. */
  normal(): number;
}

export interface ScheduleOptions {
  /** World time in ms after which the timer fires again and again. Without it the timer fires once. */
  readonly everyMs?: number;
}

/**
 * All that a handler may do to the world. It is valid during the handler only, and everything done through it takes
 * effect together when the handler returns: a handler that throws has sent, scheduled, spawned and drawn nothing.
 */
export interface ActorContext {
  readonly address: Address;
  readonly kind: string;
  readonly key: string;
  /** The frame that is being run. The first one is 1. */
  readonly frame: number;
  /** World time in ms: frame × step. It knows nothing of calendars; the clock actor does. */
  readonly now: number;
  /** Milliseconds of world time in a frame: 1000 / tickHz. */
  readonly stepMs: number;
  /** Frames in a second of world time. */
  readonly tickHz: number;
  /** Who sent the message. Undefined for what comes from outside the world or from a timer. */
  readonly sender: Address | undefined;
  readonly random: Random;

  /** Sends a message to one actor, for the next round. An inactive actor is activated at the next frame. */
  send<Desc extends DescMessage>(to: Address, type: Desc, message: MessageInitShape<Desc>): void;
  /** Publishes an event to all who listen to its topic. `type` must carry the schema's event option. */
  publish<Desc extends DescMessage>(type: Desc, event: MessageInitShape<Desc>): void;
  /** Sends a message back to the sender. Dropped as a dead letter when there is none. */
  reply<Desc extends DescMessage>(type: Desc, message: MessageInitShape<Desc>): void;
  /** Sends this actor a message after `delayMs` of world time, at the next frame at the earliest. */
  schedule<Desc extends DescMessage>(
    delayMs: number,
    type: Desc,
    message: MessageInitShape<Desc>,
    options?: ScheduleOptions,
  ): TimerId;
  /** Cancels a timer. False when it has fired already or never was. */
  cancel(timer: TimerId): boolean;
  /** Starts an actor as this one's child, at the next frame, and hands it a first message. */
  spawn<Desc extends DescMessage>(
    address: Address,
    type: Desc,
    first: MessageInitShape<Desc>,
  ): void;
  /** Stops this actor when the handler returns, or a child at the next frame. Its own children stop with it. */
  stop(child?: Address): void;
  /** Asks for an ActorStopped message when the actor at `address` stops. */
  watch(address: Address): void;
  /**
   * Asks for something of the outside: a payment, a path search, an answer of an AI. It is carried out after this frame
   * has become durable, again after a crash, and under one id, so that it happens once. What comes of it reaches this
   * actor as a message: the result, or an EffectFailed. Both can be later than a restart of the server.
   */
  effect<Desc extends DescMessage>(type: Desc, request: MessageInitShape<Desc>): EffectId;
  /** The effect that this message is the outcome of. Undefined for all other messages. */
  readonly outcomeOf: EffectId | undefined;
  /** Writes to the server's log. Not part of the world: a replay logs it again. */
  log(level: LogLevel, text: string): void;
}

/** What an actor may do while it begins. */
export type InitContext = Pick<
  ActorContext,
  | "address"
  | "kind"
  | "key"
  | "frame"
  | "now"
  | "stepMs"
  | "tickHz"
  | "random"
  | "schedule"
  | "send"
  | "publish"
  | "log"
>;

/** What a query may see. It cannot change the world. */
export type QueryContext = Pick<
  ActorContext,
  "address" | "kind" | "key" | "frame" | "now" | "stepMs" | "tickHz" | "log"
>;
