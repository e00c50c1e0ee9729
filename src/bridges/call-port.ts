/** A command on its way from a queue into the world. */
export interface RemoteCall {
  /** `tellurion.v1.WeatherService/SetWeather` */
  readonly method: string;
  /** The request, encoded or as JSON text. Undefined: it is empty. */
  readonly payload: { readonly message: Uint8Array } | { readonly json: string } | undefined;
  /** Under one key it takes effect once, and is answered when that is durable. Empty: the method sees to both. */
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
}

/** `code` is one of docs/errors.md. */
export type CallOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly text: string };

/** Hands commands to the world, from the bridge's thread. */
export type CallPort = (command: RemoteCall) => Promise<CallOutcome>;
