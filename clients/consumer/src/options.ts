import type { SQSClient } from "@aws-sdk/client-sqs";
import { ConsumerError } from "./consumer-error.ts";
import type { WorldEvent } from "./event.ts";
import { packBytesMaxDefault } from "./message-header.ts";
import type { StreamPosition } from "./position.ts";
import type { PositionStore } from "./position-store.ts";
import type { Gap } from "./resequencer.ts";

/** Events of one stream that follow one another. They are acknowledged together. */
export interface Delivery {
  readonly stream: string;
  readonly epoch: string;
  /** Numbers of the packs that brought them. */
  readonly first: number;
  readonly last: number;
  /** They had been given up: later ones of their stream were handed over before them. */
  readonly late: boolean;
  readonly events: readonly WorldEvent[];
  /** How far the stream is when they have been acknowledged. */
  readonly position: StreamPosition;
  /** W3C trace contexts of the packs that have one. */
  readonly traceparents: readonly string[];
  /** The event can never be taken: it goes to the poison queue, and is acknowledged with the others. */
  refuse(event: WorldEvent, reason: string): void;
}

export interface Problem {
  /**
   * `undecodable`: a message stays in the queue, whose policy moves it to the dead letters. `poison`: an event was put
   * aside. `handler`: the handler failed, and is called again. `queue`: SQS did not answer, or with an error; of
   * polls that fail in a row the first, second, fourth, eighth … is told. `stalled`: a poll that never ended was replaced.
   */
  readonly kind: "undecodable" | "poison" | "handler" | "queue" | "stalled";
  readonly text: string;
  readonly cause?: unknown;
}

export interface ConsumerOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** Where events go that cannot be taken. Undefined: they are dropped, counted and told of. */
  readonly poisonQueueUrl?: string | undefined;
  readonly positions: PositionStore;
  /** When it has returned, or its promise is resolved, the events are acknowledged. One call at a time. */
  readonly onEvents?: (delivery: Delivery) => void | Promise<void>;
  /** In place of onEvents: called for one event after the other. */
  readonly onEvent?: (event: WorldEvent, delivery: Delivery) => void | Promise<void>;
  readonly onGap?: (gap: Gap) => void;
  readonly onProblem?: (problem: Problem) => void;
  readonly gapTimeoutMs?: number;
  readonly visibilitySeconds?: number;
  readonly waitSeconds?: number;
  readonly pollers?: number;
  readonly deliveryEventsMax?: number;
  readonly heldPacksMax?: number;
  readonly heldBytesMax?: number;
  readonly packBytesMax?: number;
  readonly epochsMax?: number;
  readonly watchdogMs?: number;
}

const limits = {
  /** How long a stream waits for a pack while later ones are there, and the queue answers. */
  gapTimeoutMs: { default: 120_000, min: 100, max: 12 * 3_600_000 },
  /** How long a message stays hidden when this process dies. */
  visibilitySeconds: { default: 30, min: 1, max: 3_600 },
  waitSeconds: { default: 20, min: 0, max: 20 },
  pollers: { default: 2, min: 1, max: 32 },
  deliveryEventsMax: { default: 5_000, min: 1, max: 1_000_000 },
  heldPacksMax: { default: 4_096, min: 1, max: 100_000 },
  heldBytesMax: { default: 256 * 1_048_576, min: 1_048_576, max: 8 * 1_073_741_824 },
  packBytesMax: { default: packBytesMaxDefault, min: 1, max: packBytesMaxDefault },
  epochsMax: { default: 64, min: 2, max: 10_000 },
  watchdogMs: { default: 60_000, min: 30_000, max: 3_600_000 },
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };

/** Throws INVALID_OPTIONS. */
export function limitsOf(options: ConsumerOptions): Limits {
  const entries = Object.entries(limits).map(([name, { default: usual, min, max }]) => {
    const value = options[name as keyof Limits] ?? usual;
    if (Number.isInteger(value) && value >= min && value <= max) return [name, value] as const;
    throw invalid(`${name}=${value} is not a whole number of ${min} to ${max}`);
  });
  const checked = Object.fromEntries(entries) as Limits;
  const { gapTimeoutMs, visibilitySeconds } = checked;
  if (gapTimeoutMs <= visibilitySeconds * 1_000) {
    const why = "or a crash of the consumer looks like a gap";
    throw invalid(
      `gapTimeoutMs=${gapTimeoutMs} must be above visibilitySeconds=${visibilitySeconds}, ${why}`,
    );
  }
  return checked;
}

/** Throws INVALID_OPTIONS. */
export function handlerOf(options: ConsumerOptions): (delivery: Delivery) => void | Promise<void> {
  const { onEvents, onEvent } = options;
  if (onEvents && onEvent === undefined) return onEvents;
  if (onEvent === undefined || onEvents) throw invalid("exactly one of onEvents and onEvent");
  return async (delivery) => {
    for (const event of delivery.events) await onEvent(event, delivery);
  };
}

function invalid(text: string): ConsumerError {
  return new ConsumerError("INVALID_OPTIONS", text);
}
