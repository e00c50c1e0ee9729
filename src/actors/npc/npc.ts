import {
  DayPhase,
  TimeEventSchema,
  TimePhaseEventSchema,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { EntityTickSchema } from "../../gen/tellurion/v1/entities_pb.ts";
import {
  ConfigureNpcsSchema,
  NpcService,
  NpcStateSchema,
  NpcTickSchema,
} from "../../gen/tellurion/v1/npc_pb.ts";
import { QuestEndedEventSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import {
  WeatherModifiersEventSchema,
  WeatherSevereEventSchema,
} from "../../gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema, PlayerActedEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { type ActorContext, defineActor, Rejection } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import type { Shard } from "./columns.ts";
import { type ConfigureNpcs, checkConfiguration } from "./configuration.ts";
import { beginDay } from "./day.ts";
import { decide, tellActions } from "./decide.ts";
import { direct } from "./directives.ts";
import { liveTo } from "./live.ts";
import { keepTelling, noteTimeScale, tellMoves } from "./moves.ts";
import { populate } from "./population.ts";
import { reactToBeat, reactToDeed, reactToOccurrence, reactToQuest, seeOff } from "./reactions.ts";
import { tellNpc, tellNpcs, tellShard } from "./reading.ts";
import { changeDetail, continueSweep, passGameTime, reactSoon } from "./sweep.ts";
import { type Turn, turnOf } from "./turn.ts";
import { tellDamage } from "./urgent.ts";

const minuteMs = 60_000;

/**
 * NPCs, up to 256 of one region, `npc/<region>-<n>`. They live through game time as the clock's
 * events tell of it.
 */
export const npc = defineActor({
  kind: "npc",
  state: NpcStateSchema,
  activation: "spawned",
  init: () => ({}),
  // A restart would forget everybody.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureNpcsSchema, (state, message, ctx) => configure(state, message.toObject(), ctx)),
    handle(TimeEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      const { previousGameMs, settledGameMs, jumped } = event;
      const turn = turnOf(state, ctx.key);
      passGameTime(turn, previousGameMs, settledGameMs, jumped, ctx);
      noteTimeScale(turn, event.reading?.toObject(), ctx);
      keepTelling(turn, ctx);
    }),
    handle(EntityTickSchema, (state, _tick, ctx) => {
      if (state.moveTimer !== 0) tellMoves(turnOf(state, ctx.key), ctx);
    }),
    handle(NpcTickSchema, (state, _tick, ctx) => {
      if (state.timer !== 0) continueSweep(turnOf(state, ctx.key), ctx);
    }),
    handle(TimePhaseEventSchema, (state, event, ctx) => {
      if (state.configured && event.newPhase === DayPhase.DAWN) beginDay(turnOf(state, ctx.key));
    }),
    handle(WeatherSevereEventSchema, (state, event, ctx) => {
      if (!state.configured || event.region !== state.region) return;
      if (state.severe === event.started) return;
      const turn = turnOf(state, ctx.key);
      state.severe = event.started;
      if (!event.started) tellDamage(turn, clamp(event.intensity, 0, 1), ctx);
      reactSoon(turn);
    }),
    handle(WeatherModifiersEventSchema, (state, event) => {
      if (!state.configured || event.region !== state.region) return;
      const bad = Math.max(1 - event.movement, 0.8 * (1 - event.visibility));
      state.weatherBadness = clamp(bad, 0, 1);
    }),
    handle(OccurrenceEventSchema, (state, event, ctx) => {
      if (!state.configured || event.region !== state.region) return;
      const turn = turnOf(state, ctx.key);
      reactToOccurrence(turn, event.toObject(), ctx);
      reactSoon(turn);
    }),
    handle(PlayerActedEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      if (event.region === state.region) {
        const turn = turnOf(state, ctx.key);
        reactToDeed(turn, event.toObject(), ctx);
        changeDetail(turn, ctx);
        keepTelling(turn, ctx);
        return;
      }
      if (state.guests.length > 0) seeOff(state, event.player);
      if (state.nearRegions.includes(event.region)) {
        state.playerNearMinute = Math.floor(state.livedMs / minuteMs);
      }
    }),
    handle(StoryBeatEventSchema, (state, event, ctx) => {
      if (!state.configured || event.region !== state.region) return;
      reactToBeat(turnOf(state, ctx.key), event.toObject(), ctx);
    }),
    handle(QuestEndedEventSchema, (state, event, ctx) => {
      if (!state.configured || !event.giver.startsWith(`${ctx.key}.`)) return;
      reactToQuest(turnOf(state, ctx.key), event.toObject(), ctx);
    }),
    answer(NpcService.method.direct, (state, request, ctx) => {
      const turn = turnOf(state, ctx.key);
      const { number } = request;
      const holds = direct(turn, request.toObject());
      obey(turn, number, ctx);
      return { holds };
    }),
    query(NpcService.method.getNpc, (state, { number }, ctx) =>
      tellNpc(turnOf(state, ctx.key), number),
    ),
    query(NpcService.method.listNpcs, (state, { place }, ctx) =>
      tellNpcs(turnOf(state, ctx.key), place),
    ),
    query(NpcService.method.getShard, (state, _request, ctx) => tellShard(turnOf(state, ctx.key))),
  ],
});

function configure(state: Shard, message: ConfigureNpcs, ctx: ActorContext): void {
  checkConfiguration(message);
  if (state.configured) {
    throw new Rejection("FAILED_PRECONDITION", "these NPCs have a configuration already");
  }
  populate(state, message, ctx.random);
  reactSoon(turnOf(state, ctx.key));
}

/** Lets an NPC act on a directive at once. */
function obey(turn: Turn, npc: number, ctx: ActorContext): void {
  const { shard } = turn;
  liveTo(turn, npc, shard.livedMs);
  decide(turn, npc, shard.livedMs, Number(shard.gameMs) / minuteMs);
  tellActions(turn, ctx);
}
