import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import type { Climate } from "../../../src/actors/weather/climate.ts";
import { begin } from "../../../src/actors/weather/commands.ts";
import { liveTo, type Outlet } from "../../../src/actors/weather/live.ts";
import type { Region } from "../../../src/actors/weather/region.ts";
import { WeatherStateSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { day, hour, climate as testClimate } from "../fixtures.ts";

/** A region without a world around it, in days whose dawns last from 5 to 7 o'clock. */
export class RegionRig implements Outlet {
  readonly region: Region = create(WeatherStateSchema, { region: "test" });
  readonly random = new SeededRandom();
  readonly published: { type: DescMessage; event: MessageShape<DescMessage> }[] = [];

  constructor(seed: number, climate: Climate = testClimate, season = "spring") {
    this.random.point(seedRandom(seed, "weather/test"));
    begin(this.region, climate, season, climate.conditions[0]?.name ?? "", 0n, this);
    this.region.dayMs = BigInt(day);
    this.region.dawnFromMs = BigInt(5 * hour);
    this.region.dawnUntilMs = BigInt(7 * hour);
  }

  /** Lives through days as the clock's phases would tell of them. */
  liveDays(days: number): void {
    const first = Number(this.region.gameMs) / day;
    for (let i = first; i < first + days; i += 1) {
      this.liveTo(i * day + 5 * hour);
      this.region.dawn = true;
      this.liveTo(i * day + 7 * hour);
      this.region.dawn = false;
      this.liveTo((i + 1) * day);
    }
  }

  liveTo(ms: number): void {
    liveTo(this.region, BigInt(ms), this);
  }

  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.published
      .filter((published) => published.type === type)
      .map(({ event }) => event as MessageShape<Desc>);
  }

  publish = (type: DescMessage, event: unknown): void => {
    this.published.push({ type, event: event as MessageShape<DescMessage> });
  };
}
