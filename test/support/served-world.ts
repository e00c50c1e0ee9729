import { create } from "@bufbuild/protobuf";
import { ClockService } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherReadingSchema, WeatherService } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../src/runtime/errors.ts";
import type { Authenticator } from "../../src/server/access/authenticator.ts";
import { defaultLimits, type Limits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { type RunningServer, surround } from "../../src/server/running-server.ts";
import { FakeWorld } from "./fake-world.ts";

/** A fake world behind a real port. */
export interface ServedWorld extends RunningServer {
  readonly world: FakeWorld;
  /** `ws://127.0.0.1:41234` */
  readonly webSocketUrl: string;
  readonly log: readonly string[];
}

export async function serveFakeWorld(
  limits: Partial<Limits> = {},
  allowedOrigins: readonly string[] = [],
  authenticator?: Authenticator,
): Promise<ServedWorld> {
  const world = new FakeWorld();
  answerWeather(world);
  const log: string[] = [];
  const server = await surround(world, {
    host: "127.0.0.1",
    port: 0,
    allowedOrigins,
    authenticator,
    limits: { ...defaultLimits, ...limits },
    log: createLog((line) => log.push(line)),
  });
  return { ...server, world, webSocketUrl: server.url.replace("http", "ws"), log };
}

/** One region, `north-marsh`, whose weather can be read and set; and a clock. */
export function answerWeather(world: FakeWorld): void {
  const weather = create(WeatherReadingSchema, { region: "north-marsh", condition: "clear" });
  const conditions = ["clear", "rain"];
  const regionOf = (key: string) => {
    if (key !== weather.region) throw new Rejection("NOT_FOUND", `region=${key} is not known`);
  };
  world.answer(WeatherService.method.getWeather, (_request, key) => {
    regionOf(key);
    return { weather, conditions };
  });
  world.answer(WeatherService.method.setWeather, ({ condition, intensity = 1 }, key) => {
    regionOf(key);
    if (!conditions.includes(condition)) {
      const valid = conditions.join(", ");
      throw new Rejection("INVALID_ARGUMENT", `condition=${condition}; valid are ${valid}`);
    }
    weather.condition = condition;
    weather.intensity = intensity;
    return { weather };
  });
  world.answer(ClockService.method.getClock, () => ({ reading: { gameMs: 60_000n } }));
}
