import { Delivery } from "../../gen/tellurion/v1/options_pb.ts";
import { isReliable, keep, laneKeyOf, type WireEvent } from "./frame-encoder.ts";

/** Types and full topics of which it is known when the last event went. Beyond it nothing more is held back. */
const pacedMax = 16_384;

interface Paced {
  /** When the last event went. */
  sentMs: number;
  /** The latest event since. */
  held: WireEvent | undefined;
}

/** Lets at most one event of each type and full topic through in a time, the latest one. Reliable ones all pass. */
export class Pacing {
  /** Milliseconds by topic, or first part of a topic. */
  readonly #intervals: ReadonlyMap<string, number>;
  readonly #paced = new Map<string, Paced>();
  #heldCount = 0;

  constructor(intervals: ReadonlyMap<string, number>) {
    this.#intervals = intervals;
  }

  /** Something waits for its time. */
  get isHolding(): boolean {
    return this.#heldCount > 0;
  }

  /** What is held back now. */
  held(): WireEvent[] {
    if (this.#heldCount === 0) return [];
    return [...this.#paced.values()].flatMap(({ held }) => held ?? []);
  }

  /** Forgets what is held back. */
  forget(): void {
    for (const paced of this.#paced.values()) paced.held = undefined;
    this.#heldCount = 0;
  }

  holds(event: WireEvent): boolean {
    return this.#paced.get(laneKeyOf(event))?.held === event;
  }

  /** Those of a frame's events that go now, behind those held back whose time has come. */
  take(events: readonly WireEvent[], nowMs: number): WireEvent[] {
    const passing = events.filter((event) => this.#passes(event, nowMs));
    return [...this.due(nowMs), ...passing];
  }

  /** What was held back and goes now. */
  due(nowMs: number): WireEvent[] {
    if (this.#heldCount === 0) return [];
    const due: WireEvent[] = [];
    for (const paced of this.#paced.values()) {
      const { held } = paced;
      if (!held || nowMs - paced.sentMs < this.#intervalOf(held)) continue;
      due.push(held);
      this.#release(paced, nowMs);
    }
    return due;
  }

  #passes(event: WireEvent, nowMs: number): boolean {
    const interval = isReliable(event) ? 0 : this.#intervalOf(event);
    if (interval === 0) return true;
    const key = laneKeyOf(event);
    const paced = this.#paced.get(key);
    if (!paced) {
      if (this.#paced.size < pacedMax) this.#paced.set(key, { sentMs: nowMs, held: undefined });
      return true;
    }
    if (nowMs - paced.sentMs >= interval) {
      this.#release(paced, nowMs);
      return true;
    }
    if (event.entry.delivery === Delivery.LATEST_WINS) {
      if (!paced.held) this.#heldCount += 1;
      paced.held = keep(event);
    }
    return false;
  }

  #release(paced: Paced, nowMs: number): void {
    if (paced.held) this.#heldCount -= 1;
    paced.held = undefined;
    paced.sentMs = nowMs;
  }

  #intervalOf({ topic, topicName }: WireEvent): number {
    return this.#intervals.get(topic) ?? this.#intervals.get(topicName) ?? 0;
  }
}
