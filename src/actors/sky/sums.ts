import { surfaceChannels } from "./surface.ts";

/** What a pass adds up for each region: what is over its cells, and what is on their ground. */
export const sum = {
  storm: 0,
  stormMost: 1,
  front: 2,
  windMps: 3,
  temperatureC: 4,
  pressureHpa: 5,
  surface: 6,
} as const;

export const sumsPerRegion = sum.surface + surfaceChannels;

/** What a whole storm adds to the weather under it. */
export const stormAdds = { windMps: 14, temperatureC: -5, pressureHpa: -8 } as const;

/** What a front's rain band brings of the heaviest rain. */
export const frontRain = 0.6;

/** In air that is drier than this, storms and fronts bring dust. */
export const dryHumidity = 0.3;
