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
  remotePacksReceived: number;
  remotePacksDone: number;
  /** Packs of this part itself, from a topic that it shares with others. */
  remotePacksIgnored: number;
  remotePacksRefused: number;
  remotePacksDeadLettered: number;
  remotePacksPutOff: number;
  remotePacksDuplicate: number;
  /** Pollers that stalled and were begun anew. */
  pollerRestarts: number;
}

export function newInCounters(): InCounters {
  return {
    ...{ requests: 0, retries: 0, pollerRestarts: 0 },
    ...{ commandsReceived: 0, commandsDone: 0, commandsRefused: 0, commandsDeadLettered: 0 },
    ...{ commandsPutOff: 0, commandsDuplicate: 0 },
    ...{
      remotePacksReceived: 0,
      remotePacksDone: 0,
      remotePacksIgnored: 0,
      remotePacksRefused: 0,
      remotePacksDeadLettered: 0,
    },
    ...{ remotePacksPutOff: 0, remotePacksDuplicate: 0 },
  };
}
