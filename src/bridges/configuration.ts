/**
 * How a world is joined to remote services through SNS and SQS. Read from a JSON file of the same shape; what is left out
 * stands at its default. Times are in ms, sizes in bytes.
 */
export interface BridgeConfiguration {
  readonly region: string;
  /** `http://127.0.0.1:4566`. Undefined: AWS itself. */
  readonly endpoint: string | undefined;
  /** Undefined: nothing goes out. */
  readonly out: OutConfiguration | undefined;
  readonly commands: CommandsConfiguration | undefined;
  readonly events: EventsConfiguration | undefined;
}

/** Events that go out. */
export interface OutConfiguration {
  readonly topicArn: string;
  /** The topic is a FIFO topic: SNS keeps the order of each stream. */
  readonly fifo: boolean;
  /**
   * `packs`: many events to a message. `events`: one GameEvent to a message. `json`: one ReadableEvent to a message, as
   * canonical JSON.
   */
  readonly format: "packs" | "events" | "json";
  readonly compression: "none" | "zstd";
  /** How long a pack waits for more events. */
  readonly lingerMs: number;
  /** Of a pack, before it is compressed and written as text. */
  readonly packBytesMax: number;
  /** Messages on their way at one time; of a FIFO topic, one of each stream. */
  readonly inFlightMax: number;
  /**
   * Of what waits on the disk. From there on cosmetic events are shed, at twice as much latest-wins ones too, and at three
   * times reliable ones. A world without a file keeps 128 MiB in memory at most.
   */
  readonly outboxBytesMax: number;
  /** In their order: an event goes to the first stream that takes it. */
  readonly streams: readonly StreamConfiguration[];
}

/** One ordered sequence of events. */
export interface StreamConfiguration {
  /** 1 to 64 of a-z, 0-9 and _ . - */
  readonly name: string;
  /** Names of event types: `WEATHER_CHANGED`. Undefined: all that the schema mirrors. */
  readonly types: readonly string[] | undefined;
  /** `weather/north-marsh`, or `weather/*` for all keys. Undefined: all. */
  readonly topics: readonly string[] | undefined;
  /** Values of the event's text or enum fields, by their JSON names; an enum's by its name. Undefined: any. */
  readonly where: Readonly<Record<string, string>> | undefined;
  /** World time between two events of one type and topic; those in between are left out. 0: all. */
  readonly everyMs: number;
  /** Its packs do not wait for more events. */
  readonly urgent: boolean;
  readonly lingerMs: number | undefined;
}

/** Commands of remote services that come in. */
export interface CommandsConfiguration {
  readonly queueUrl: string;
  /** Where commands go that can never be carried out, with the reason. Undefined: they are dropped, and counted. */
  readonly deadLetterQueueUrl: string | undefined;
  /** `tellurion.v1.WeatherService/SetWeather` */
  readonly methods: readonly string[];
  readonly pollers: number;
}

/** Events of another part of the world that come in. */
export interface EventsConfiguration {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string | undefined;
}
