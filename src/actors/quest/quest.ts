import { TimeEventSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { NpcNeedEventSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import {
  ConfigureQuestsSchema,
  QuestEndedEventSchema,
  QuestRunStatus,
  QuestService,
  QuestStateSchema,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { StoryChoiceEventSchema, StoryFactEventSchema } from "../../gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { TraceDiscoveredEventSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import { WeatherEventSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema, PlayerActedEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { type ActorContext, defineActor, isKey, Rejection } from "../../runtime/index.ts";
import { checkId, refuse } from "../common/checks.ts";
import { type Book, checkConfigured, type Run } from "./book.ts";
import {
  abandonQuest,
  acceptQuest,
  checkPlayer,
  generateQuest,
  grantReward,
  joinQuest,
  offerQuest,
  runAt,
} from "./commands.ts";
import { type ConfigureQuests, checkConfiguration } from "./configuration.ts";
import { hearDeed } from "./deeds.ts";
import { passTime, skipTime } from "./game-time.ts";
import {
  hearChoice,
  hearDiscovery,
  hearFact,
  hearOccurrence,
  hearQuestBeat,
  hearQuestEnd,
  hearWeather,
} from "./happenings.ts";
import { forgetLive } from "./live.ts";
import { hearNeed } from "./needs.ts";
import { findRun, listQuests, readingOf } from "./readings.ts";
import { checkVersions, type Reloaded, reload } from "./reload.ts";
import { type Turn, turnOf } from "./turn.ts";

const { method } = QuestService;

/** What players are asked to do. There is one, `quest/main`; it goes on by what the world tells. */
export const quest = defineActor({
  kind: "quest",
  state: QuestStateSchema,
  activation: "spawned",
  init: () => ({}),
  // A restart would forget what players have done.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureQuestsSchema, (state, message, ctx) => {
      configure(state, message.toObject(), ctx);
    }),
    handle(TimeEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      const { jumped, previousGameMs, settledGameMs } = event;
      // A jump did not happen to quests; nor did what was before they began.
      if (jumped) skipTime(state, settledGameMs);
      else if (previousGameMs > state.gameMs) skipTime(state, previousGameMs);
      hear(state, ctx, (turn) => passTime(turn, settledGameMs));
    }),
    handle(PlayerActedEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearDeed(turn, event));
    }),
    handle(OccurrenceEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearOccurrence(turn, event));
    }),
    handle(WeatherEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearWeather(turn, event));
    }),
    handle(TraceDiscoveredEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearDiscovery(turn, event));
    }),
    handle(QuestEndedEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearQuestEnd(turn, event.toObject()));
    }),
    handle(StoryChoiceEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearChoice(turn, event.toObject()));
    }),
    handle(StoryFactEventSchema, (state, event, ctx) => {
      hear(state, ctx, (turn) => hearFact(turn, event));
    }),
    handle(StoryBeatEventSchema, (state, event, ctx) => {
      if (event.kind !== BeatKind.QUEST) return;
      hear(state, ctx, (turn) => hearQuestBeat(turn, event));
    }),
    handle(NpcNeedEventSchema, (state, event, ctx) => {
      const { npc, region, place, role, need, good, urgency, gameMs } = event;
      if (!isKey(npc) || !isKey(region)) return;
      const copy = { npc, region, place, role, need, good, urgency, gameMs };
      hear(state, ctx, (turn) => hearNeed(turn, copy));
    }),
    answer(method.acceptQuest, (state, request, ctx) => change(state, request, ctx, acceptQuest)),
    answer(method.abandonQuest, (state, request, ctx) => change(state, request, ctx, abandonQuest)),
    answer(method.joinQuest, (state, request, ctx) => change(state, request, ctx, joinQuest)),
    answer(method.offerQuest, (state, request, ctx) =>
      command(state, ctx, (turn) => {
        const run = offerQuest(turn, request.toObject());
        return { quest: readingOf(state, run) };
      }),
    ),
    answer(method.generateQuest, (state, { seed, player, region }, ctx) =>
      command(state, ctx, (turn) => {
        const { run, definition } = generateQuest(turn, { seed, player, region });
        return { quest: readingOf(state, run), definition };
      }),
    ),
    answer(method.grantReward, (state, request, ctx) =>
      command(state, ctx, (turn) => ({ id: grantReward(turn, request.toObject()) })),
    ),
    answer(method.loadQuests, (state, request, ctx) => {
      checkConfigured(state);
      const { configuration } = request.toObject();
      if (configuration === undefined) refuse("configuration", "", "is one: it is needed");
      const { migrated, abandoned } = load(state, configuration, ctx, "configuration.");
      return { quests: configuration.quests.length, migrated, abandoned };
    }),
    query(method.listQuests, (state, { player }) => {
      checkConfigured(state);
      checkId("player", player);
      return listQuests(state, player);
    }),
    query(method.getQuest, (state, { id }) => {
      checkConfigured(state);
      return { quest: readingOf(state, findRun(state, id)) };
    }),
  ],
});

function configure(state: Book, message: ConfigureQuests, ctx: ActorContext): void {
  if (state.configured) {
    load(state, message, ctx, "");
    return;
  }
  checkConfiguration(message);
  const { quests, regions, places, goods, encounterKinds, facts, gameMs } = message;
  Object.assign(state, { quests, regions, places, goods, encounterKinds, facts, gameMs });
  state.configured = true;
  forgetLive(state);
}

function load(state: Book, message: ConfigureQuests, ctx: ActorContext, path: string): Reloaded {
  checkConfiguration(message, path);
  checkVersions(state, message.quests, path);
  return guarded(state, () => reload(state, message, ctx));
}

function hear(state: Book, ctx: ActorContext, run: (turn: Turn) => void): void {
  if (state.configured) guarded(state, () => run(turnOf(state, ctx)));
}

/** What a player does with a run. The reading tells the texts of one that it has ended, too. */
function change(
  state: Book,
  { id, player }: { readonly id: string; readonly player: string },
  ctx: ActorContext,
  act: (turn: Turn, run: Run, player: string) => void,
) {
  return command(state, ctx, (turn) => {
    checkPlayer(player);
    const run = runAt(turn, id);
    const before = readingOf(state, run);
    act(turn, run, player);
    const isOver = run.status === QuestRunStatus.ENDED;
    const { status, outcome, reason, dueMs } = run;
    return {
      quest: isOver ? { ...before, status, outcome, reason, dueMs } : readingOf(state, run),
    };
  });
}

function command<T>(state: Book, ctx: ActorContext, run: (turn: Turn) => T): T {
  checkConfigured(state);
  return guarded(state, () => run(turnOf(state, ctx)));
}

/** Where something goes wrong half-way, the index is made anew from what the state has become. */
function guarded<T>(state: Book, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Rejection)) forgetLive(state);
    throw error;
  }
}
