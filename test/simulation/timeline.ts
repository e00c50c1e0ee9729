import type { PublishedEvent } from "../../src/runtime/world/world.ts";
import type { Findings } from "./findings.ts";

/** What clients were shown of each frame that can still be run again. */
export class Timeline {
  readonly #findings: Findings;
  readonly #shown = new Map<number, string>();
  #last = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  get shown(): ReadonlyMap<number, string> {
    return this.#shown;
  }

  /** A process showed a frame. */
  show(frame: number, events: readonly PublishedEvent[]): void {
    if (frame <= this.#last) {
      const text = `frame ${frame} was shown after frame ${this.#last}`;
      this.#findings.add("events in order", text);
    }
    this.#last = frame;
    this.#shown.set(frame, describeEvents(events));
  }

  /** The world goes on from a frame: later ones were not kept, and are run anew. */
  resume(frame: number): void {
    for (const shown of this.#shown.keys()) if (shown > frame) this.#shown.delete(shown);
    this.#last = Math.min(this.#last, frame);
  }

  /** Clients are new to a process: it shows them what follows the frame that it began with. */
  reconnect(frame: number): void {
    this.#last = frame;
  }
}

/** The events of a frame, so that two runs of it can be compared. */
export function describeEvents(events: readonly PublishedEvent[]): string {
  const lines = events.map(({ topic, actor, sequence, bytes, start, end }) => {
    return `${topic} ${actor} ${sequence} ${Buffer.from(bytes.subarray(start, end)).toString("hex")}`;
  });
  return lines.join("\n");
}
