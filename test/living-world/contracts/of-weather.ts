import { newestFirst } from "../../../src/actors/story/chronicle.ts";
import { NpcNeedEventSchema, type NpcState } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import type { QuestState } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { StoryState } from "../../../src/gen/tellurion/v1/story_pb.ts";
import type { StorytellerState } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { TraceLeftEventSchema, type TracesState } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import {
  LightningEventSchema,
  WeatherEventSchema,
  WeatherModifiersEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { WorldState } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { type Contract, contract } from "./contract.ts";
import { moved, near, saidOf, stepsThat } from "./readings.ts";

/** The wind that wears most. */
const fullWindMps = 25;
const severeWeight = 0.2;
/** Lightning that is weaker leaves nothing. */
const scorchFrom = 0.7;
const intensityOfRegion = (state: StorytellerState, region: string) =>
  state.tracks.find((track) => track.player === "" && track.region === region)?.intensity ?? 0;

export const ofWeather: readonly Contract[] = [
  contract(
    WeatherEventSchema,
    "quest",
    "weather",
    "steps that wait for this condition in this region go on, and no others",
    (state: QuestState, { newState, region, gameMs }) =>
      stepsThat(state, gameMs, ({ what }) =>
        what.case === "weather"
          ? ["", newState].includes(what.value.condition) &&
            ["", region].includes(what.value.region)
          : false,
      ),
  ),
  contract(
    WeatherEventSchema,
    "storyteller",
    "weather",
    "the storyteller knows the region's new condition",
    (state: StorytellerState, { region, newState }) => {
      const known = state.regions.find(({ name }) => name === region);
      return known && (() => known.condition === newState);
    },
  ),
  contract(
    WeatherEventSchema,
    "traces",
    "weather",
    "what wears a region's traces is what is in its air, as strong as it is",
    (state: TracesState, { newState, intensity, windMps }) => {
      const air = state.conditions.find(({ name }) => name === newState);
      if (!state.configured || air === undefined) return undefined;
      return () =>
        near(state.rain, air.rain * intensity) &&
        near(state.snow, air.snow * intensity) &&
        near(state.dust, air.dust * intensity) &&
        near(state.wind, Math.min(1, windMps / fullWindMps));
    },
  ),
  contract(
    WeatherModifiersEventSchema,
    "npc",
    "weather",
    "what keeps a region's NPCs in is what the weather does to movement and sight there",
    (state: NpcState, { region, movement, visibility }) => {
      if (!state.configured) return undefined;
      const before = state.weatherBadness;
      const bad = Math.min(1, Math.max(0, 1 - movement, 0.8 * (1 - visibility)));
      return () => near(state.weatherBadness, region === state.region ? bad : before);
    },
  ),
  contract(
    LightningEventSchema,
    "traces",
    "sky",
    "lightning that is strong scorches the place nearest to where it struck",
    (state: TracesState, { region, x, y, strength, gameMs }) => {
      if (!state.configured) return undefined;
      if (strength < scorchFrom) return (said) => said.length === 0;
      const far = (place: { x: number; y: number }) => Math.hypot(place.x - x, place.y - y);
      const least = Math.min(...state.places.map(far));
      const cause = `lightning/${region}/${gameMs}`;
      return (said) =>
        saidOf(said, TraceLeftEventSchema).some(
          (trace) =>
            trace.cause === cause &&
            state.places.some((place) => place.id === trace.place && far(place) === least),
        );
    },
  ),
];

export const ofSevereWeather: readonly Contract[] = [
  contract(
    WeatherSevereEventSchema,
    "world",
    "weather",
    "the world knows where the weather is severe",
    (state: WorldState, { region, started }) =>
      state.configured ? () => state.severeRegions.includes(region) === started : undefined,
  ),
  contract(
    WeatherSevereEventSchema,
    "npc",
    "weather",
    "NPCs of the region know of severe weather; when it ends, a house needs repair as badly as it blew",
    (state: NpcState, { region, started, intensity }) => {
      if (!state.configured) return undefined;
      const before = state.severe;
      if (region !== state.region) return (said) => state.severe === before && said.length === 0;
      if (before === started) return undefined;
      const mayTell = state.needsTold < 2;
      return (said) => {
        const needs = saidOf(said, NpcNeedEventSchema);
        const isTold = needs.some(
          (need) =>
            need.need === "repair" && need.region === region && near(need.urgency ?? 0, intensity),
        );
        return state.severe === started && (started ? needs.length === 0 : isTold || !mayTell);
      };
    },
  ),
  contract(
    WeatherSevereEventSchema,
    "storyteller",
    "weather",
    "severe weather raises its region's intensity by how severe it is",
    (state: StorytellerState, { region, started, intensity }) => {
      const known = state.regions.find(({ name }) => name === region);
      if (known === undefined) return undefined;
      const before = intensityOfRegion(state, region);
      const wanted = started ? moved(before, intensity * severeWeight) : before;
      return () => known.severe === started && near(intensityOfRegion(state, region), wanted);
    },
  ),
  contract(
    WeatherSevereEventSchema,
    "story",
    "weather",
    "the chronicle tells of the storm by its condition, and of its end by what it began as",
    (state: StoryState, { region, condition, started, gameMs }) => {
      if (!state.configured) return undefined;
      const began = [...newestFirst(state)].find(
        (entry) => entry.region === region && entry.kind.startsWith("storm:"),
      );
      return () => {
        const entry = newestFirst(state).next().value;
        if (entry?.id !== `storm/${region}/${gameMs}` || entry.gameMs !== gameMs) return false;
        return started
          ? entry.kind === `storm:${condition}` && entry.subject === condition
          : entry.kind === `storm:${began?.subject}:ended` && entry.because === began?.id;
      };
    },
  ),
  contract(
    WeatherSevereEventSchema,
    "traces",
    "weather",
    "a storm that is over leaves a trace in its region, and one that begins leaves none yet",
    (state: TracesState, { region, condition, started, gameMs }) => {
      if (!state.configured) return undefined;
      return (said) => {
        const left = saidOf(said, TraceLeftEventSchema);
        if (started) return state.storm === condition && left.length === 0;
        return left.some(
          (trace) => trace.cause === `storm/${region}/${gameMs}` && trace.region === region,
        );
      };
    },
  ),
];
