import { TimeDayEventSchema, TimeEventSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { EntityTickSchema } from "../../gen/tellurion/v1/entities_pb.ts";
import {
  QuestEndedEventSchema,
  QuestRewardedEventSchema,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { StoryChoiceEventSchema } from "../../gen/tellurion/v1/story_pb.ts";
import { StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { WeatherSevereEventSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import {
  ConfigureWorldSchema,
  TradeStep,
  WorldFlushSchema,
  WorldService,
  WorldStateSchema,
} from "../../gen/tellurion/v1/world_pb.ts";
import { defineActor } from "../../runtime/index.ts";
import { refuse } from "../common/checks.ts";
import { act } from "./acts.ts";
import { begin, type ConfigureWorld, checkConfiguration } from "./configuration.ts";
import { scheduleConsequence } from "./consequences.ts";
import { liveDay } from "./days.ts";
import { publishDiff } from "./diff.ts";
import { findEntities } from "./entity-query.ts";
import { marketReading } from "./market.ts";
import { noteClock, tellTravellers } from "./moves.ts";
import { mutate } from "./mutations.ts";
import { listOccurrences, triggerOccurrence } from "./occurrence-commands.ts";
import { enter, leave, playerOf, readingOf } from "./players.ts";
import { noteQuestEnd, takeReward } from "./quests.ts";
import { carryOut, noteSevere, takeChoice } from "./reactions.ts";
import { reload } from "./reload.ts";
import { liveTo, skipTo } from "./time.ts";
import { commitTrade, quoteTrade } from "./trade.ts";
import { definitionOf } from "./world-state.ts";

const { method } = WorldService;

/** The world's state, `world/main`: what is in it, and what players do. */
export const world = defineActor({
  kind: "world",
  state: WorldStateSchema,
  activation: "spawned",
  init: () => ({}),
  // A restart would forget the world.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureWorldSchema, (state, view, ctx) => {
      const message: ConfigureWorld = view.toObject();
      checkConfiguration(message);
      if (state.configured) reload(state, message, ctx);
      else begin(state, message, ctx);
    }),
    answer(method.loadWorld, (state, request, ctx) => {
      const message: ConfigureWorld | undefined = request.toObject().world;
      if (message === undefined) refuse("world", "", "is what the world is to be: it is needed");
      checkConfiguration(message, "world.");
      if (!state.configured) begin(state, message, ctx);
      else reload(state, message, ctx);
      return { places: message.map.places.length };
    }),
    handle(WorldFlushSchema, (state, _, ctx) => publishDiff(state, ctx)),
    handle(TimeEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      // A jump did not happen to the world; nor did what was before it began.
      if (event.jumped) skipTo(state, event.settledGameMs);
      else if (event.previousGameMs > state.gameMs) skipTo(state, event.previousGameMs);
      state.inTime = true;
      liveTo(state, event.settledGameMs, ctx);
      noteClock(state, event.toObject(), ctx);
    }),
    handle(EntityTickSchema, (state, _, ctx) => tellTravellers(state, ctx)),
    handle(TimeDayEventSchema, (state, { day, gameMs, jumped }, ctx) => {
      if (!state.configured) return;
      if (!state.inTime) skipTo(state, gameMs);
      else if (!jumped) liveTo(state, gameMs, ctx);
      liveDay(state, day, jumped, ctx);
    }),
    handle(WeatherSevereEventSchema, (state, event) => {
      if (state.configured) noteSevere(state, event);
    }),
    handle(StoryBeatEventSchema, (state, beat, ctx) => {
      if (state.configured) carryOut(state, beat.toObject(), ctx);
    }),
    handle(StoryChoiceEventSchema, (state, choice, ctx) => {
      if (state.configured) takeChoice(state, choice.toObject(), ctx);
    }),
    handle(QuestRewardedEventSchema, (state, reward, ctx) => {
      if (state.configured) takeReward(state, reward.toObject(), ctx);
    }),
    handle(QuestEndedEventSchema, (state, end, ctx) => {
      if (state.configured) noteQuestEnd(state, end.toObject(), ctx);
    }),
    answer(method.enter, (state, request, ctx) => ({
      player: readingOf(state, enter(state, request, ctx)),
    })),
    answer(method.leave, (state, { player }, ctx) => ({
      player: readingOf(state, leave(state, player, ctx)),
    })),
    answer(method.act, (state, request, ctx) => {
      const done = act(state, request, ctx);
      const player = readingOf(state, playerOf(state, request.player));
      return done === undefined ? { player } : { player, done };
    }),
    answer(method.mutate, (state, request, ctx) => ({
      versions: mutate(state, request.toObject().mutations, ctx),
    })),
    answer(method.triggerOccurrence, (state, request, ctx) => ({
      occurrence: triggerOccurrence(state, request.toObject().occurrence, ctx),
    })),
    answer(method.scheduleConsequence, (state, request) => ({
      existed: scheduleConsequence(state, request.toObject().consequence),
    })),
    answer(method.trade, (state, message) => {
      const request = message.toObject();
      const isQuote = request.step !== TradeStep.COMMIT;
      const deal = isQuote
        ? { quote: quoteTrade(state, request) }
        : { coins: commitTrade(state, request) };
      return { ...deal, player: readingOf(state, playerOf(state, request.player)) };
    }),
    query(method.getPlayer, (state, { player }) => ({
      player: readingOf(state, playerOf(state, player)),
    })),
    query(method.getEntities, (state, request) => findEntities(state, request.toObject())),
    query(method.listOccurrences, (state, { region }) => listOccurrences(state, region)),
    query(method.getFactions, (state) => {
      definitionOf(state);
      return { factions: state.factions, holdings: state.holdings };
    }),
    query(method.getMarket, (state, { region }) => marketReading(state, region)),
    query(method.getMap, (state) => {
      definitionOf(state);
      const { places = [], roads = [] } = state.map ?? {};
      return { name: state.name, map: { places, roads }, regions: state.regions };
    }),
  ],
});
