import { LightningEventSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import type { ActorContext, Random } from "../../runtime/index.ts";
import { minuteMs } from "../common/units.ts";
import { cellX, cellY, gridOf, isOnMap, regionAt, type Sky } from "./grid.ts";
import { intensityOf, radiusOf } from "./storms.ts";

/** Strikes in a minute: of the heaviest storm, and over a region whose own weather is all lightning. */
const stormStrikesPerMinute = 1.2;
const regionStrikesPerMinute = 0.4;

/** Below this a storm brings snow, and hardly any lightning. */
const coldC = -2;
const coldShare = 0.1;

/** Strikes of one storm or region in a step, and of all. */
const strikesEachMax = 8;
const strikesMax = 64;

/** A region with less lightning than this in its own weather has none. */
const leastLightning = 0.02;

interface Outlet {
  readonly random: Random;
  readonly publish: ActorContext["publish"];
}

/** Lets lightning strike, as the last `minutes` before `nowMs` would have had it. */
export function strike(sky: Sky, minutes: number, nowMs: number, out: Outlet): void {
  const { random } = out;
  let left = strikesMax;
  const tell = (x: number, y: number, storm: string): void => {
    const region = regionAt(sky, x, y).name;
    const strength = 0.2 + 0.8 * random.next();
    const gameMs = BigInt(nowMs - random.integer(Math.max(1, minutes * minuteMs)));
    left -= 1;
    out.publish(LightningEventSchema, { region, x, y, storm, strength, gameMs });
  };
  for (const storm of sky.storms) {
    const { air } = regionAt(sky, storm.x, storm.y);
    const warmth = (air?.temperatureC ?? 0) < coldC ? coldShare : 1;
    const rate = stormStrikesPerMinute * intensityOf(storm) ** 2 * warmth;
    for (let i = countOf(rate * minutes, random); i > 0; i -= 1) {
      const distance = radiusOf(storm) * Math.sqrt(random.next());
      const angle = 2 * Math.PI * random.next();
      const x = storm.x + distance * Math.cos(angle);
      const y = storm.y + distance * Math.sin(angle);
      if (left > 0 && isOnMap(sky, x, y)) tell(x, y, `storm.${storm.number}`);
    }
  }
  sky.regions.forEach(({ air, cells }, region) => {
    if (air === undefined || cells === 0 || air.lightning < leastLightning) return;
    const own = gridOf(sky).cells[region] as readonly number[];
    for (let i = countOf(regionStrikesPerMinute * air.lightning * minutes, random); i > 0; i -= 1) {
      const cell = own[random.integer(own.length)] as number;
      const offX = ((random.next() - 0.5) * sky.widthM) / sky.cellsX;
      const offY = ((random.next() - 0.5) * sky.heightM) / sky.cellsY;
      const row = Math.floor(cell / sky.cellsX);
      if (left > 0) tell(cellX(sky, cell % sky.cellsX) + offX, cellY(sky, row) + offY, "");
    }
  });
}

/** A whole number that is `expected` on average. */
function countOf(expected: number, random: Random): number {
  return Math.min(strikesEachMax, Math.floor(expected + random.next()));
}
