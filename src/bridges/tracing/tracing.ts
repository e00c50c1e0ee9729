/** What a bridge says of its packs and commands to those who look at traces. */
export interface Tracing {
  /**
   * The trace context of a new pack, to be kept with it and sent with it. Undefined: this one is not traced. It is decided
   * here and now, since a pack never changes: its span is told when its end is known, be it in a later process.
   */
  packClosed(): string | undefined;
  /** The topic took a pack. Nothing happens for a pack that is not traced. */
  packPublished(pack: TracedPack): void;
  /** The topic will never take a pack. */
  packRefused(pack: TracedPack, reason: string): void;
  /** A command came. Its span ends with `done` or `failed`. */
  commandReceived(command: TracedCommand): CommandTrace;
  /** Tells what is not told yet, as long as that takes no more than a few seconds. */
  close(): Promise<void>;
}

export interface TracedPack {
  /** What `packClosed` gave. */
  readonly traceparent: string | undefined;
  readonly stream: string;
  readonly sequence: number;
  readonly events: number;
  /** Of the message's body. */
  readonly bytes: number;
  readonly retries: number;
  /** When it was closed, in Unix time. */
  readonly closedAtMs: number;
}

export interface TracedCommand {
  readonly id: string;
  /** `tellurion.v1.WeatherService/SetWeather` */
  readonly method: string;
  /** Of the sender. Empty: it said none. */
  readonly traceparent: string;
}

export interface CommandTrace {
  /** For what follows from the command. Empty: it is not traced. */
  readonly traceparent: string;
  done(): void;
  failed(code: string, text: string): void;
}

export interface TracingOptions {
  /** Where spans are sent by OTLP over HTTP: `http://127.0.0.1:4318`. Undefined: tracing is off. */
  readonly endpoint: string | undefined;
  /** Of the traces that begin here, 0 to 1. A sender's decision about its command stands. */
  readonly ratio: number;
  readonly world: string;
}

const untraced: CommandTrace = { traceparent: "", done() {}, failed() {} };

/** Tracing that is off: it keeps nothing and makes nothing. */
export const noTracing: Tracing = {
  packClosed: () => undefined,
  packPublished() {},
  packRefused() {},
  commandReceived: () => untraced,
  close: async () => {},
};
