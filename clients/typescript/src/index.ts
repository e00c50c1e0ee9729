export type { Area, AreaHandlers, AreaOptions, Circle, Entity } from "./area.ts";
export type { WorldClock } from "./clock.ts";
export { connect } from "./connect.ts";
export { TellurionError } from "./errors.ts";
export type { ConnectOptions } from "./options.ts";
export type { Status, StatusDetail } from "./session.ts";
export type { EventContext, EventHandler, Subscription } from "./subscriptions.ts";
export { type Position, Track } from "./track.ts";
export type { CallOptions, Happenings, SubscribeOptions, World } from "./world.ts";
