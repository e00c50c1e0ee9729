import { connect, Track } from "@tellurion/client";
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
let news: string[] = [];
world.on(WeatherEventSchema, ({ region, newState }) => {
  news = [`${region}: ${newState}`, ...news].slice(0, 6);
});
const storms = new Map<string, { track: Track; radius: number }>();
world.on(StormEventSchema, ({ storm, x, y, radiusM: radius, ended }, { timeMs }) => {
  const { track } = storms.get(storm) ?? { track: new Track() };
  track.push(timeMs, { x, y, heading: 0 });
  if (ended) storms.delete(storm);
  else storms.set(storm, { track, radius });
});
const area = world.area({ x: market.x, y: market.y, radius: 500 });

const wide = canvas("wide", { x: 3_500, y: 7_000 }, 36_000);
const near = canvas("near", market, 1_000);
function draw(): void {
  wide.clear();
  near.clear();
  for (const { x, y } of places) wide.dot({ x, y }, 120, "#5b7089");
  for (const { x, y } of places) near.dot({ x, y }, 8, "#5b7089");
  for (const { track, radius } of storms.values()) {
    wide.dot(track.at(world.clock.now()) ?? market, radius, "#9db4d64d");
  }
  for (const entity of area.entities) near.dot(entity.at(), 4, "#ffd479");
  const { year, month, day, hour, minute } = time?.calendar ?? {};
  wide.label(
    `${world.name} · day ${day}.${month}.${year}, ${hour}:${minute} · ${news.join(" · ")}`,
  );
  near.label(`${market.id}: ${area.size} entities at ${(world.clock.now() / 1_000).toFixed(1)} s`);
  requestAnimationFrame(draw);
}
draw();
