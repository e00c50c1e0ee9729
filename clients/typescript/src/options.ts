import type { SocketConstructor } from "./environment.ts";
import { TellurionError } from "./errors.ts";

export interface ConnectOptions {
  /** `wss://world.example` */
  readonly url: string;
  /** A JSON Web Token, or what fetches one: it is asked anew each time the client connects. */
  readonly token?: string | (() => string | Promise<string>);
  /** For the server's log: `my-game/1.2`. */
  readonly client?: string;
  /** Of the schema that the game was built with, so that both sides can say when they differ. */
  readonly schemaHash?: string;
  /** How long `connect` tries before it gives up. A time spent in the server's queue does not count. */
  readonly connectTimeoutMs?: number;
  /** The first and the longest pause before the client connects again. */
  readonly backOffMsMin?: number;
  readonly backOffMsMax?: number;
  /** How long nothing may come from the server before the connection counts as lost. */
  readonly silenceMsMax?: number;
  /** Calls that may wait for an answer, and those beyond that may wait for their turn. */
  readonly callsInFlightMax?: number;
  readonly callsWaitingMax?: number;
  /** How long a call waits that does not say how long. */
  readonly callTimeoutMs?: number;
  /** Another WebSocket than the one of the platform, such as that of the package `ws`. */
  readonly WebSocket?: SocketConstructor;
}

export interface Settings {
  readonly url: string;
  readonly token: string | (() => string | Promise<string>);
  readonly client: string;
  readonly schemaHash: string;
  readonly connectTimeoutMs: number;
  readonly backOffMsMin: number;
  readonly backOffMsMax: number;
  readonly silenceMsMax: number;
  readonly callsInFlightMax: number;
  readonly callsWaitingMax: number;
  readonly callTimeoutMs: number;
}

const numbers = {
  connectTimeoutMs: 10_000,
  backOffMsMin: 250,
  backOffMsMax: 10_000,
  silenceMsMax: 15_000,
  callsInFlightMax: 32,
  callsWaitingMax: 1_024,
  callTimeoutMs: 5_000,
};

/** The options with their defaults. Throws INVALID_ARGUMENT. */
export function settingsOf(options: ConnectOptions): Settings {
  const { url } = options;
  if (!/^wss?:\/\/./.test(url) || !URL.canParse(url)) {
    throw invalid(`url=${JSON.stringify(url)}; valid are addresses like wss://world.example`);
  }
  const settings = { token: "", client: "", schemaHash: "", ...numbers };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
    const value = settings[name];
    if (!(value >= 1 && value < 2 ** 31)) {
      throw invalid(`${name}=${value}; valid are numbers from 1 to below 2^31`);
    }
  }
  return { ...settings, url };
}

function invalid(what: string): TellurionError {
  return new TellurionError("INVALID_ARGUMENT", what);
}
