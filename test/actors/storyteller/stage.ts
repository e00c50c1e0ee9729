import { type DescMessage, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { actors } from "../../../src/actors/index.ts";
import { ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryFactEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import {
  ConfigureStorytellerSchema,
  type StorytellerState,
  StorytellerStateSchema,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  WeatherEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { scripted, tell } from "../../support/scripted.ts";
import { calendar } from "../fixtures.ts";
import { type PackInit, packWith } from "./pack.ts";

export const address = "storyteller/main";

const heard: readonly DescMessage[] = [
  QuestEndedEventSchema,
  StoryFactEventSchema,
  WeatherEventSchema,
  WeatherSevereEventSchema,
  OccurrenceEventSchema,
  PlayerActedEventSchema,
];

/** Says what other services would say: the event is named and written out in the act's target. */
const stage = scripted("stage", {
  say: (ctx, act) => {
    const { type, event } = JSON.parse(act.target) as { type: string; event: JsonValue };
    const desc = heard.find(({ name }) => name === type);
    if (desc !== undefined) ctx.publish(desc, fromJson(desc, event) as never);
  },
});

interface WorldOptions extends Partial<TestWorldOptions> {
  readonly pack?: PackInit;
}

/**
 * A world with a clock that runs a game minute in a frame, a storyteller, and a stage that speaks for all others. Its
 * first frame has passed.
 */
export function storyWorld({ pack = {}, ...options }: WorldOptions = {}): TestWorld {
  const world = createTestWorld({
    actors: [...actors, stage],
    bootstrap: [
      { address: "clock/main", type: ConfigureClockSchema, message: { calendar, scale: 3_600 } },
      { address, type: ConfigureStorytellerSchema, message: packWith(pack) },
      { address: "stage/main", type: TickSchema, message: {} },
    ],
    ...options,
  });
  world.step();
  return world;
}

/** Lets the stage publish an event in the next frame. */
export function say(world: TestWorld, type: DescMessage, event: object): void {
  const whole = codecOf(type).complete(event as never);
  const target = JSON.stringify({ type: type.name, event: toJson(type, whole) });
  tell(world, "stage/main", "say", { target });
}

export function stateOf(world: TestWorld): StorytellerState {
  const state = world.stateOf(address, StorytellerStateSchema);
  if (state === undefined) throw new Error("assertion failed: there is no storyteller");
  return state;
}
