import type { EventEntry } from "../../runtime/host.ts";
import { isKey, TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";

/** `weather` of `weather/north-marsh`. */
export function firstPart(topic: string): string {
  const slash = topic.indexOf("/");
  return slash < 0 ? topic : topic.slice(0, slash);
}

/** The topics of a world's events, and what can be subscribed to. */
export class Topics {
  /** First parts, sorted. */
  readonly names: readonly string[];
  readonly #events: readonly EventEntry[];

  constructor(events: readonly EventEntry[]) {
    this.#events = events;
    this.names = [...new Set(events.map((event) => event.topic))].sort();
  }

  /** Throws INVALID_ARGUMENT for a topic that no event can have. */
  check(topic: string): void {
    const name = firstPart(topic);
    if (!this.names.includes(name)) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `topic=${quoted(topic)} is not known; valid are ${this.names.join(", ")}, ` +
          "alone or followed by / and a key",
      );
    }
    if (topic === name) return;
    if (!this.#events.some((event) => event.topic === name && event.topicKey !== undefined)) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `topic=${quoted(topic)} is not valid: events of ${name} have no key; valid is ${name}`,
      );
    }
    if (!isKey(topic.slice(name.length + 1))) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `topic=${quoted(topic)} is not valid; valid keys are 1 to 64 of a-z, 0-9 and _ . : -`,
      );
    }
  }

  /** Numbers of the events whose topics have one of these first parts. */
  eventsOf(firstParts: Iterable<string>): number[] {
    const wanted = new Set(firstParts);
    return this.#events.filter((event) => wanted.has(event.topic)).map((event) => event.number);
  }
}
