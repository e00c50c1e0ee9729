import {
  ClockService,
  ClockStateSchema,
  ClockTickSchema,
  ConfigureClockSchema,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { type ActorContext, defineActor, Rejection } from "../../runtime/index.ts";
import { checkId, checkInteger } from "../common/checks.ts";
import { announceStart } from "./announce.ts";
import { advance, schedule, setPaused, setScale, setTime } from "./commands.ts";
import { type ConfigureClock, checkConfiguration, startOf } from "./configuration.ts";
import { anchorTo, type Clock, readingAt, scaleOf } from "./game-time.ts";
import { listSchedules, removeSchedule } from "./schedules.ts";
import { arm, passTime, type Turn, tellTime, turnOf } from "./turn.ts";

const listLimitDefault = 100;
const listLimitMax = 1_000;

/** The world's clock. There is one, `clock/main`; whoever needs the time hears TimeEvent. */
export const clock = defineActor({
  kind: "clock",
  state: ClockStateSchema,
  activation: "spawned",
  init: () => ({ anchorRestUnit: 1n }),
  // A restart would forget the world's time and its schedules.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureClockSchema, (state, message, ctx) =>
      configure(state, message.toObject(), ctx),
    ),
    handle(ClockTickSchema, (state, _tick, ctx) => {
      state.timer = 0;
      if (!state.configured) return;
      const turn = turnOf(state, ctx);
      passTime(turn);
      arm(turn, ctx);
    }),
    answer(ClockService.method.setTime, (state, request, ctx) =>
      change(state, ctx, (turn) => setTime(turn, request.toObject())),
    ),
    answer(ClockService.method.setScale, (state, request, ctx) =>
      change(state, ctx, (turn) => setScale(turn, request.scale)),
    ),
    answer(ClockService.method.pause, (state, _request, ctx) =>
      change(state, ctx, (turn) => setPaused(turn, true)),
    ),
    answer(ClockService.method.resume, (state, _request, ctx) =>
      change(state, ctx, (turn) => setPaused(turn, false)),
    ),
    answer(ClockService.method.advance, (state, request, ctx) =>
      change(state, ctx, (turn) => advance(turn, request.durationMs)),
    ),
    answer(ClockService.method.schedule, (state, request, ctx) => {
      const turn = turnOf(state, ctx);
      const response = schedule(turn, request.toObject());
      if (!response.existed) arm(turn, ctx);
      return response;
    }),
    answer(ClockService.method.cancelSchedule, (state, request, ctx) => {
      turnOf(state, ctx);
      checkId("id", request.id);
      return { cancelled: removeSchedule(state, request.id) };
    }),
    query(ClockService.method.getClock, (state, _request, ctx) => {
      const { calendar, ...turn } = turnOf(state, ctx);
      return { ...told({ calendar, ...turn }), calendar };
    }),
    query(ClockService.method.listSchedules, (state, request, ctx) => {
      turnOf(state, ctx);
      checkInteger("limit", request.limit, 0, listLimitMax);
      const limit = request.limit === 0 ? listLimitDefault : request.limit;
      return { schedules: listSchedules(state, limit), total: state.schedules.length };
    }),
  ],
});

function configure(state: Clock, message: ConfigureClock, ctx: ActorContext): void {
  checkConfiguration(message);
  const { calendar } = message;
  if (state.configured || calendar === undefined) {
    throw new Rejection("FAILED_PRECONDITION", "the clock has a configuration already");
  }
  state.configured = true;
  state.calendar = calendar;
  state.scale = { ...scaleOf(message.scale, "scale") };
  const start = startOf(message, calendar);
  anchorTo(state, ctx.frame, start);
  state.announcedMs = start;
  state.toldMs = start;
  const turn = turnOf(state, ctx);
  tellTime(turn, true);
  announceStart(calendar, Number(start), turn.out);
  for (const request of message.schedules) schedule(turn, request);
  arm(turn, ctx);
}

function change(state: Clock, ctx: ActorContext, run: (turn: Turn) => void) {
  const turn = turnOf(state, ctx);
  run(turn);
  arm(turn, ctx);
  return told(turn);
}

function told({ clock, calendar, frame, step }: Turn) {
  return { reading: readingAt(clock, calendar, frame, step) };
}
