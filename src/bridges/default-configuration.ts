import type {
  BridgeConfiguration,
  CommandsConfiguration,
  OutConfiguration,
} from "./configuration.ts";

/** All that a part of a configuration is when its file says nothing else. */
export const outDefaults: Omit<OutConfiguration, "topicArn"> = {
  fifo: false,
  format: "packs",
  compression: "none",
  lingerMs: 5_000,
  // As text it is 60 KiB: with its attributes it is under 64 KiB, which is one request on the bill.
  packBytesMax: 46_080,
  inFlightMax: 4,
  outboxBytesMax: 2 ** 30,
  streams: [
    {
      name: "world",
      types: undefined,
      topics: undefined,
      where: undefined,
      everyMs: 0,
      urgent: false,
      lingerMs: undefined,
    },
  ],
};

export const commandsDefaults: Pick<CommandsConfiguration, "methods" | "pollers"> = {
  methods: [],
  pollers: 2,
};

/** What is there to be connected to. */
export interface Connections {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly topicArn: string;
  readonly commandsUrl: string;
  readonly commandsDeadUrl: string;
}

/** The configuration of a bridge that sends all mirrored events in one stream and takes the commands named. */
export function defaultConfiguration(
  connections: Connections,
  fifo: boolean,
  methods: readonly string[],
): BridgeConfiguration {
  const { region, endpoint, topicArn, commandsUrl, commandsDeadUrl } = connections;
  return {
    region,
    endpoint,
    out: { ...outDefaults, topicArn, fifo },
    commands: {
      ...commandsDefaults,
      queueUrl: commandsUrl,
      deadLetterQueueUrl: commandsDeadUrl,
      methods,
    },
    events: undefined,
  };
}
