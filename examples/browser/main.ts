import { connect } from "@tellurion/client";
import { ClockService, TimeEventSchema } from "@tellurion/client/schema/clock_pb";
import { StormEventSchema, WeatherEventSchema } from "@tellurion/client/schema/weather_pb";
import { WorldService } from "@tellurion/client/schema/world_pb";
import { canvas } from "./canvas.ts";

const url = new URLSearchParams(location.search).get("world") ?? "ws://127.0.0.1:8080";
const world = await connect({ url, client: "browser-example/1.0" });
const { map } = await world.call(WorldService.method.getMap, {});
const places = map?.places ?? [];
const market = places.find(({ kind }) => kind === "market") ?? { id: "nowhere", x: 0, y: 0 };

let { reading: time } = await world.call(ClockService.method.getClock, {});
world.on(TimeEventSchema, ({ reading }) => {
  time = reading;
});
const weather = new Map<string, string>();
world.on(WeatherEventSchema, ({ region, newState }) => weather.set(region, newState));
const storms = new Map<string, { x: number; y: number; radiusM: number }>();
world.on(StormEventSchema, (event) => {
  if (event.ended) storms.delete(event.storm);
  else storms.set(event.storm, event);
});
const area = world.area({ x: market.x, y: market.y, radius: 500 });

const wide = canvas("wide", { x: 3_500, y: 7_000 }, 36_000);
const near = canvas("near", market, 1_000);
requestAnimationFrame(function draw() {
  wide.clear();
  near.clear();
  for (const place of places) wide.dot(place, 120, "#5b7089");
  for (const place of places) near.dot(place, 8, "#5b7089");
  for (const storm of storms.values()) wide.dot(storm, storm.radiusM, "#9db4d64d");
  for (const entity of area.entities) near.dot(entity.at(), 4, "#ffd479");
  const { year, month, day, hour, minute = 0 } = time?.calendar ?? {};
  const clock = `${hour}:${`${minute}`.padStart(2, "0")}`;
  const news = [...weather].map(([region, state]) => `${region}: ${state}`).join(" · ");
  wide.label(`${world.name} · day ${day}.${month}.${year}, ${clock} · ${news}`);
  near.label(`${market.id}: ${area.size} entities at ${(world.clock.now() / 1_000).toFixed(1)} s`);
  requestAnimationFrame(draw);
});
