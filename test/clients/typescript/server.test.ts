import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, TellurionError, type World } from "../../../clients/typescript/src/index.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema, WeatherService } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { type ServedWorld, serveFakeWorld } from "../../support/served-world.ts";
import { within } from "../../support/within.ts";
import { type BreakableLine, openLine } from "./breakable-line.ts";

const { getWeather, setWeather } = WeatherService.method;

describe("against a real server", () => {
  let served: ServedWorld;
  let line: BreakableLine;
  let world: World;
  beforeEach(async () => {
    served = await serveFakeWorld();
    line = await openLine(served.webSocketUrl);
    world = await connect({ url: line.webSocketUrl, backOffMsMin: 10 });
  });
  afterEach(async () => {
    world.close();
    line.close();
    await served.close();
  });

  const rain = (region: string) => {
    served.world.publish(WeatherEventSchema, { region, newState: "rain" });
    served.world.endFrame();
  };
  const status = (wanted: string) =>
    within(
      `status ${wanted}`,
      new Promise<void>((resolve) => {
        const listening = world.on("status", ({ status }) => {
          if (status !== wanted) return;
          listening.cancel();
          resolve();
        });
      }),
    );

  test("events of the topics that were asked for come, and no others", async () => {
    const heard: string[] = [];
    const marsh = world.on(WeatherEventSchema, "weather/north-marsh", ({ region, newState }) =>
      heard.push(`${region} ${newState}`),
    );
    const time = world.on(TimeEventSchema, () => heard.push("time"));
    await Promise.all([marsh.ready, time.ready]);
    rain("salt-coast");
    rain("north-marsh");
    served.world.publish(TimeEventSchema, {});
    served.world.endFrame();
    await within("the events", world.call(getWeather, { region: "north-marsh" }));
    expect(heard).toEqual(["north-marsh rain", "time"]);
    marsh.cancel();
    const again = world.on(WeatherEventSchema, "weather/salt-coast", () => heard.push("coast"));
    await again.ready;
    rain("north-marsh");
    rain("salt-coast");
    await world.call(getWeather, { region: "north-marsh" });
    expect(heard.slice(2)).toEqual(["coast"]);
  });

  test("calls are answered, or fail with the server's code", async () => {
    const { weather } = await world.call(setWeather, { region: "north-marsh", condition: "rain" });
    expect(weather).toMatchObject({ region: "north-marsh", condition: "rain" });
    const failed = await world.call(getWeather, { region: "bog" }).catch((error) => error);
    expect(failed).toBeInstanceOf(TellurionError);
    expect(failed).toMatchObject({ code: "NOT_FOUND", message: "region=bog is not known" });
    served.world.answer(getWeather, () => new Promise<never>(() => {}));
    const late = world.call(getWeather, { region: "north-marsh" }, { timeoutMs: 30 });
    await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  test("a topic that the server refuses is told to who asked for it", async () => {
    const refused = world.on(WeatherEventSchema, "weather/No Marsh", () => {});
    await expect(refused.ready).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  test("after a cut it is there again, with its topics and the calls that may be repeated", async () => {
    const heard: string[] = [];
    const ready = world.on(WeatherEventSchema, ({ region }) => heard.push(region)).ready;
    await ready;
    const held = Promise.withResolvers<object>();
    served.world.answer(getWeather, () => held.promise);
    const asked = world.call(getWeather, { region: "north-marsh" }, { timeoutMs: 5_000 });
    const back = status("online");
    line.cut();
    await back;
    served.world.answer(getWeather, () => ({ conditions: ["clear"] }));
    held.resolve({ conditions: ["clear"] });
    expect((await within("the answer", asked)).conditions).toEqual(["clear"]);
    rain("north-marsh");
    await world.call(getWeather, { region: "north-marsh" });
    expect(heard).toEqual(["north-marsh"]);
  });

  test("it follows a server that says goodbye, until it is told to stop", async () => {
    const offline = status("offline");
    await served.close();
    await offline;
    expect(world.status).not.toBe("closed");
    world.close();
    expect(await world.closed).toBeUndefined();
  });

  test("world time is the server's", async () => {
    served.world.frame = 600;
    const settled = Promise.withResolvers<void>();
    const watching = setInterval(() => {
      if (world.clock.isSettled) settled.resolve();
    }, 5);
    await within("the clock", settled.promise);
    clearInterval(watching);
    // The fake world stands still, so what its clock says is in the frame's length.
    expect(Math.abs(world.clock.now() - 10_000)).toBeLessThan(1_000);
  });
});
