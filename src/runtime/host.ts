/** What a process needs that hosts worlds: starts them, does their effects, looks into their past. */
export { computeEffect } from "./effects/compute.ts";
export { defineEffect, type EffectCall, type EffectDefinition } from "./effects/effect.ts";
export type { EffectCounters } from "./effects/effect-runner.ts";
export { exploreEffect } from "./effects/explore.ts";
export type { WorldIdentity } from "./journal/history.ts";
export type { Retention } from "./journal/retention.ts";
export type { StoredCounts } from "./journal/stored-counts.ts";
export { type StoredWorld, storedWorldAt } from "./journal/stored-world.ts";
export {
  type Catalogue,
  catalogueOf,
  type EventEntry,
  type MethodEntry,
} from "./world/catalogue.ts";
export { defaultLimits, type WorldLimits, workersMax } from "./world/limits.ts";
export type { DeadLetterReason } from "./world/metrics.ts";
export type {
  EncodedMessage,
  PastActor,
  PastEffect,
  PastTimer,
  PastWorld,
} from "./world/past-world.ts";
export { type ReplayOptions, type ReplayResult, replay } from "./world/replay.ts";
export { schemaHash } from "./world/schema-hash.ts";
export { type SimulationResult, simulate } from "./world/simulation.ts";
export { inMemory, startWorld } from "./world/start-world.ts";
export type {
  ActorLoad,
  Bootstrap,
  CallOptions,
  DeadLetter,
  FirstListener,
  FlightDump,
  FrameRange,
  LogLine,
  PublishedEvent,
  PublishedFrame,
  TypeMetrics,
  World,
  WorldMetrics,
  WorldOptions,
} from "./world/world.ts";
export { openHistory, type PastInput, type WorldHistory } from "./world/world-history.ts";
