/**
 * What a bridge has counted since it began, and how it stands now: numbers only, so that it is posted from the bridge's
 * thread as it is.
 */
export interface BridgeCounters {
  /** 1; 0 when its thread is gone: then the others stand as they were last. */
  readonly up: number;
  /** Packs that are not published yet. */
  readonly outboxPacks: number;
  /** Those of them that the disk has not taken. */
  readonly outboxUnwrittenPacks: number;
  readonly outboxBytes: number;
  /** Since the oldest of them was closed. 0: there is none. */
  readonly outboxOldestAgeMs: number;
  /** Messages on their way at this moment. */
  readonly inFlight: number;
  readonly packsPublished: number;
  readonly eventsPublished: number;
  /** Messages sent to the topic, and calls of queues; those included that failed. */
  readonly requests: number;
  /** Of them, those that repeated one that failed. */
  readonly retries: number;
  /** Events that were given up because the outbox is full, by class. */
  readonly shedCosmetic: number;
  readonly shedLatestWins: number;
  readonly shedReliable: number;
  /** Events that were given up because no message can hold them. */
  readonly shedTooLarge: number;
  /** Packs that the topic will never take. */
  readonly packsRefused: number;
  /** Events that found no room on their way from the core. */
  readonly feedLost: number;
  readonly commandsReceived: number;
  readonly commandsDone: number;
  /** Commands that the world or the bridge's allow-list refused. */
  readonly commandsRefused: number;
  readonly commandsDeadLettered: number;
  /** Commands that the queue delivered again. */
  readonly commandsDuplicate: number;
  /** Commands that went back into the queue, to be tried again. */
  readonly commandsPutOff: number;
  /** Packs of other parts of the world. */
  readonly remotePacksReceived: number;
  readonly remotePacksDone: number;
  /** Packs of this part itself, from a topic that it shares with others. */
  readonly remotePacksIgnored: number;
  readonly remotePacksRefused: number;
  readonly remotePacksDeadLettered: number;
  readonly remotePacksPutOff: number;
  readonly remotePacksDuplicate: number;
  /** Pollers that stalled and were begun anew. */
  readonly pollerRestarts: number;
}

export const noBridgeCounters: BridgeCounters = {
  up: 0,
  outboxPacks: 0,
  outboxUnwrittenPacks: 0,
  outboxBytes: 0,
  outboxOldestAgeMs: 0,
  inFlight: 0,
  packsPublished: 0,
  eventsPublished: 0,
  requests: 0,
  retries: 0,
  shedCosmetic: 0,
  shedLatestWins: 0,
  shedReliable: 0,
  shedTooLarge: 0,
  packsRefused: 0,
  feedLost: 0,
  commandsReceived: 0,
  commandsDone: 0,
  commandsRefused: 0,
  commandsDeadLettered: 0,
  commandsDuplicate: 0,
  commandsPutOff: 0,
  remotePacksReceived: 0,
  remotePacksDone: 0,
  remotePacksIgnored: 0,
  remotePacksRefused: 0,
  remotePacksDeadLettered: 0,
  remotePacksPutOff: 0,
  remotePacksDuplicate: 0,
  pollerRestarts: 0,
};
