/** What has come in since the bridge began. */
export interface InCounters {
  /** Calls of the AWS API, those included that failed. */
  requests: number;
  /** Calls that repeated one that failed. */
  retries: number;
  commandsReceived: number;
  commandsDone: number;
  /** Commands that can never be carried out, whatever has become of them. */
  commandsRefused: number;
  /** Of these, those that are in the dead-letter queue now. */
  commandsDeadLettered: number;
  /** Commands that went back into the queue, to be tried again. */
  commandsPutOff: number;
  /** Commands that the queue delivered again. */
  commandsDuplicate: number;
  packsReceived: number;
  packsDone: number;
  /** Packs of this part itself, from a topic that it shares with others. */
  packsIgnored: number;
  packsRefused: number;
  packsDeadLettered: number;
  packsPutOff: number;
  packsDuplicate: number;
  /** Pollers that stalled and were begun anew. */
  pollerRestarts: number;
}

export function newInCounters(): InCounters {
  return {
    ...{ requests: 0, retries: 0, pollerRestarts: 0 },
    ...{ commandsReceived: 0, commandsDone: 0, commandsRefused: 0, commandsDeadLettered: 0 },
    ...{ commandsPutOff: 0, commandsDuplicate: 0 },
    ...{ packsReceived: 0, packsDone: 0, packsIgnored: 0, packsRefused: 0, packsDeadLettered: 0 },
    ...{ packsPutOff: 0, packsDuplicate: 0 },
  };
}
