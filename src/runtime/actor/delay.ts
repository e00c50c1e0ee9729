import { TellurionError } from "../errors.ts";
import { delayFramesMax } from "./timer-wheel.ts";

/** A delay in whole frames, rounded up. `name` says what it is. Throws VALUE_OUT_OF_RANGE for fewer than `least`. */
export function delayInFrames(name: string, ms: number, tickHz: number, least: number): number {
  const frames = Math.ceil((ms * tickHz) / 1_000 - 1e-9);
  if (!(ms >= 0) || frames < least || frames > delayFramesMax) {
    throw new TellurionError(
      "VALUE_OUT_OF_RANGE",
      `${name}=${ms} is not valid; valid are ${least === 0 ? "0" : "more than 0"} to ${delayFramesMax} frames`,
    );
  }
  return frames;
}
