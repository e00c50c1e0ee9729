import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type ConnectOptions, connect, type World } from "../../../clients/typescript/src/index.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema, WeatherService } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { tokenAuthenticator } from "../../../src/server/access/authenticator.ts";
import { type ServedWorld, serveFakeWorld } from "../../support/served-world.ts";
import { inSeconds, secret, signed } from "../../support/tokens.ts";
import { within } from "../../support/within.ts";
import { type BreakableLine, openLine } from "./breakable-line.ts";

const { getWeather, setWeather } = WeatherService.method;
const authenticator = tokenAuthenticator(secret, { algorithms: ["HS256"] });

/** The server takes tokens for five more seconds than they say. */
const almostOver = -3;

let served: ServedWorld;
let line: BreakableLine;
let world: World | undefined;

async function join(
  options: Partial<ConnectOptions> = {},
  ...serving: Parameters<typeof serveFakeWorld>
): Promise<World> {
  served = await serveFakeWorld(...serving);
  line = await openLine(served.webSocketUrl);
  const url = line.webSocketUrl;
  world = await connect({ url, backOffMsMin: 5, backOffMsMax: 20, ...options });
  return world;
}

afterEach(async () => {
  world?.close();
  line.close();
  await served.close();
});

/** What a status, or another thing that happens, tells. */
function happening<Name extends "resync" | "problem">(to: World, name: Name) {
  return within(name, new Promise((resolve) => to.on(name, resolve)));
}

function becomes(to: World, wanted: string): Promise<void> {
  const reached = new Promise<void>((resolve) => {
    const listening = to.on("status", ({ status }) => {
      if (status !== wanted) return;
      listening.cancel();
      resolve();
    });
  });
  return within(`status ${wanted}`, reached);
}

/** A frame with an event that must arrive, and one of which the latest counts. */
function publish(number: number): void {
  served.world.publish(WeatherEventSchema, { region: "north-marsh", newState: `${number}` });
  served.world.publish(TimeEventSchema, {});
  served.world.endFrame();
}

describe("a session of the client", () => {
  test("loses nothing that must arrive, and hears nothing twice, however often it is cut", async () => {
    const joined = await join({}, { unackedMax: 4, messagesPerSecondMax: 10_000 });
    const heard: number[] = [];
    joined.on("resync", () => heard.push(Number.NaN));
    await joined.on(WeatherEventSchema, ({ newState }) => heard.push(Number(newState))).ready;
    await joined.on(TimeEventSchema, () => {}).ready;
    let published = 0;
    const seeded = fc.sample(fc.tuple(fc.nat(5), fc.nat(5), fc.boolean()), {
      numRuns: 40,
      seed: 7,
    });
    for (const [before, after, isWaited] of seeded) {
      for (let i = 0; i < before; i++) publish(++published);
      const back = becomes(joined, "online");
      line.cut();
      for (let i = 0; i < after; i++) publish(++published);
      await back;
      // Otherwise the next cut comes while what was missed is still on its way.
      if (isWaited) await joined.call(getWeather, { region: "north-marsh" });
    }
    await joined.call(getWeather, { region: "north-marsh" });
    expect(heard).toEqual(Array.from({ length: published }, (_, i) => i + 1));
    expect(published).toBeGreaterThan(100);
  });

  test("that was away for too long begins anew, with its subscriptions, and the game is told", async () => {
    const joined = await join({}, { resumeWindowMs: 0 });
    const heard: string[] = [];
    await joined.on(WeatherEventSchema, ({ newState }) => heard.push(newState)).ready;
    publish(1);
    await joined.call(getWeather, { region: "north-marsh" });
    const told = happening(joined, "resync");
    line.cut();
    expect(await told).toEqual({ reason: "RESUME_EXPIRED" });
    await joined.call(getWeather, { region: "north-marsh" });
    publish(2);
    await joined.call(getWeather, { region: "north-marsh" });
    expect(heard).toEqual(["1", "2"]);
  });

  test("that sent too much at once is over, and a new one has its subscriptions", async () => {
    const joined = await join({ callsInFlightMax: 64 }, { messagesBurstMax: 30 });
    const heard: string[] = [];
    await joined.on(WeatherEventSchema, ({ newState }) => heard.push(newState)).ready;
    publish(1);
    const errors: (string | undefined)[] = [];
    joined.on("status", ({ error }) => errors.push(error?.code));
    const told = happening(joined, "resync");
    const back = becomes(joined, "online");
    const command = () => joined.call(setWeather, { region: "north-marsh", condition: "rain" });
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, command));
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: "UNAVAILABLE" } });
    await back;
    expect(await told).toEqual({ reason: "RESUME_EXPIRED" });
    expect(errors).toContain("CLIENT_TOO_MANY_MESSAGES");
    await joined.call(getWeather, { region: "north-marsh" });
    publish(2);
    await joined.call(getWeather, { region: "north-marsh" });
    expect(heard).toEqual(["1", "2"]);
  });

  test("gets a topic as seldom as it asks", async () => {
    const joined = await join();
    let heard = 0;
    const count = () => {
      heard += 1;
    };
    await joined.on(TimeEventSchema, "time", count, { intervalMs: 60_000 }).ready;
    for (let i = 0; i < 20; i++) publish(i);
    await joined.call(getWeather, { region: "north-marsh" });
    expect(heard).toBe(1);
  });
});

describe("with a server that has keys, the client", () => {
  test("shows its token, and knows who it is and what it may do", async () => {
    const token = await signed({ scope: "weather:read" });
    const joined = await join({ token }, {}, [], authenticator);
    expect([joined.player, joined.scopes]).toEqual(["anna", ["weather:read"]]);
    await joined.call(getWeather, { region: "north-marsh" });
    await expect(
      joined.call(setWeather, { region: "north-marsh", condition: "rain" }),
    ).rejects.toMatchObject({ code: "SCOPE_MISSING" });
  });

  test("is not let in with a forged token, and does not try again", async () => {
    const token = await signed({}, new TextEncoder().encode("another secret of thirty-two bytes"));
    await expect(join({ token }, {}, [], authenticator)).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
    });
    world = undefined;
  });

  test("fetches a new token when the old one's time is over, and goes on with its session", async () => {
    const tokens: string[] = [];
    const token = async () => {
      tokens.push(
        await signed({
          scope: "weather:read",
          exp: inSeconds(tokens.length === 0 ? almostOver : 60),
        }),
      );
      return tokens.at(-1) ?? "";
    };
    const joined = await join({ token }, {}, [], authenticator);
    const heard: string[] = [];
    await joined.on(WeatherEventSchema, ({ newState }) => heard.push(newState)).ready;
    const back = becomes(joined, "online");
    await becomes(joined, "offline");
    publish(1);
    await back;
    publish(2);
    // It may not, for the token has no scopes; but it is answered.
    await joined.call(getWeather, { region: "north-marsh" }).catch(() => {});
    expect(tokens).toHaveLength(2);
    expect(heard).toEqual(["1", "2"]);
  });
});
