import type {
  GetSurfaceRequest,
  StartStormRequest as StartStorm,
} from "../../gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkNumber, checkOneOf, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { cellAt, checkConfigured, gridOf, regionAt, type Sky } from "./grid.ts";
import { type Outlet, tellStorm } from "./live.ts";
import { addStorm, type Storm, stormsMax } from "./storms.ts";
import { type Surface, surfaceChannels, surfaceOf } from "./surface.ts";

const radiusMinM = 10;
const radiusMaxM = 1_000_000;
const intensityMin = 0.1;
const lifeMinutesMin = 10;
const lifeMinutesMax = 1_440;

/** The share of a storm's life that is over when it begins to decay. */
const calmedAt = 0.65;

export function startStorm(sky: Sky, request: Plain<StartStorm>, out: Outlet): Storm {
  checkConfigured(sky);
  const { x, y, radiusM, intensity, lifeMinutes } = request;
  checkPoint(sky, x, y, "");
  checkNumber("radius_m", radiusM, radiusMinM, radiusMaxM);
  checkNumber("intensity", intensity, intensityMin, 1);
  checkNumber("life_minutes", lifeMinutes, lifeMinutesMin, lifeMinutesMax);
  if (sky.storms.length >= stormsMax) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `there are ${sky.storms.length} storms, and ${stormsMax} at most: valid when one has ended`,
    );
  }
  const storm = addStorm(sky, { x, y, radiusM, intensity, lifeMinutes });
  tellStorm(sky, storm, Number(sky.gameMs), out);
  return storm;
}

export function calmStorm(sky: Sky, number: number): Storm {
  checkConfigured(sky);
  const storm = sky.storms.find((one) => one.number === number);
  if (storm === undefined) {
    const numbers = sky.storms.map((one) => one.number).join(", ");
    refuse("number", number, `are the numbers of storms: ${numbers || "there is none"}`);
  }
  // Its level stays, and goes down from there.
  const lived = Math.min(storm.ageMinutes / storm.lifeMinutes, 1);
  if (lived < calmedAt) {
    const left = storm.lifeMinutes * (1 - calmedAt);
    storm.lifeMinutes =
      storm.ageMinutes < left ? storm.ageMinutes + left : storm.ageMinutes / calmedAt;
  }
  return storm;
}

/** What is on the ground of a region or at a point, and of which region it is. */
export function surfaceAt(sky: Sky, where: Plain<GetSurfaceRequest>["where"]) {
  checkConfigured(sky);
  if (where.case === "point") {
    const { x, y } = where.value as { x: number; y: number };
    checkPoint(sky, x, y, "point.");
    const surface = surfaceOf(gridOf(sky).surface, cellAt(sky, x, y));
    return { surface, region: regionAt(sky, x, y).name };
  }
  const name = where.case === "region" ? (where.value as string) : "";
  const names = sky.regions.map((region) => region.name);
  checkOneOf("region", name, names);
  return { surface: meanSurface(sky, names.indexOf(name)), region: name };
}

function meanSurface(sky: Sky, number: number): Surface {
  const { cells, surface } = gridOf(sky);
  const own = cells[number] as readonly number[];
  const sums = new Float64Array(surfaceChannels);
  for (const cell of own) {
    for (let i = 0; i < surfaceChannels; i += 1) {
      sums[i] = (sums[i] as number) + (surface[cell * surfaceChannels + i] as number);
    }
  }
  const [wetness = 0, snowDepthM = 0, ice = 0, mud = 0, dust = 0] = sums.map((total) => {
    return total / Math.max(1, own.length);
  });
  return { wetness, snowDepthM, ice, mud, dust };
}

function checkPoint(sky: Sky, x: number, y: number, path: string): void {
  checkNumber(`${path}x`, x, sky.minX, sky.minX + sky.widthM);
  checkNumber(`${path}y`, y, sky.minY, sky.minY + sky.heightM);
}
