import type { TypeMetrics, World, WorldMetrics } from "../../runtime/host.ts";
import type { PrometheusText, Sample } from "./prometheus.ts";

const msPerSecond = 1_000;
/** Actors that have metrics of their own: those that took the most time. */
const busiestActorsMax = 10;

/** Adds what a world counts. */
export function addWorld(text: PrometheusText, world: World): void {
  const metrics = world.metrics();
  addTotals(text, world, metrics);
  addWorkers(text, metrics);
  addTypes(text, metrics);
  text.many(
    "counter",
    "tellurion_busiest_actor_seconds_total",
    "Time in handlers of the actors that took the most.",
    world.busiestActors(busiestActorsMax).map(({ address, timeMs }) => ({
      value: timeMs / msPerSecond,
      labels: { actor: address },
    })),
  );
}

function addTotals(text: PrometheusText, { name, tickHz }: World, world: WorldMetrics): void {
  const seconds = (ms: number) => ms / msPerSecond;
  text
    .many("gauge", "tellurion_world_info", "The world that runs.", [
      { value: 1, labels: { world: name } },
    ])
    .one("counter", "tellurion_frames_total", "Frames that ended.", world.frame)
    .one("gauge", "tellurion_tick_hertz", "Frames in a second of world time.", tickHz)
    .one("gauge", "tellurion_actors", "Active actors.", world.actors)
    .one("counter", "tellurion_messages_handled_total", "Messages handled.", world.handled)
    .one("counter", "tellurion_events_published_total", "Events published.", world.published)
    .one("counter", "tellurion_handler_failures_total", "Handlers that threw.", world.failures)
    .one(
      "counter",
      "tellurion_events_lost_total",
      "Events that found no room on their way out of the world.",
      world.lostOutput,
    )
    .many(
      "counter",
      "tellurion_dead_letters_total",
      "Messages that nobody handled.",
      Object.entries(world.deadLettersByReason).map(([reason, value]) => ({
        value,
        labels: { reason },
      })),
    )
    .one(
      "gauge",
      "tellurion_frame_seconds",
      "Time that the last frame took.",
      seconds(world.frameMsLast),
    )
    .one(
      "gauge",
      "tellurion_frame_seconds_max",
      "Time that the longest frame took.",
      seconds(world.frameMsMax),
    )
    .one(
      "gauge",
      "tellurion_frame_lateness_seconds",
      "How late the last frame began.",
      seconds(world.latenessMsLast),
    )
    .one(
      "gauge",
      "tellurion_frame_lateness_seconds_max",
      "How late the latest frame began.",
      seconds(world.latenessMsMax),
    )
    .one(
      "counter",
      "tellurion_frame_overruns_total",
      "Frames that took longer than their step.",
      world.overruns,
    )
    .one("gauge", "tellurion_lane_bytes", "Memory of the lanes between workers.", world.laneBytes);
}

function addWorkers(text: PrometheusText, { workers }: WorldMetrics): void {
  text.many(
    "counter",
    "tellurion_worker_busy_seconds_total",
    "Time that a worker ran actors.",
    workers.map(({ busyMs }, index) => ({
      value: busyMs / msPerSecond,
      labels: { worker: String(index) },
    })),
  );
  text.many(
    "gauge",
    "tellurion_worker_actors",
    "Active actors of a worker.",
    workers.map(({ actors }, index) => ({ value: actors, labels: { worker: String(index) } })),
  );
}

function addTypes(text: PrometheusText, { types }: WorldMetrics): void {
  const samples = (read: (type: TypeMetrics) => number): Sample[] =>
    types.map((type) => ({ value: read(type), labels: { kind: type.kind, type: type.type } }));
  text
    .many(
      "counter",
      "tellurion_actor_messages_handled_total",
      "Messages handled, by kind of actor and type of message.",
      samples((type) => type.handled),
    )
    .many(
      "counter",
      "tellurion_actor_seconds_total",
      "Time in handlers, by kind of actor and type of message.",
      samples((type) => type.timeMs / msPerSecond),
    )
    .many(
      "gauge",
      "tellurion_actor_mailbox_depth_max",
      "Most messages of a type that one actor got in one round.",
      samples((type) => type.depthMax),
    );
}
