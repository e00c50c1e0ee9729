import type { ConfigureWeather as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import { checkBigint, checkOneOf, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { checkClimate, conditionNames, seasonNames } from "./climate.ts";

export type ConfigureWeather = Plain<Message>;

/** Throws a Rejection that names the first thing wrong with a region's configuration. */
export function checkConfiguration(configuration: ConfigureWeather, path = ""): void {
  const { climate, season, condition, gameMs } = configuration;
  if (climate === undefined) refuse(`${path}climate`, "", "is a climate: it is needed");
  checkClimate(climate, `${path}climate.`);
  if (season !== "") checkOneOf(`${path}season`, season, seasonNames(climate));
  if (condition !== "") checkOneOf(`${path}condition`, condition, conditionNames(climate));
  checkBigint(`${path}game_ms`, gameMs, 0n, gameMsMax);
}
