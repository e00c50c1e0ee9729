import { Delivery } from "../../gen/tellurion/v1/options_pb.ts";
import type { BridgedEvent } from "../bridged-event.ts";
import type { ShedReason } from "./outbox.ts";

type EventClass = Exclude<ShedReason, "too-large">;

/** Times `outboxBytesMax` that the outbox holds when events of a class are shed. */
const shedAt: Readonly<Record<EventClass, number>> = {
  cosmetic: 1,
  "latest-wins": 2,
  reliable: 3,
};

/** Decides which classes of events are left out when there is no room for all. */
export class Shedding {
  readonly #bytesMax: number;
  readonly #classes: ReadonlyMap<number, EventClass>;
  #fullness = 0;

  constructor(bytesMax: number, events: readonly BridgedEvent[]) {
    this.#bytesMax = bytesMax;
    this.#classes = new Map(events.map(({ number, delivery }) => [number, classOf(delivery)]));
  }

  /** So many bytes wait. Infinity: there is no room for anything. */
  observe(bytes: number): void {
    this.#fullness = bytes / this.#bytesMax;
  }

  /** The class of an event that is to be left out; undefined: it is to be taken. */
  refusal(number: number): EventClass | undefined {
    if (this.#fullness < 1) return undefined;
    const found = this.#classes.get(number) ?? "reliable";
    return this.#fullness >= shedAt[found] ? found : undefined;
  }
}

function classOf(delivery: Delivery): EventClass {
  if (delivery === Delivery.COSMETIC) return "cosmetic";
  return delivery === Delivery.LATEST_WINS ? "latest-wins" : "reliable";
}
