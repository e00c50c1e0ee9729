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
  for (const { id, dueFrame, everyFrames, type, payload } of image.timers) {
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

function timerImage(timer: ActorTimer): Omit<TimerImage, "$typeName"> {
  return {
    id: timer.id,
    dueFrame: BigInt(timer.due),
    everyFrames: BigInt(timer.every),
    type: timer.type,
    payload: timer.payload,
  };
}
