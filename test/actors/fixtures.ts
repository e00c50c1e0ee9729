import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import type { Calendar } from "../../src/actors/clock/calendar.ts";
import { anchorTo, type Clock, scaleOf } from "../../src/actors/clock/game-time.ts";
import { arm, passTime, type Turn, turnOf } from "../../src/actors/clock/turn.ts";
import { actors } from "../../src/actors/index.ts";
import type { Climate } from "../../src/actors/weather/climate.ts";
import {
  ClockStateSchema,
  type ConfigureClock,
  ConfigureClockSchema,
} from "../../src/gen/tellurion/v1/clock_pb.ts";
import { ConfigureWeatherSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../src/runtime/testkit/index.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Four months of 30 days, one season each, and a moon of ten days. */
export const calendar: Calendar = {
  hoursPerDay: 24,
  minutesPerHour: 60,
  daysPerWeek: 6,
  months: ["thaw", "sun", "leaf", "snow"].map((name) => ({ name, days: 30 })),
  seasons: ["spring", "summer", "autumn", "winter"].map((name, i) => ({ name, firstDay: i * 30 })),
  moons: [{ name: "silver", periodMs: BigInt(10 * day), newMoonMs: 0n }],
  dawnMinute: 300,
  dayMinute: 420,
  duskMinute: 1_140,
  nightMinute: 1_260,
};

const still = { humidity: 0.5, fog: 0, rain: 0, snow: 0, dust: 0, lightning: 0, severeFrom: 0 };

/** Clear, fog and storm, alike in all seasons but winter, which has no storm. */
export const climate: Climate = {
  name: "test",
  stepMinutes: 10,
  blendMinutes: 8,
  dawnFogFactor: 6,
  conditions: [
    { ...still, name: "clear", temperatureOffsetC: 2, windMps: 3, cloud: 0.1 },
    { ...still, name: "fog", temperatureOffsetC: -1, windMps: 1, cloud: 0.8, fog: 0.9 },
    {
      ...still,
      name: "storm",
      temperatureOffsetC: -3,
      windMps: 18,
      cloud: 1,
      rain: 0.9,
      severeFrom: 0.5,
    },
  ],
  seasons: ["spring", "summer", "autumn", "winter"].map((season) => ({
    season,
    meanTemperatureC: 12,
    dailySwingC: 5,
    rows:
      season === "winter"
        ? [{ chances: [0.9, 0.1, 0] }, { chances: [0.2, 0.8, 0] }, { chances: [1, 0, 0] }]
        : [
            { chances: [0.88, 0.03, 0.09] },
            { chances: [0.15, 0.8, 0.05] },
            { chances: [0.2, 0.05, 0.75] },
          ],
  })),
};

type ClockOptions = Partial<Pick<ConfigureClock, "scale" | "start" | "schedules">>;

/** A world with a clock and, if asked for, regions of the climate above. */
export function worldWith(
  { scale = 60, start, schedules = [] }: ClockOptions,
  options: Partial<TestWorldOptions> & { readonly regions?: readonly string[] } = {},
): TestWorld {
  const from = start ?? ({ case: "startGameMs", value: 0n } as const);
  const { regions = [], ...rest } = options;
  return createTestWorld({
    actors,
    bootstrap: [
      {
        address: "clock/main",
        type: ConfigureClockSchema,
        message: { calendar, scale, start: from, schedules },
      },
      ...regions.map((region) => ({
        address: `weather/${region}`,
        type: ConfigureWeatherSchema,
        message: { climate, season: "spring", condition: "clear" },
      })),
    ],
    ...rest,
  });
}

export interface Published {
  readonly type: DescMessage;
  readonly event: MessageShape<DescMessage>;
}

/**
 * A clock without a world around it: it is woken at the frames it asks for and at no others, so
 * that days at a slow scale take no longer than at a fast one.
 */
export class ClockRig {
  readonly clock: Clock = create(ClockStateSchema, { anchorRestUnit: 1n });
  readonly published: Published[] = [];
  readonly tickHz: number;
  frame: number;
  wakes = 0;
  #due: number | undefined;

  constructor(scale: number, options: { start?: bigint; tickHz?: number; frame?: number } = {}) {
    const { start = 0n, tickHz = 60, frame = 1 } = options;
    this.tickHz = tickHz;
    this.frame = frame;
    this.clock.configured = true;
    this.clock.calendar = calendar;
    this.clock.scale = { ...scaleOf(scale, "scale") };
    anchorTo(this.clock, frame, start);
    this.clock.announcedMs = start;
    this.clock.toldMs = start;
    this.do(() => {});
  }

  get turn(): Turn {
    return turnOf(this.clock, this);
  }

  /** Does something to the clock as a command would. */
  do(run: (turn: Turn) => void): void {
    const { turn } = this;
    try {
      run(turn);
    } finally {
      arm(turn, this);
    }
  }

  /** Runs until the end of a frame. */
  runTo(frame: number): void {
    while (this.#due !== undefined && this.#due <= frame) {
      this.frame = this.#due;
      this.#due = undefined;
      this.clock.timer = 0;
      this.wakes += 1;
      this.do(passTime);
    }
    this.frame = frame;
  }

  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.published
      .filter((published) => published.type === type)
      .map(({ event }) => event as MessageShape<Desc>);
  }

  publish = (type: DescMessage, event: unknown): void => {
    const copy = structuredClone(event) as MessageShape<DescMessage>;
    this.published.push({ type, event: copy });
  };

  schedule = (delayMs: number): number => {
    const frames = Math.ceil((delayMs * this.tickHz) / 1_000 - 1e-9);
    this.#due = this.frame + Math.max(1, frames);
    return 1;
  };

  cancel = (): boolean => {
    this.#due = undefined;
    return true;
  };

  get stepMs(): number {
    return 1_000 / this.tickHz;
  }
}
