import { TimeEventSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema, QuestOfferedEventSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import {
  ConfigureStorySchema,
  StoryService,
  StoryStateSchema,
} from "../../gen/tellurion/v1/story_pb.ts";
import { StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { TraceDiscoveredEventSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import { WeatherSevereEventSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema, PlayerActedEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { defineActor, Rejection } from "../../runtime/index.ts";
import { checkId, checkInteger, refuse } from "../common/checks.ts";
import { append, causesOf, entriesThat } from "./chronicle.ts";
import { begin, choose, retcon } from "./commands.ts";
import { checkConfiguration } from "./configuration.ts";
import { dialogueOf } from "./dialogues.ts";
import { dotOf } from "./graph.ts";
import { findingsOf, load } from "./load.ts";
import { tell } from "./narration.ts";
import { playerNamed, type Story } from "./players.ts";
import { begunThread, nextOf, readingOf } from "./reading.ts";
import { recordAct, recordBeat, recordOccurrence, recordQuest, recordStorm } from "./record.ts";
import { threadOf } from "./threads.ts";

const entriesLimitDefault = 100;
const entriesLimitMax = 500;

const { method } = StoryService;

/** What has happened: each player's way through the dialogues, canon facts, the chronicle. There is one, `story/main`. */
export const story = defineActor({
  kind: "story",
  state: StoryStateSchema,
  activation: "spawned",
  init: () => ({}),
  // A restart would forget what has happened.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureStorySchema, (state, message, ctx) => {
      const configuration = message.toObject();
      checkConfiguration(configuration);
      load(state, configuration, ctx);
    }),
    handle(TimeEventSchema, (state, event) => {
      if (state.configured) state.gameMs = event.settledGameMs;
    }),
    handle(OccurrenceEventSchema, (state, event) => {
      if (state.configured) recordOccurrence(state, event.toObject());
    }),
    handle(QuestOfferedEventSchema, (state, event) => {
      // Offers without a cause are no part of a chain of causes, and there are many.
      if (!state.configured || event.cause === "") return;
      const { id, quest: subject, player, region, cause: because, gameMs } = event;
      append(state, {
        kind: "quest:offered",
        id: `quest/${id}`,
        ...{ because, region, player, subject, gameMs },
      });
    }),
    handle(QuestEndedEventSchema, (state, event, ctx) => {
      if (state.configured) recordQuest(state, event.toObject(), ctx);
    }),
    handle(StoryBeatEventSchema, (state, event, ctx) => {
      if (state.configured) recordBeat(state, event.toObject(), ctx);
    }),
    handle(PlayerActedEventSchema, (state, event, ctx) => {
      if (state.configured) recordAct(state, event.toObject(), ctx);
    }),
    handle(WeatherSevereEventSchema, (state, event) => {
      if (state.configured) recordStorm(state, event.toObject());
    }),
    handle(TraceDiscoveredEventSchema, (state, event) => {
      if (!state.configured || event.story === "") return;
      const { trace, cause: because, region, place, player, kind: subject, gameMs } = event;
      append(state, {
        kind: "discovery",
        id: `trace/${trace}`,
        ...{ because, region, place, player, subject, gameMs },
      });
    }),
    answer(method.begin, (state, request, ctx) => begin(ready(state), request.toObject(), ctx)),
    answer(method.choose, (state, request, ctx) => choose(ready(state), request.toObject(), ctx)),
    answer(method.retcon, (state, request, ctx) => ({
      changed: retcon(ready(state), request.toObject(), ctx),
    })),
    answer(method.loadStory, (state, request, ctx) => {
      const { story: configuration } = request.toObject();
      if (configuration === undefined) refuse("story", "", "is a ConfigureStory");
      checkConfiguration(configuration, "story");
      const abandoned = load(state, configuration, ctx);
      return { abandoned, findings: findingsOf(configuration) };
    }),
    query(method.getNode, (state, { player: name, dialogue }) => {
      dialogueOf(ready(state), dialogue);
      const { player, thread } = begunThread(state, name, dialogue);
      return { node: readingOf(state, player, thread) };
    }),
    query(method.next, (state, { player }) => {
      checkId("player", player);
      return { nodes: nextOf(ready(state), player) };
    }),
    query(method.getPath, (state, { player, dialogue }) => {
      checkId("player", player);
      const threads = playerNamed(ready(state), player)?.threads ?? [];
      return {
        threads: threads.filter((thread) => dialogue === "" || thread.dialogue === dialogue),
      };
    }),
    query(method.getChronicle, (state, request) => {
      const { why, limit, ...filter } = request.toObject();
      checkInteger("limit", limit, 0, entriesLimitMax);
      if (why !== "") return { entries: causesOf(ready(state), why) };
      return { entries: entriesThat(ready(state), filter, limit || entriesLimitDefault) };
    }),
    query(method.tell, (state, request) => {
      const { player, region, sinceMs } = request;
      if (player === "" && region === "") refuse("player", "", "are a player, a region, or both");
      return tell(ready(state), { player, region, sinceMs });
    }),
    query(method.listFacts, (state, { player }) => {
      if (player === "") return { facts: ready(state).facts };
      checkId("player", player);
      return { facts: playerNamed(ready(state), player)?.facts ?? [] };
    }),
    query(method.getGraph, (state, request) => {
      const dialogue = dialogueOf(ready(state), request.dialogue);
      return {
        dot: dotOf(dialogue, threadOf(playerNamed(state, request.player), dialogue.name)),
      };
    }),
  ],
});

function ready(state: Story): Story {
  if (state.configured) return state;
  throw new Rejection("FAILED_PRECONDITION", "the story has not been configured yet");
}
