import {
  DayPhase,
  SeasonEventSchema,
  TimeEventSchema,
  TimePhaseEventSchema,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import {
  ConfigureWeatherSchema,
  RegionSkySchema,
  WeatherService,
  WeatherStateSchema,
} from "../../gen/tellurion/v1/weather_pb.ts";
import { type ActorContext, defineActor, Rejection, type View } from "../../runtime/index.ts";
import { checkInteger } from "../common/checks.ts";
import { conditionNames, seasonNames } from "./climate.ts";
import { begin, loadClimate, lock, setSeason, setWeather, unlock } from "./commands.ts";
import { type ConfigureWeather, checkConfiguration } from "./configuration.ts";
import { forecastOf } from "./forecast.ts";
import { longRunShares } from "./law.ts";
import { lendToBeat, overrideWeather, releaseWeather } from "./lease.ts";
import { liveTo, skipTo, tellModifiers, tellSevere } from "./live.ts";
import { stormChance } from "./overhead.ts";
import { readingOf } from "./reading.ts";
import { climateOf, dawnWindowOf, type Region, seasonOf } from "./region.ts";
import { noteTendency, tellAir } from "./sky-reports.ts";
import { ultraDynamicOf } from "./ultra-dynamic.ts";

const forecastHoursMax = 168;

/**
 * The weather of one region, `weather/<region>`. It lives through game time as the clock's events
 * tell of it.
 */
export const weather = defineActor({
  kind: "weather",
  state: WeatherStateSchema,
  activation: "spawned",
  init: (ctx) => ({ region: ctx.key }),
  // A restart would forget the region's climate.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureWeatherSchema, (state, message, ctx) =>
      configure(state, message.toObject(), ctx),
    ),
    handle(TimeEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      // A jump did not happen to the weather; nor did what was before the region began.
      if (event.jumped) skipTo(state, event.settledGameMs);
      else if (event.previousGameMs > state.gameMs) skipTo(state, event.previousGameMs);
      state.inTime = true;
      state.timeScale = scaleOf(event);
      liveTo(state, event.settledGameMs, ctx);
      tellAir(state, ctx);
    }),
    handle(TimePhaseEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      if (state.inTime && !event.jumped) liveTo(state, event.gameMs, ctx);
      state.dayMs = event.dayMs;
      state.dawn = event.newPhase === DayPhase.DAWN;
      if (!state.dawn) return;
      state.dawnFromMs = event.gameMs;
      state.dawnUntilMs = event.untilGameMs;
    }),
    handle(SeasonEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      if (state.inTime && !event.jumped) liveTo(state, event.gameMs, ctx);
      beginSeason(state, event.newSeason, ctx);
    }),
    handle(RegionSkySchema, (state, message, ctx) => {
      state.sky = message.toObject();
      state.skyAddress = ctx.sender ?? "";
      if (!state.configured) return;
      tellSevere(state, climateOf(state), Number(state.gameMs), ctx);
      tellModifiers(state, ctx);
      tellAir(state, ctx);
    }),
    handle(
      StoryBeatEventSchema,
      (state, beat, ctx) => {
        if (!state.configured || beat.kind !== BeatKind.WEATHER) return;
        lendToBeat(state, beat, ctx);
      },
      { ownKey: true },
    ),
    answer(WeatherService.method.overrideWeather, (state, request, ctx) => {
      overrideWeather(state, request.toObject(), ctx);
      return { weather: readingOf(state) };
    }),
    answer(WeatherService.method.releaseWeather, (state, request, ctx) => {
      releaseWeather(state, request.owner, ctx);
      return { weather: readingOf(state) };
    }),
    answer(WeatherService.method.setWeather, (state, request, ctx) => {
      setWeather(state, request.toObject(), ctx);
      return { weather: readingOf(state) };
    }),
    answer(WeatherService.method.setSeason, (state, request) => {
      setSeason(state, request.season);
      return { weather: readingOf(state) };
    }),
    answer(WeatherService.method.lockWeather, (state, request) => {
      lock(state, request.owner);
      return { weather: readingOf(state) };
    }),
    answer(WeatherService.method.unlockWeather, (state, request) => {
      unlock(state, request.owner);
      return { weather: readingOf(state) };
    }),
    answer(WeatherService.method.loadClimate, (state, request, ctx) => {
      loadClimate(state, request.toObject().climate, ctx);
      return { weather: readingOf(state) };
    }),
    query(WeatherService.method.getWeather, (state) => {
      const climate = climateOf(state);
      return { weather: readingOf(state), conditions: conditionNames(climate) };
    }),
    query(WeatherService.method.getUltraDynamicWeather, (state) => ultraDynamicOf(state)),
    query(WeatherService.method.forecast, (state, request) => tellForecast(state, request.hours)),
    query(WeatherService.method.getWeatherStats, (state) => tellStats(state)),
  ],
});

function configure(state: Region, message: ConfigureWeather, ctx: ActorContext): void {
  checkConfiguration(message);
  const { climate, season, condition, gameMs } = message;
  if (state.configured || climate === undefined) {
    throw new Rejection("FAILED_PRECONDITION", "the weather has a configuration already");
  }
  begin(state, climate, season, condition, gameMs, ctx);
}

function beginSeason(state: Region, season: string, ctx: ActorContext): void {
  state.season = season;
  state.seasonOverride = "";
  noteTendency(state);
  if (seasonNames(climateOf(state)).includes(season)) return;
  const { season: first } = seasonOf(state);
  ctx.log("warn", `the climate has no season ${JSON.stringify(season)}: ${first} holds instead`);
}

function tellForecast(state: Region, hours: number) {
  const conditions = conditionNames(climateOf(state));
  checkInteger("hours", hours, 1, forecastHoursMax);
  return {
    conditions,
    hours: forecastOf(state, hours).map((chances, i) => ({
      hour: i + 1,
      chances,
      likeliest: conditions[chances.indexOf(Math.max(...chances))] ?? "",
      stormChance: stormChance(state, i + 1),
    })),
  };
}

function tellStats(state: Region) {
  const climate = climateOf(state);
  const shares = longRunShares(climate, seasonOf(state), dawnWindowOf(state));
  return {
    conditions: conditionNames(climate).map((condition, i) => ({
      condition,
      minutes: BigInt(state.minutesSeen[i] ?? 0),
      times: BigInt(state.timesEntered[i] ?? 0),
      stationaryShare: shares[i] ?? 0,
    })),
  };
}

/** Game time that passes in world time. 0 while it stands still. */
function scaleOf({ reading }: View<typeof TimeEventSchema>): number {
  const { scale, paused } = reading ?? {};
  if (scale === undefined || paused === true) return 0;
  return Number(scale.numerator) / Number(scale.denominator);
}
