import { WebSocket } from "ws";
import { connect, TellurionError, type World } from "../../../clients/typescript/src/index.ts";
import { TimeEventSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import type { Place } from "../../gen/tellurion/v1/map_pb.ts";
import {
  StormEventSchema,
  WeatherEventSchema,
  WeatherService,
} from "../../gen/tellurion/v1/weather_pb.ts";
import { Verb, WorldService } from "../../gen/tellurion/v1/world_pb.ts";
import { countUp, type Measures } from "./measures.ts";
import { actEveryMs, type LoadPlan } from "./plan.ts";

const callTimeoutMs = 10_000;
const areaRadius = 100;
/** What clients look at moves as a rider does, 20 m a second, in circles that lead to their place and away from it. */
const rideRadius = 100;
const rideRadians = 0.2;

/** As games have it: without compression, which the server does not offer. */
class PlainSocket extends WebSocket {
  constructor(url: string, subprotocol: string) {
    super(url, subprotocol, { perMessageDeflate: false });
  }
}

/** What all players of a thread share. */
export interface PlayerGround {
  readonly plan: LoadPlan;
  readonly measures: Measures;
  /** Whether what happens now counts. */
  isMeasuring: boolean;
  /** Places of the world, asked for once. */
  places: Promise<readonly Place[]> | undefined;
}

/** One scripted player. What it does and when follows from its number, not from how fast the server is. */
export class Player {
  readonly #ground: PlayerGround;
  readonly #name: string;
  readonly #number: number;
  readonly #calls = new Set<Promise<void>>();
  #world: World | undefined;
  #timer: NodeJS.Timeout | undefined;
  #riding: NodeJS.Timeout | undefined;
  #place: Place | undefined;
  #acts = 0;
  #bytesBefore = { bytesReceived: 0, bytesSent: 0 };

  constructor(ground: PlayerGround, number: number) {
    this.#ground = ground;
    this.#number = number;
    this.#name = `load-${ground.plan.run}-${number}`;
  }

  /** Joins, and begins to do what its profile says. `intendedMs`: when it was to. */
  async join(intendedMs: number): Promise<void> {
    const { plan, measures } = this.#ground;
    try {
      this.#world = await connect({
        ...{ url: plan.url, token: plan.token, client: "tellurion load", callTimeoutMs },
        ...{ WebSocket: PlainSocket, connectTimeoutMs: plan.joinMsMax },
      });
      measures.joins.record(performance.now() - intendedMs);
      measures.counters.joined += 1;
      this.#listen(this.#world);
      if (plan.profile !== "idle") await this.#look(this.#world);
      if (plan.profile === "play") await this.#enter(this.#world);
    } catch (error) {
      countUp(measures.ends, codeOf(error));
    }
  }

  /** What it has received until now does not count. */
  beginMeasuring(): void {
    if (this.#world) this.#bytesBefore = this.#world.traffic;
  }

  /** Ends what it does, waits for its answers, and leaves. */
  async leave(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#riding);
    const world = this.#world;
    if (!world) return;
    await Promise.all(this.#calls);
    const { counters } = this.#ground.measures;
    counters.bytesReceived += world.traffic.bytesReceived - this.#bytesBefore.bytesReceived;
    counters.bytesSent += world.traffic.bytesSent - this.#bytesBefore.bytesSent;
    if (this.#ground.plan.profile === "play" && world.status === "online") {
      await world.call(WorldService.method.leave, { player: this.#name }).catch(() => {});
    }
    world.close();
  }

  #listen(world: World): void {
    const ground = this.#ground;
    const { counters, ends } = ground.measures;
    world.on("frame", ({ timeMs, events }) => {
      if (!ground.isMeasuring) return;
      counters.frames += 1;
      counters.events += events;
      this.#heard(world, timeMs);
    });
    world.on("gap", () => {
      counters.gaps += 1;
    });
    world.on("resync", () => {
      counters.resyncs += 1;
    });
    let isOnline = true;
    world.on("status", ({ status, error }) => {
      if (status === "online") isOnline = true;
      if (!error) return;
      // Attempts that fail while it is away are no more cuts.
      if (isOnline) counters.cuts += 1;
      isOnline = false;
      countUp(ends, error.code);
    });
  }

  #heard(world: World, timeMs: number): void {
    this.#ground.measures.events.record(world.clock.now() - timeMs);
  }

  async #look(world: World): Promise<void> {
    const ground = this.#ground;
    const { getMap } = WorldService.method;
    ground.places ??= world.call(getMap, {}).then(
      ({ map }) => map?.places ?? [],
      () => [],
    );
    const places = await ground.places;
    this.#place = placeOf(places, this.#number);
    const { topics } = world;
    const quiet = () => {};
    if (topics.includes("time")) world.on(TimeEventSchema, quiet);
    if (topics.includes("storm")) world.on(StormEventSchema, quiet);
    const region = this.#place?.region;
    const weather = region === undefined ? "weather" : `weather/${region}`;
    if (topics.includes("weather")) world.on(WeatherEventSchema, weather, quiet);
    this.#ride(world);
  }

  #ride(world: World): void {
    const ground = this.#ground;
    const updated = ({ timeMs }: { readonly timeMs: number }) => {
      if (!ground.isMeasuring) return;
      ground.measures.counters.areaUpdates += 1;
      this.#heard(world, timeMs);
    };
    const { x, y } = this.#place ?? { x: 0, y: 0 };
    let angle = this.#number;
    const here = () => ({
      x: x + rideRadius * (1 - Math.cos(angle)),
      y: y + rideRadius * Math.sin(angle),
      radius: areaRadius,
    });
    const area = world.area(here(), { updated });
    this.#riding = setInterval(() => {
      angle += rideRadians;
      area.move(here());
    }, actEveryMs);
  }

  async #enter(world: World): Promise<void> {
    const region = this.#place?.region ?? "";
    const player = this.#name;
    const entering = world.call(
      WorldService.method.enter,
      { player, region },
      { idempotencyKey: player },
    );
    // Worlds without players can be played in too, by asking for the weather.
    await entering.catch((error) => countUp(this.#ground.measures.callErrors, codeOf(error)));
    // Players of a second do not all act at its beginning.
    this.#schedule(performance.now() + Math.random() * actEveryMs);
  }

  #schedule(intendedMs: number): void {
    const waitMs = Math.max(0, intendedMs - performance.now());
    this.#timer = setTimeout(() => {
      const acting = this.#act(intendedMs);
      this.#calls.add(acting);
      void acting.finally(() => this.#calls.delete(acting));
      this.#schedule(intendedMs + actEveryMs);
    }, waitMs);
  }

  async #act(intendedMs: number): Promise<void> {
    const { measures, isMeasuring } = this.#ground;
    const lateMs = performance.now() - intendedMs;
    let failure: string | undefined;
    try {
      await this.#doNext();
    } catch (error) {
      failure = codeOf(error);
    }
    if (!isMeasuring) return;
    measures.lateness.record(lateMs);
    measures.calls.record(performance.now() - intendedMs);
    measures.counters.calls += 1;
    if (failure !== undefined) countUp(measures.callErrors, failure);
  }

  async #doNext(): Promise<unknown> {
    const world = this.#world as World;
    const player = this.#name;
    this.#acts += 1;
    const { getPlayer, act } = WorldService.method;
    if (this.#acts % 10 === 0) {
      const places = (await this.#ground.places) ?? [];
      const target = places[Math.floor(Math.random() * places.length)]?.id ?? "";
      return world.call(act, { player, verb: Verb.TRAVEL, target });
    }
    if (this.#acts % 2 === 0) return world.call(getPlayer, { player });
    const region = this.#place?.region ?? "north-marsh";
    return world.call(WeatherService.method.getWeather, { region });
  }
}

/** Where people meet, as far as the world has such places: elsewhere there may be nobody to be seen. */
function placeOf(places: readonly Place[], number: number): Place | undefined {
  const markets = places.filter(({ kind }) => kind === "market");
  const lively = markets.length > 0 ? markets : places;
  return lively[number % Math.max(1, lively.length)];
}

function codeOf(error: unknown): string {
  return error instanceof TellurionError ? error.code : "INTERNAL_ERROR";
}
