import type { CoreReport } from "../../gen/tellurion/v1/core_pb.ts";
import type { LogLevel } from "../actor/context.ts";
import type { TellurionError } from "../errors.ts";
import type { Catalogue } from "./catalogue.ts";
import type { DeadLetterReason } from "./metrics.ts";
import type {
  DeadLetter,
  FirstListener,
  FlightDump,
  FrameRange,
  LogLine,
  PublishedFrame,
} from "./world.ts";

/** Those who want to hear of one thing. */
class Channel<Value> {
  readonly #listeners: ((value: Value) => void)[] = [];

  add(listener: (value: Value) => void): void {
    this.#listeners.push(listener);
  }

  emit(value: Value): void {
    for (const listener of this.#listeners) listener(value);
  }
}

/** Those who want to hear of a world. */
export class WorldListeners {
  readonly frame = new Channel<PublishedFrame>();
  readonly log = new Channel<LogLine>();
  readonly deadLetter = new Channel<DeadLetter>();
  readonly failure = new Channel<TellurionError>();
  readonly flight = new Channel<FlightDump>();
  readonly rewind = new Channel<FrameRange>();
  readonly timeDilation = new Channel<number>();

  #dilationTold = 1;

  /** Adds who listens from the first frame on. Returns the numbers of the events that it hears. */
  begin(listener: FirstListener | undefined, { events }: Catalogue): Set<number> {
    if (listener) this.frame.add((frame) => listener.hear(frame));
    const heard = events.filter(({ topic }) => listener?.topics.has(topic));
    return new Set(heard.map(({ number }) => number));
  }

  /** Tells what the world says of itself. */
  say(level: LogLevel, text: string, frame: () => number): void {
    // Before the world has begun, nobody has had the time to listen.
    setImmediate(() => this.log.emit({ frame: frame(), level, address: undefined, text }));
  }

  /** Tells how fast time runs, when that has changed. */
  tellDilation(factor: number): void {
    if (factor === this.#dilationTold) return;
    this.#dilationTold = factor;
    this.timeDilation.emit(factor);
  }

  /** Tells what a worker reports. */
  report(frame: number, { body }: CoreReport): void {
    if (body.case === "log") {
      const { address, text } = body.value;
      const level = body.value.level as LogLevel;
      this.log.emit({ frame, level, address: address || undefined, text });
    } else if (body.case === "deadLetter") {
      const { target, type } = body.value;
      const reason = body.value.reason as DeadLetterReason;
      const sender = body.value.sender || undefined;
      this.deadLetter.emit({ frame, sender, target, type, reason });
    }
  }
}
