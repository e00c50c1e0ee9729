import {
  type ActorImage,
  ActorImageSchema,
  type TimerImage,
} from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { ActorTimer, Cell } from "./cell.ts";

const imageCodec = codecOf(ActorImageSchema);

/** All that an actor is, encoded. */
export function encodeImage(cell: Cell): Uint8Array<ArrayBuffer> {
  return imageCodec.toBytes({
    actor: cell.number,
    address: cell.address,
    state: encodeState(cell),
    random: Array.from(cell.random, (word) => word >>> 0),
    sequence: cell.sequence,
    timerLast: cell.timerLast,
    timers: [...cell.timers.values()].map(timerImage).sort((a, b) => a.id - b.id),
    restarts: cell.window.restarts,
    restartsSince: BigInt(cell.window.since),
    parent: cell.parent,
    effects: [...cell.effects.values()].map((effect) => ({
      ...effect,
      frame: BigInt(effect.frame),
    })),
    effectLast: cell.effectLast,
    ...(cell.checkpoint && { checkpoint: cell.checkpoint }),
  });
}

export function decodeImage(bytes: Uint8Array, start: number, end: number): ActorImage {
  return imageCodec.decode(bytes, start, end);
}

/** Makes a new cell what the image says. Its timers are in no wheel yet. */
export function restoreImage(cell: Cell, image: ActorImage): void {
  cell.fresh = false;
  cell.state = cell.kind.stateCodec.decode(image.state);
  cell.random.set(image.random);
  cell.sequence = image.sequence;
  cell.timerLast = image.timerLast;
  cell.window.restarts = image.restarts;
  cell.window.since = Number(image.restartsSince);
  restoreTimers(cell, image.timers);
  for (const { id, type, payload, frame } of image.effects) {
    cell.effects.set(id, { id, type, payload, frame: Number(frame) });
  }
  cell.effectLast = image.effectLast;
  cell.checkpoint = image.checkpoint;
}

/** Remembers what the actor is now, for a restart to go back to. */
export function setCheckpoint(cell: Cell): void {
  cell.checkpoint = undefined;
  cell.checkpoint = encodeImage(cell);
}

/**
 * Goes back to the checkpoint: state and timers, which must be in no wheel. Chance, and the numbers of what it sends,
 * go on from where they are, or it would do the very same again.
 */
export function restoreCheckpoint(cell: Cell, checkpoint: Uint8Array): void {
  const image = imageCodec.decode(checkpoint);
  cell.state = cell.kind.stateCodec.decode(image.state);
  restoreTimers(cell, image.timers);
}

function restoreTimers(cell: Cell, timers: readonly TimerImage[]): void {
  for (const { id, dueFrame, everyFrames, type, payload } of timers) {
    const links = { previous: undefined, next: undefined, slot: 0 };
    const times = { due: Number(dueFrame), every: Number(everyFrames) };
    cell.timers.set(id, { id, cell, type, payload, ...times, ...links });
  }
}

/** The state, encoded. Throws VALUE_OUT_OF_RANGE, naming the actor, for a state that its message cannot hold. */
export function encodeState(cell: Cell): Uint8Array<ArrayBuffer> {
  try {
    return cell.kind.stateCodec.toBytes(cell.state as never);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new TellurionError("VALUE_OUT_OF_RANGE", `state of ${cell.address}: ${text}`, { cause });
  }
}

/**
 * Checks that the state is what it will be after a move or a restart. Throws VALUE_OUT_OF_RANGE for one that is not: one
 * with a property that its message does not have, or a value that changes as it is encoded.
 */
export function checkState(cell: Cell): void {
  const restored = cell.kind.stateCodec.decode(encodeState(cell));
  const difference =
    differenceOf(cell.state, restored, "state") ?? sharedIn(cell.state, "state", new Map());
  if (difference === undefined) return;
  throw new TellurionError(
    "VALUE_OUT_OF_RANGE",
    `${cell.address}: ${difference}; ` +
      "valid is what its message holds, since a move or restart keeps nothing else",
  );
}

/** The first thing in which a value differs from what comes back of it. */
function differenceOf(value: unknown, restored: unknown, path: string): string | undefined {
  if (Object.is(value, restored)) return undefined;
  if (typeof value !== "object" || typeof restored !== "object" || !value || !restored) {
    return `${path} is ${show(value)} and comes back as ${show(restored)}`;
  }
  const mine = value as Record<string, unknown>;
  const theirs = restored as Record<string, unknown>;
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    if (name === "$typeName" || name === "$unknown") continue;
    const difference = differenceOf(mine[name], theirs[name], `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** The first object that stands in two places: a change to it would show in both, and after a move in one. */
function sharedIn(value: unknown, path: string, seen: Map<object, string>): string | undefined {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
  const other = seen.get(value);
  if (other !== undefined) return `${path} is the same object as ${other}`;
  seen.set(value, path);
  for (const [name, part] of Object.entries(value)) {
    const shared = sharedIn(part, `${path}.${name}`, seen);
    if (shared !== undefined) return shared;
  }
  return undefined;
}

function show(value: unknown): string {
  if (value === undefined) return "absent";
  return typeof value === "object" ? "an object" : `${typeof value} ${String(value).slice(0, 40)}`;
}

function timerImage(timer: ActorTimer): Omit<TimerImage, "$typeName"> {
  return {
    id: timer.id,
    dueFrame: BigInt(timer.due),
    everyFrames: BigInt(timer.every),
    type: timer.type,
    payload: timer.payload,
  };
}
