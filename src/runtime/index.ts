/**
 * What actors are written with, and what compute threads run. Each worker loads it: what only a process needs that hosts
 * worlds is in host.ts.
 */
export { type Address, addressOf, isKey, parseAddress } from "./actor/address.ts";
export type {
  ActorContext,
  EffectId,
  InitContext,
  LogLevel,
  QueryContext,
  Random,
  ScheduleOptions,
  TimerId,
} from "./actor/context.ts";
export {
  type ActorDefinition,
  defineActor,
  type HandlersOf,
  type OverflowPolicy,
} from "./actor/definition.ts";
export type { Directive, Supervision } from "./actor/supervision.ts";
export { type Codec, codecOf, type View } from "./codec/index.ts";
export { defineComputation } from "./effects/computation.ts";
export { defineExploration } from "./effects/exploration.ts";
export { backOffAfter } from "./effects/retry.ts";
export {
  type ErrorCode,
  type ErrorStatus,
  errorCatalogue,
  Rejection,
  TellurionError,
} from "./errors.ts";
export type { FeedEnd, FeedEvent, FeedMark, FeedOptions, FeedType } from "./feed/feed.ts";
export { FeedReader } from "./feed/feed-reader.ts";
export type { Branch } from "./world/branch.ts";
