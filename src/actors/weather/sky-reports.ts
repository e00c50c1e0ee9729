import type { RegionAir as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import { RegionAirSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import type { ActorContext, Address } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { minuteMs } from "../common/units.ts";
import { longRunShares } from "./law.ts";
import { ownAir } from "./overhead.ts";
import { climateOf, type Region, seasonOf } from "./region.ts";

type RegionAir = Plain<Message>;

/** The sky is told of the air again after so long, or earlier when it has changed by one of these. */
const toldEveryMs = BigInt(10 * minuteMs);
const newsOf = { temperatureC: 1, windMps: 2, share: 0.1 } as const;

/** Tells the sky of a region's own air, where that is news. */
export function tellAir(region: Region, out: Pick<ActorContext, "send">): void {
  if (region.skyAddress === "" || !region.configured) return;
  const { cloud, rain, snow, dust, lightning } = ownAir(region);
  const { temperatureC, windMps, windDirectionDeg, humidity, stormTendency, gameMs } = region;
  const air = {
    ...{ region: region.region, temperatureC, windMps, windDirectionDeg, humidity },
    ...{ cloud, rain, snow, dust, lightning, stormTendency, gameMs },
  };
  if (region.toldAir !== undefined && !isNews(air, region.toldAir)) return;
  region.toldAir = air;
  out.send(region.skyAddress as Address, RegionAirSchema, air);
}

function isNews(now: RegionAir, told: RegionAir): boolean {
  return (
    now.gameMs - told.gameMs >= toldEveryMs ||
    now.gameMs < told.gameMs ||
    now.stormTendency !== told.stormTendency ||
    Math.abs(now.temperatureC - told.temperatureC) >= newsOf.temperatureC ||
    Math.abs(now.windMps - told.windMps) >= newsOf.windMps ||
    Math.abs(now.rain - told.rain) >= newsOf.share ||
    Math.abs(now.snow - told.snow) >= newsOf.share ||
    Math.abs(now.dust - told.dust) >= newsOf.share ||
    Math.abs(now.lightning - told.lightning) >= newsOf.share
  );
}

/** Notes how much the present season is one of storms: what falls and flashes in it, in the long run. */
export function noteTendency(region: Region): void {
  const climate = climateOf(region);
  const shares = longRunShares(climate, seasonOf(region), undefined);
  const tendency = climate.conditions.reduce((sum, { rain, snow, dust, lightning }, i) => {
    return sum + (shares[i] ?? 0) * Math.max(0.8 * rain, 0.5 * snow, 0.5 * dust, lightning);
  }, 0);
  region.stormTendency = Math.min(1, tendency);
}
