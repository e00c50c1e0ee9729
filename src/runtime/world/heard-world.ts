import type { TellurionError } from "../errors.ts";
import type { DeadLetter, FlightDump, FrameRange, LogLine, PublishedFrame } from "./world.ts";
import { WorldListeners } from "./world-listeners.ts";

/** What others can hear of a world. */
export abstract class HeardWorld {
  protected readonly listeners = new WorldListeners();

  onFrame(listener: (frame: PublishedFrame) => void): void {
    this.listeners.frame.add(listener);
  }

  onLog(listener: (line: LogLine) => void): void {
    this.listeners.log.add(listener);
  }

  onDeadLetter(listener: (letter: DeadLetter) => void): void {
    this.listeners.deadLetter.add(listener);
  }

  onFailure(listener: (error: TellurionError) => void): void {
    this.listeners.failure.add(listener);
  }

  onFlight(listener: (dump: FlightDump) => void): void {
    this.listeners.flight.add(listener);
  }

  onRewind(listener: (frames: FrameRange) => void): void {
    this.listeners.rewind.add(listener);
  }

  onTimeDilation(listener: (factor: number) => void): void {
    this.listeners.timeDilation.add(listener);
  }
}
