import { EffectFailedSchema } from "../../gen/tellurion/v1/actor_pb.ts";
import {
  SeasonEventSchema,
  TimeEventSchema,
  TimePhaseEventSchema,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { StoryFactEventSchema } from "../../gen/tellurion/v1/story_pb.ts";
import {
  ConfigureStorytellerSchema,
  LookAheadResultSchema,
  StorytellerService,
  StorytellerStateSchema,
  TryBeatSchema,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import { WeatherEventSchema, WeatherSevereEventSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema, PlayerActedEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { defineActor } from "../../runtime/index.ts";
import { commitBeat, configure, loadStorylets, setPersonality, tryBeat, veto } from "./commands.ts";
import { decisionFor, listDecisions, propose, tellPacing, wordsFor } from "./explain.ts";
import { learnFact } from "./facts.ts";
import { hearAct, hearOccurrence, hearQuestEnd, hearSevere, hearWeather } from "./hear.ts";
import { liveTo, skipTo } from "./live.ts";
import { hearAhead } from "./look-ahead.ts";
import { configured, isConfigured } from "./state.ts";

const { method } = StorytellerService;

/**
 * Paces every player and every region of a world: it hears what happens to them, and decides once a game minute what
 * happens next, or that nothing does. `storyteller/main`.
 */
export const storyteller = defineActor({
  kind: "storyteller",
  state: StorytellerStateSchema,
  activation: "spawned",
  init: () => ({}),
  // A restart would forget the pack and everybody's pacing.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureStorytellerSchema, (state, message) => configure(state, message.toObject())),
    handle(TimeEventSchema, (state, event, ctx) => {
      if (!isConfigured(state)) return;
      // A jump did not happen to anybody; nor did what was before the storyteller began.
      if (event.jumped) skipTo(state, event.settledGameMs);
      else if (event.previousGameMs > state.gameMs) skipTo(state, event.previousGameMs);
      liveTo(state, event.settledGameMs, ctx);
    }),
    handle(TimePhaseEventSchema, (state, event) => {
      state.dayPhase = event.newPhase;
    }),
    handle(SeasonEventSchema, (state, event) => {
      state.season = event.newSeason;
    }),
    handle(WeatherEventSchema, (state, event) => {
      if (isConfigured(state)) hearWeather(state, event.region, event.newState);
    }),
    handle(WeatherSevereEventSchema, (state, event) => {
      if (isConfigured(state)) hearSevere(state, event);
    }),
    handle(OccurrenceEventSchema, (state, event) => {
      if (isConfigured(state)) hearOccurrence(state, event);
    }),
    handle(PlayerActedEventSchema, (state, event, ctx) => {
      if (isConfigured(state)) hearAct(state, event, ctx);
    }),
    handle(QuestEndedEventSchema, (state, event) => {
      if (isConfigured(state)) hearQuestEnd(state, event.toObject());
    }),
    handle(StoryFactEventSchema, (state, { fact, player, holds }) => {
      learnFact(state, fact, player, holds);
    }),
    handle(LookAheadResultSchema, (state, result, ctx) => {
      if (isConfigured(state)) hearAhead(state, ctx.outcomeOf, result.toObject().outcomes, ctx);
    }),
    handle(EffectFailedSchema, (state, _, ctx) => {
      if (isConfigured(state)) hearAhead(state, ctx.outcomeOf, [], ctx);
    }),
    handle(TryBeatSchema, (state, trial, ctx) => {
      const { beat, lookAhead } = trial.toObject();
      if (isConfigured(state) && beat !== undefined) tryBeat(state, beat, lookAhead, ctx);
    }),
    answer(method.commitBeat, (state, request, ctx) =>
      commitBeat(configured(state), request.toObject(), ctx),
    ),
    answer(method.vetoStorylet, (state, { name, minutes }) => {
      veto(configured(state), name, minutes);
      return { vetoes: state.vetoes, minute: state.minute };
    }),
    answer(method.setPersonality, (state, { name }) => {
      setPersonality(configured(state), name);
      return { personality: configured(state).personality };
    }),
    answer(method.loadStorylets, (state, request) => {
      const { storylets, configuration } = request.toObject();
      if (configuration) configure(state, configuration);
      else loadStorylets(configured(state), storylets);
      return { storylets: state.storylets.length };
    }),
    query(method.proposeBeats, (state, { player, region }) =>
      propose(configured(state), player, region),
    ),
    query(method.getPacing, (state, { player, region }) =>
      tellPacing(configured(state), player, region),
    ),
    query(method.explainBeat, (state, { beat }) => {
      const decision = decisionFor(configured(state), beat);
      return { decision, text: wordsFor(decision) };
    }),
    query(method.listDecisions, (state, request) => ({
      decisions: listDecisions(configured(state), request.toObject()),
    })),
  ],
});
