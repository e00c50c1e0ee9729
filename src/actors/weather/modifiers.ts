import type { WeatherModifiers } from "../../gen/tellurion/v1/weather_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import type { Air } from "./channels.ts";

export type Modifiers = Plain<WeatherModifiers>;

/** A change of a modifier that players notice. */
const noticeable = 0.1;

/** What the weather does to play. */
export function modifiersOf(air: Air, windMps: number, humidity: number): Modifiers {
  const { fog, rain, snow, dust } = air;
  const gale = Math.max(0, windMps - 10);
  const dry = 1.3 - 0.8 * humidity;
  const wet = (1 - 0.8 * rain) * (1 - 0.7 * snow);
  return {
    visibility: clamp(1 - 0.85 * fog - 0.35 * rain - 0.55 * snow - 0.8 * dust, 0.05, 1),
    movement: clamp(1 - 0.15 * rain - 0.45 * snow - 0.2 * dust - 0.01 * gale, 0.3, 1),
    soundRange: clamp(1 - 0.35 * rain - 0.2 * snow - 0.3 * dust - 0.015 * windMps, 0.2, 1),
    fireSpread: clamp(dry * (1 + windMps / 20) * wet, 0, 3),
  };
}

export function differNoticeably(a: Modifiers, b: Modifiers): boolean {
  return (
    Math.abs(a.visibility - b.visibility) >= noticeable ||
    Math.abs(a.movement - b.movement) >= noticeable ||
    Math.abs(a.soundRange - b.soundRange) >= noticeable ||
    Math.abs(a.fireSpread - b.fireSpread) >= noticeable
  );
}
