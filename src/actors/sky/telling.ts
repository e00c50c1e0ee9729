import {
  type RegionSky as Message,
  RegionSkySchema,
  SurfaceEventSchema,
} from "../../gen/tellurion/v1/weather_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { minuteMs } from "../common/units.ts";
import { outlookOf, type Trend, trendOf } from "./chances.ts";
import type { RegionUnder, Sky } from "./grid.ts";
import { stormAdds, sum, sumsPerRegion } from "./sums.ts";
import { differ, type Surface } from "./surface.ts";

export type RegionSky = Plain<Message>;

type Outlet = Pick<ActorContext, "publish" | "send">;

/** A region is told again after so long, since its outlook is one from then on. */
const toldEveryMs = BigInt(60 * minuteMs);

/** What a region is told of. */
const newsOf = { share: 0.05, windMps: 1, temperatureC: 0.5, pressureHpa: 1, snowM: 0.01 } as const;

/** What everybody is told of the ground. */
const surfaceNews = { share: 0.1, snowM: 0.02 } as const;

/**
 * Tells a region what the sky does to it, and everybody of its ground, where that is news. `trend`: of storms.
 */
export function tellRegion(sky: Sky, number: number, trend: Trend, out: Outlet): void {
  const region = sky.regions[number] as RegionUnder;
  const told = summedUp(sky, region, number, trend);
  tellSurface(sky, region, told.surface as Surface, out);
  if (region.told !== undefined && !isNews(told, region.told)) return;
  region.told = told;
  out.send(`weather/${region.name}`, RegionSkySchema, told);
}

/** Tells all regions that there is a sky: from then on they tell it of their air. */
export function greet(sky: Sky, out: Outlet): void {
  sky.greeted = true;
  const trend = trendOf(sky);
  sky.regions.forEach((region, number) => {
    region.told = summedUp(sky, region, number, trend);
    out.send(`weather/${region.name}`, RegionSkySchema, region.told);
  });
}

function summedUp(sky: Sky, region: RegionUnder, number: number, trend: Trend): RegionSky {
  const start = number * sumsPerRegion;
  const cells = Math.max(1, region.cells);
  const mean = (index: number): number => (sky.sums[start + index] as number) / cells;
  // A storm over a part of a region counts for more than its part: there it is what matters.
  const storm = (mean(sum.storm) + (sky.sums[start + sum.stormMost] as number)) / 2;
  const { hours, usual } = outlookOf(sky, region, trend);
  return {
    gameMs: sky.gameMs,
    storm,
    front: mean(sum.front),
    windMps: mean(sum.windMps) + stormAdds.windMps * storm,
    temperatureC: mean(sum.temperatureC) + stormAdds.temperatureC * storm,
    pressureHpa: mean(sum.pressureHpa) + stormAdds.pressureHpa * storm,
    stormChances: hours,
    stormChance: usual,
    surface: {
      wetness: mean(sum.surface),
      snowDepthM: mean(sum.surface + 1),
      ice: mean(sum.surface + 2),
      mud: mean(sum.surface + 3),
      dust: mean(sum.surface + 4),
    },
  };
}

function tellSurface(sky: Sky, region: RegionUnder, surface: Surface, out: Outlet): void {
  const { toldSurface } = region;
  const before = toldSurface ?? { wetness: 0, snowDepthM: 0, ice: 0, mud: 0, dust: 0 };
  if (!differ(surface, before, surfaceNews.share, surfaceNews.snowM)) return;
  region.toldSurface = { ...surface };
  out.publish(SurfaceEventSchema, { region: region.name, ...surface, gameMs: sky.gameMs });
}

function isNews(now: RegionSky, told: RegionSky): boolean {
  return (
    now.gameMs - told.gameMs >= toldEveryMs ||
    now.gameMs < told.gameMs ||
    isOther(now.storm, told.storm, newsOf.share) ||
    isOther(now.front, told.front, newsOf.share) ||
    isOther(now.windMps, told.windMps, newsOf.windMps) ||
    isOther(now.temperatureC, told.temperatureC, newsOf.temperatureC) ||
    isOther(now.pressureHpa, told.pressureHpa, newsOf.pressureHpa) ||
    differ(now.surface as Surface, told.surface as Surface, newsOf.share, newsOf.snowM) ||
    now.stormChances.some((chance, hour) => {
      return Math.abs(chance - (told.stormChances[hour] ?? 0)) >= newsOf.share;
    })
  );
}

/** Also news is what has come to nothing, however little of it there was. */
function isOther(now: number, told: number, step: number): boolean {
  return Math.abs(now - told) >= step || (now === 0) !== (told === 0);
}
