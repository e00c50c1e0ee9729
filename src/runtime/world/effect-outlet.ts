import { EffectRequestSchema } from "../../gen/tellurion/v1/core_pb.ts";
import type { Cell, PendingEffect } from "../actor/cell.ts";
import { codecOf } from "../codec/index.ts";
import { recordKind } from "../memory/record.ts";
import type { Outgoing } from "./outgoing.ts";

const requestCodec = codecOf(EffectRequestSchema);

/**
 * Hands the effects of one worker's actors to the main thread, which carries them out when their frame is durable. It
 * is told of an effect once; one that finds no room waits here. While frames are replayed it is told nothing: the
 * effects whose results are not among the inputs are pending afterwards, and it is told of those then.
 */
export class EffectOutlet {
  /** Frames are replayed. */
  muted = false;
  readonly #outgoing: Outgoing;
  /** What found no room. Bounded by the effects that actors may have pending. */
  #waiting: { readonly cell: Cell; readonly effect: PendingEffect }[] = [];

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  /** Tells of effects that an actor has asked for. */
  emit(cell: Cell, effects: Iterable<PendingEffect>): void {
    if (this.muted) return;
    for (const effect of effects) {
      if (this.#waiting.length > 0 || !this.#write(cell, effect)) {
        this.#waiting.push({ cell, effect });
      }
    }
  }

  /** Tells of those that found no room before. */
  beginFrame(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { cell, effect } of waiting) {
      if (cell.effects.has(effect.id)) this.emit(cell, [effect]);
    }
  }

  #write(cell: Cell, { id, type, payload, frame }: PendingEffect): boolean {
    const head = { kind: recordKind.effect, type, sender: cell.number, target: 0, sequence: id };
    const request = requestCodec.toBytes({ address: cell.address, payload });
    return this.#outgoing.writeToRing(this.#outgoing.ring, { ...head, extra: frame | 0 }, request);
  }
}
