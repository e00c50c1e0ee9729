import {
  EntitiesMovedEventSchema,
  EntityTickSchema,
} from "../../src/gen/tellurion/v1/entities_pb.ts";
import { StoryBeatEventSchema } from "../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  LightningEventSchema,
  StormEventSchema,
  WeatherEventSchema,
} from "../../src/gen/tellurion/v1/weather_pb.ts";
import { MarketTickEventSchema } from "../../src/gen/tellurion/v1/world_pb.ts";
import { type ActorDefinition, defineActor } from "../../src/runtime/index.ts";
import { BeginSchema, ConsumerStateSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { Crowd, groupSize } from "./crowd.ts";
import { sayFrameBegan } from "./frame-began.ts";

/** Bytes of a name in an event, so that it is as large as those that hold text. */
const textBytes = 160;
const text = "x".repeat(textBytes);
const longTextBytes = 32_768;
const longText = "x".repeat(longTextBytes);

let crowd: Crowd | undefined;
/** What an event tells of a group, in arrays that are used again for the next. */
const numbers = Array.from({ length: groupSize }, (_none, number) => number);
const x: number[] = [...numbers];
const y: number[] = [...numbers];

/** Moves all walkers, in every frame. Its key is how many there are. */
const walkers = defineActor({
  kind: "walkers",
  state: ConsumerStateSchema,
  init: () => ({}),
  on: ({ handle }) => [
    handle(BeginSchema, (_state, _begin, ctx) => {
      ctx.schedule(0, EntityTickSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(EntityTickSchema, (_state, _tick, ctx) => {
      sayFrameBegan(ctx.frame);
      crowd ??= new Crowd(Number(ctx.key));
      crowd.stepTo(ctx.frame);
      for (let first = 0; first < crowd.count; first += groupSize) {
        for (const number of numbers) {
          x[number] = crowd.x[first + number] as number;
          y[number] = crowd.y[first + number] as number;
        }
        const headings = crowd.headings.slice(first, first + groupSize);
        const group = `walker:${first / groupSize}`;
        ctx.publish(EntitiesMovedEventSchema, { group, kind: "walker", numbers, x, y, headings });
      }
    }),
  ],
});

/** Publishes an event of each kind in every frame: one that must arrive, one that counts until the next, one for the eye. */
const news = defineActor({
  kind: "news",
  state: ConsumerStateSchema,
  init: () => ({}),
  on: ({ handle }) => [
    // A world knows the events of the files that its actors handle something of.
    handle(WeatherEventSchema, () => {}),
    handle(StoryBeatEventSchema, () => {}),
    handle(MarketTickEventSchema, () => {}),
    handle(BeginSchema, (_state, _begin, ctx) => {
      ctx.schedule(0, EntityTickSchema, {}, { everyMs: ctx.stepMs });
    }),
    handle(EntityTickSchema, (_state, _tick, ctx) => {
      const region = "north-marsh";
      ctx.publish(WeatherEventSchema, { region, oldState: "clear", newState: text });
      ctx.publish(StormEventSchema, { storm: `storm.${ctx.frame % 4}`, region: text });
      ctx.publish(LightningEventSchema, { region, storm: text });
      // These go to nobody, unless somebody's line is to be filled, or its lanes too.
      ctx.publish(MarketTickEventSchema, { region: longText });
      ctx.publish(StoryBeatEventSchema, { region, subject: longText });
    }),
  ],
});

export const actors: readonly ActorDefinition[] = [walkers, news];
