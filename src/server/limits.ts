import { areaLimitTable } from "./gateway/area/area-limits.ts";

/** What a limit bounds, and where it stands unless the start command says otherwise. */
interface Limit {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** Every bound of the server's edge. `start --limit NAME=VALUE` changes one. */
export const limitTable = {
  ...areaLimitTable,
  connectionsMax: {
    default: 1_000,
    min: 1,
    max: 100_000,
    about: "WebSocket clients at one time",
  },
  connectionsUnwelcomedMax: {
    default: 1_000,
    min: 1,
    max: 100_000,
    about: "WebSockets whose client is not known yet; beyond it the oldest is closed",
  },
  frameBytesMax: {
    default: 65_536,
    min: 128,
    max: 16_777_216,
    about: "bytes of one message from a client",
  },
  messagesPerSecondMax: {
    default: 100,
    min: 1,
    max: 100_000,
    about: "messages of one client per second, in the long run",
  },
  messagesBurstMax: {
    default: 200,
    min: 1,
    max: 100_000,
    about: "messages of one client at once",
  },
  bytesPerSecondMax: {
    default: 262_144,
    min: 128,
    max: 1_073_741_824,
    about: "bytes of messages of one client per second, in the long run",
  },
  bytesBurstMax: {
    default: 1_048_576,
    min: 128,
    max: 1_073_741_824,
    about: "bytes of messages of one client at once; one message of `frameBytesMax` always fits",
  },
  subscriptionsMax: { default: 256, min: 1, max: 65_536, about: "topics of one client" },
  callsInFlightMax: {
    default: 32,
    min: 1,
    max: 65_536,
    about: "calls of one client that wait for an answer",
  },
  callTimeoutMs: {
    default: 5_000,
    min: 1,
    max: 600_000,
    about: "how long a call waits that does not say how long",
  },
  callTimeoutMsMax: {
    default: 30_000,
    min: 1,
    max: 600_000,
    about: "how long a call may ask to wait",
  },
  helloTimeoutMs: {
    default: 10_000,
    min: 1,
    max: 600_000,
    about: "time from a client's connection to its hello",
  },
  heartbeatMs: {
    default: 30_000,
    min: 10,
    max: 600_000,
    about: "time between two signs of life of a client",
  },
  closeTimeoutMs: {
    default: 1_000,
    min: 1,
    max: 60_000,
    about: "time a client has to answer a close",
  },
  lineBytesMax: {
    default: 131_072,
    min: 65_536,
    max: 16_777_216,
    about: "unsent bytes on a client's line from which messages wait in lanes",
  },
  controlLaneBytesMax: {
    default: 1_048_576,
    min: 1_024,
    max: 1_073_741_824,
    about: "answers that wait for a client, in bytes",
  },
  reliableLaneBytesMax: {
    default: 1_048_576,
    min: 1_024,
    max: 1_073_741_824,
    about: "frames with reliable events that wait for a client, in bytes",
  },
  latestLaneBytesMax: {
    default: 262_144,
    min: 1_024,
    max: 1_073_741_824,
    about: "latest events that wait for a client, in bytes",
  },
  cosmeticLaneBytesMax: {
    default: 65_536,
    min: 1_024,
    max: 1_073_741_824,
    about: "cosmetic events that wait for a client, in bytes",
  },
  joinsPerSecondMax: {
    default: 200,
    min: 1,
    max: 100_000,
    about: "clients that are let in per second, in the long run",
  },
  joinsBurstMax: {
    default: 400,
    min: 1,
    max: 100_000,
    about: "clients that are let in at once",
  },
  playerJoinsPerSecondMax: {
    default: 100,
    min: 1,
    max: 100_000,
    about: "clients of one player that are let in per second, in the long run",
  },
  resumeWindowMs: {
    default: 60_000,
    min: 0,
    max: 86_400_000,
    about: "time that a session waits for its client to come back",
  },
  sessionsKeptMax: {
    default: 4_000,
    min: 1,
    max: 1_000_000,
    about: "sessions that wait for their clients to come back",
  },
  sessionsPerPlayerMax: {
    default: 16,
    min: 1,
    max: 1_000_000,
    about: "sessions of one player that wait for it to come back",
  },
  reliableLogBytesMax: {
    default: 16_777_216,
    min: 1_024,
    max: 1_073_741_824,
    about: "reliable events that are kept for clients that come back, in bytes",
  },
  unackedMax: {
    default: 256,
    min: 2,
    max: 65_536,
    about: "frames with reliable events between two acks of a client",
  },
  commitWaitMsMax: {
    default: 250,
    min: 0,
    max: 60_000,
    about: "time that reliable events wait for the disk at most",
  },
  playerCallsPerSecondMax: {
    default: 200,
    min: 1,
    max: 1_000_000,
    about: "calls of one player per second, in the long run",
  },
  methodCallsPerSecondMax: {
    default: 20_000,
    min: 1,
    max: 1_000_000,
    about: "calls of one method per second, in the long run",
  },
  targetCallsPerSecondMax: {
    default: 5_000,
    min: 1,
    max: 1_000_000,
    about: "calls to one actor per second, in the long run",
  },
  httpConnectionsMax: {
    default: 1_024,
    min: 1,
    max: 100_000,
    about: "connections beside those of WebSocket clients",
  },
  httpRequestTimeoutMs: {
    default: 10_000,
    min: 1,
    max: 600_000,
    about: "time a caller has to send a request over HTTP",
  },
  rpcBodyBytesMax: {
    default: 262_144,
    min: 128,
    max: 16_777_216,
    about: "bytes of the body of a call over HTTP",
  },
  rpcCallsInFlightMax: {
    default: 1_024,
    min: 1,
    max: 65_536,
    about: "calls over HTTP that wait for an answer, of all callers",
  },
  stalledAfterMs: {
    default: 2_000,
    min: 10,
    max: 600_000,
    about: "time without a new frame after which the world counts as stalled",
  },
  bridgeDrainMs: {
    default: 5_000,
    min: 0,
    max: 120_000,
    about: "time an orderly stop waits for events to go out; the others wait on the disk",
  },
  stopTimeoutMs: {
    default: 1_500,
    min: 1,
    max: 60_000,
    about: "time an orderly stop may take",
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limitTable;

export type Limits = { readonly [Name in LimitName]: number };

export const limitNames = Object.keys(limitTable) as LimitName[];

export const defaultLimits = Object.fromEntries(
  limitNames.map((name) => [name, limitTable[name].default]),
) as Limits;
