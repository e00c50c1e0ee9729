import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { actors } from "../../../src/actors/index.ts";
import { begin } from "../../../src/actors/sky/begin.ts";
import type { Sky } from "../../../src/actors/sky/grid.ts";
import { liveTo, type Outlet } from "../../../src/actors/sky/live.ts";
import { beginPass, goOn } from "../../../src/actors/sky/pass.ts";
import { ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureSkySchema,
  ConfigureWeatherSchema,
  type RegionAir,
  RegionAirSchema,
  SkyStateSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { type ActorDefinition, codecOf } from "../../../src/runtime/index.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { calendar, climate } from "../fixtures.ts";

type ConfigureSky = MessageInitShape<typeof ConfigureSkySchema>;

/** Two regions side by side on a map of 20 by 10 km, of 8 by 4 cells: `west` and `east`. */
export const map = {
  widthM: 20_000,
  heightM: 10_000,
  cellsX: 8,
  cellsY: 4,
  regions: ["west", "east"].map((name) => ({ name, climate: "test" })),
  sites: [
    { region: "west", x: 5_000, y: 5_000 },
    { region: "east", x: 15_000, y: 5_000 },
  ],
} satisfies ConfigureSky;

/** The same map without storms of its own. */
export const quietMap = {
  ...map,
  regions: ["west", "east"].map((name) => ({ name, climate: "test", stormsPerDay: 1e-9 })),
};

interface Options extends Partial<TestWorldOptions> {
  readonly sky?: ConfigureSky;
  readonly scale?: number;
  readonly also?: readonly ActorDefinition[];
  readonly weather?: MessageInitShape<typeof ConfigureWeatherSchema>;
}

/** A world with a clock, a sky, and the weather of its regions. */
export function skyWorld(options: Options = {}): TestWorld {
  const { sky = map, scale = 60, also = [], weather, ...rest } = options;
  const clock = { calendar, scale, start: { case: "startGameMs", value: 0n } } as const;
  const configured = weather ?? { climate, season: "spring", condition: "clear" };
  return createTestWorld({
    actors: [...actors, ...also],
    bootstrap: [
      { address: "clock/main", type: ConfigureClockSchema, message: clock },
      ...(sky.regions ?? []).map(({ name }) => ({
        address: `weather/${name}` as const,
        type: ConfigureWeatherSchema,
        message: configured,
      })),
      { address: "sky/main", type: ConfigureSkySchema, message: sky },
    ],
    ...rest,
  });
}

export function skyOf(world: TestWorld) {
  const state = world.stateOf("sky/main", SkyStateSchema);
  if (state === undefined) throw new Error("the world has no sky");
  return state;
}

/** A sky without a world around it. Its regions are under a wind from the west, and storms are born over them. */
export class SkyRig implements Outlet {
  readonly sky: Sky = create(SkyStateSchema, { daylight: 0.5 });
  readonly random = new SeededRandom();
  readonly published: { type: DescMessage; event: MessageShape<DescMessage> }[] = [];
  readonly sent: { to: string; type: DescMessage; message: MessageShape<DescMessage> }[] = [];
  /** Whether a turn of the pass has been asked for. */
  turns = 0;

  constructor(seed: number, configuration: ConfigureSky = map, air: Partial<RegionAir> = {}) {
    this.random.point(seedRandom(seed, "sky/main"));
    begin(this.sky, codecOf(ConfigureSkySchema).complete(configuration));
    for (const { name } of this.sky.regions) this.tell(name, air);
  }

  tell(region: string, air: Partial<RegionAir>): void {
    const wind = { windMps: 5, windDirectionDeg: 270, temperatureC: 12, humidity: 0.6 };
    const under = this.sky.regions.find(({ name }) => name === region);
    if (under === undefined) throw new Error(`no region ${region}`);
    const complete = { region, ...wind, cloud: 0.3, stormTendency: 0.2, ...air } as RegionAir;
    under.air = codecOf(RegionAirSchema).complete(complete);
  }

  /** Lives on, and lets a whole pass stand for it. */
  liveTo(ms: number): void {
    liveTo(this.sky, BigInt(ms), this);
    beginPass(this.sky, this);
    while (this.turns > 0) {
      this.turns -= 1;
      goOn(this.sky, this);
    }
  }

  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.published
      .filter((published) => published.type === type)
      .map(({ event }) => event as MessageShape<Desc>);
  }

  publish = (type: DescMessage, event: unknown): void => {
    this.published.push({ type, event: structuredClone(event) as MessageShape<DescMessage> });
  };

  send = (to: string, type: DescMessage, message: unknown): void => {
    this.sent.push({ to, type, message: structuredClone(message) as MessageShape<DescMessage> });
  };

  schedule = (): number => {
    this.turns += 1;
    return 1;
  };
}
