/**
 * Bytes of a record, in lanes and in rings.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +---------------------------------------------------------------+
 *   0 |                   payload length in bytes                     |
 *     +-------------------------------+---------------+---------------+
 *   4 |             type              |     kind      |   (unused)    |
 *     +-------------------------------+---------------+---------------+
 *   8 |              sender: actor number, 0 is outside               |
 *     +---------------------------------------------------------------+
 *  12 |                            target                             |
 *     +---------------------------------------------------------------+
 *  16 |                           sequence                            |
 *     +---------------------------------------------------------------+
 *  20 |                             extra                             |
 *     +---------------------------------------------------------------+
 *  24 |                  payload, padded to 8 bytes                  ...
 *
 * Records begin at multiples of 8. What type, target and extra hold depends on the kind. All words are written by
 * the one thread that owns the lane or ring, with plain stores; a barrier or the ring's tail publishes them.
 */
export const recordHeaderBytes = 24;

/** Words of a record's header, relative to its first. */
export const lengthWord = 0;
export const typeWord = 1;
export const senderWord = 2;
export const targetWord = 3;
export const sequenceWord = 4;
export const extraWord = 5;

/** What a record is. */
export const recordKind = {
  /**
   * From an actor to an actor. type: message, target: actor number. From outside, an effect's outcome has the effect as
   * sequence, and as extra the frame that asked for it.
   */
  message: 0,
  /** From an actor to a topic. type: message. In a ring: target: round, extra: frame. */
  event: 1,
  /** From outside to an actor. type: method, target: actor number, extra: call number. */
  command: 2,
  /** As a command, answered between frames. */
  query: 3,
  /** From an actor to outside. type: 0, or 1 + index of an error code. extra: call number. */
  reply: 4,
  /** From a worker to the conductor: a CoreNotice. extra: round. */
  notice: 5,
  /** From the conductor to the workers: a CoreOrder. */
  order: 6,
  /** From worker to worker: an ActorImage that moves. */
  image: 7,
  /** From a worker to the main thread: a CoreReport. extra: frame. */
  report: 8,
  /** From a worker to the main thread: an EffectRequest. type: message, sequence: effect, extra: frame. */
  effect: 9,
  /** From the conductor to the journal: a FrameInputs. type: 1 if keyed, sender, target: the frame, low and high. */
  frame: 10,
  /** In a feed's ring: the address of an actor, before its first event there. sender: the actor, extra: frame. */
  name: 11,
  /** In a ring: nothing up to its end. */
  padding: 255,
} as const;

/** The largest payload of a record. */
export const payloadBytesMax = 1_048_576;

export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}

export function packType(kind: number, type: number): number {
  return (kind << 16) | type;
}
