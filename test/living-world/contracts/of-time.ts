import {
  DayPhase,
  SeasonEventSchema,
  TimeDayEventSchema,
  TimeEventSchema,
  TimePhaseEventSchema,
} from "../../../src/gen/tellurion/v1/clock_pb.ts";
import type { NpcState } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import type { QuestState } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { StoryState } from "../../../src/gen/tellurion/v1/story_pb.ts";
import type { StorytellerState } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import type { TracesState } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import type { SkyState, WeatherState } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { WorldState } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { type Contract, contract } from "./contract.ts";

const minuteMs = 60_000;

/** Minutes that a consumer at `gameMs` has to live through: none of those that a jump left out. */
function minutesFor(
  gameMs: bigint,
  event: { previousGameMs: bigint; settledGameMs: bigint; jumped: boolean },
): number {
  if (event.jumped) return 0;
  const from = event.previousGameMs > gameMs ? event.previousGameMs : gameMs;
  return Math.max(0, Math.floor(Number(event.settledGameMs - from) / minuteMs));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

export const ofTime: readonly Contract[] = [
  contract(
    TimeEventSchema,
    "sky",
    "clock",
    "the sky comes to the settled time; its storms age by the minutes that passed",
    (state: SkyState, event) => {
      if (!state.configured) return undefined;
      const minutes = minutesFor(state.gameMs, event);
      const ages = new Map(state.storms.map((storm) => [storm.number, storm.ageMinutes]));
      return () =>
        state.gameMs === event.settledGameMs &&
        state.storms.every(({ number, ageMinutes }) => {
          const age = ages.get(number);
          return age === undefined || ageMinutes === age + minutes;
        });
    },
  ),
  contract(
    TimeEventSchema,
    "weather",
    "clock",
    "the weather comes to the settled time, having lived each minute of it but those of a jump",
    (state: WeatherState, event) => {
      if (!state.configured) return undefined;
      const lived = sum(state.minutesSeen) + minutesFor(state.gameMs, event);
      const { numerator = 0n, denominator = 1n } = event.reading?.scale ?? {};
      return () =>
        state.gameMs === event.settledGameMs &&
        sum(state.minutesSeen) === lived &&
        state.timeScale === Number(numerator) / Number(denominator);
    },
  ),
  contract(
    TimeEventSchema,
    "world",
    "clock",
    "the world comes to the settled time; what lasts is put off by a jump and ends otherwise",
    (state: WorldState, event) => {
      if (!state.configured) return undefined;
      const distance = event.jumped ? event.settledGameMs - state.gameMs : 0n;
      const ends = new Map(state.occurrences.map(({ id, endsMs }) => [id, endsMs + distance]));
      return () =>
        state.gameMs === event.settledGameMs &&
        [...ends].every(([id, endsMs]) => {
          const still = state.occurrences.find((one) => one.id === id);
          return endsMs <= state.gameMs ? still === undefined : still?.endsMs === endsMs;
        });
    },
  ),
  contract(
    TimeEventSchema,
    "npc",
    "clock",
    "NPCs come to the settled time, and live through what passed but not through a jump",
    (state: NpcState, event) => {
      if (!state.configured) return undefined;
      const livedMs = state.livedMs + minutesFor(state.gameMs, event) * minuteMs;
      return () => state.gameMs === event.settledGameMs && state.livedMs === livedMs;
    },
  ),
  contract(
    TimeEventSchema,
    "quest",
    "clock",
    "quests come to the settled time: what is due by then is over, and a jump puts it off",
    (state: QuestState, event) => {
      if (!state.configured) return undefined;
      const distance = event.jumped ? event.settledGameMs - state.gameMs : 0n;
      const due = new Map(
        state.runs.filter(({ dueMs }) => dueMs > 0n).map((run) => [run.number, run.dueMs]),
      );
      return () =>
        state.gameMs === event.settledGameMs &&
        state.runs.every(({ number, dueMs }) => {
          const before = due.get(number);
          return before === undefined || (dueMs === before + distance && dueMs > state.gameMs);
        });
    },
  ),
  contract(
    TimeEventSchema,
    "storyteller",
    "clock",
    "the storyteller comes to the settled time, a minute of its own for each that passed",
    (state: StorytellerState, event) => {
      if (!state.configured) return undefined;
      const minute = state.minute + minutesFor(state.gameMs, event);
      return () => state.gameMs === event.settledGameMs && state.minute === minute;
    },
  ),
  contract(
    TimeEventSchema,
    "story",
    "clock",
    "the story comes to the settled time",
    (state: StoryState, event) =>
      state.configured ? () => state.gameMs === event.settledGameMs : undefined,
  ),
  contract(
    TimeEventSchema,
    "traces",
    "clock",
    "traces come to the settled time: they wear while it passes, and not in a jump",
    (state: TracesState, event) => {
      if (!state.configured) return undefined;
      const minutes = minutesFor(state.gameMs, event);
      const worn = new Map(state.wears.map((wear) => [wear.template, wear.worn]));
      return () =>
        state.gameMs === event.settledGameMs &&
        state.wears.every(({ template, worn: now }) => {
          const before = worn.get(template) ?? 0;
          return minutes > 0 ? now > before : now === before;
        });
    },
  ),
];

const daylight = new Map<DayPhase, number>([
  [DayPhase.NIGHT, 0],
  [DayPhase.DAWN, 0.4],
  [DayPhase.DAY, 1],
  [DayPhase.DUSK, 0.4],
]);

export const ofDays: readonly Contract[] = [
  contract(
    TimePhaseEventSchema,
    "sky",
    "clock",
    "the sun is as bright as the new phase has it",
    (state: SkyState, { newPhase }) => {
      const wanted = daylight.get(newPhase);
      return wanted === undefined ? undefined : () => state.daylight === wanted;
    },
  ),
  contract(
    TimePhaseEventSchema,
    "weather",
    "clock",
    "the weather knows whether it is dawn, and from when to when",
    (state: WeatherState, { newPhase, gameMs, untilGameMs, dayMs }) => {
      if (!state.configured) return undefined;
      const isDawn = newPhase === DayPhase.DAWN;
      const [from, until] = isDawn ? [gameMs, untilGameMs] : [state.dawnFromMs, state.dawnUntilMs];
      return () =>
        state.dawn === isDawn &&
        state.dayMs === dayMs &&
        state.dawnFromMs === from &&
        state.dawnUntilMs === until;
    },
  ),
  contract(
    TimePhaseEventSchema,
    "npc",
    "clock",
    "a shard's market settles with its people and with a caravan at dawn, and at no other phase",
    (state: NpcState, { newPhase }) => {
      if (!state.configured) return undefined;
      const books = () =>
        Buffer.concat([state.stock, state.brought, state.taken, state.coins]).toString("hex") +
        `${state.till} ${state.coinsIn} ${state.coinsOut}`;
      const before = books();
      return () => {
        const isSettled = books() !== before;
        if (newPhase !== DayPhase.DAWN) return !isSettled;
        // Where nobody owes anything and nothing lacks, nothing is settled.
        return isSettled || undefined;
      };
    },
  ),
  contract(
    TimePhaseEventSchema,
    "storyteller",
    "clock",
    "the storyteller knows the phase of the day",
    (state: StorytellerState, { newPhase }) =>
      () =>
        state.dayPhase === newPhase,
  ),
  contract(
    SeasonEventSchema,
    "weather",
    "clock",
    "the weather is that of the new season",
    (state: WeatherState, { newSeason }) =>
      state.configured
        ? () => state.season === newSeason && state.seasonOverride === ""
        : undefined,
  ),
  contract(
    SeasonEventSchema,
    "storyteller",
    "clock",
    "the storyteller knows the new season",
    (state: StorytellerState, { newSeason }) =>
      () =>
        state.season === newSeason,
  ),
  contract(
    TimeDayEventSchema,
    "world",
    "clock",
    "the world holds the festivals of that day of the year, in their regions, and no others",
    (state: WorldState, { day }) => {
      if (!state.configured) return undefined;
      const dayOfYear = Number(day % BigInt(state.daysPerYear));
      const regions = state.regions.map(({ name }) => name);
      const wanted = (state.definition?.festivals ?? [])
        .filter((one) => {
          const gone = (dayOfYear - one.dayOfYear + state.daysPerYear) % state.daysPerYear;
          return gone < Math.max(1, one.days);
        })
        .flatMap((one) =>
          (one.regions.length > 0 ? one.regions : regions).map(
            (region) => `${one.name} in ${region}`,
          ),
        )
        .sort();
      return () =>
        state.occurrences
          .filter(({ festival }) => festival !== "")
          .map(({ festival, region }) => `${festival} in ${region}`)
          .sort()
          .join() === wanted.join();
    },
  ),
];
