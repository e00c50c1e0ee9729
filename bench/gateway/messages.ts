/** What servers, the process of the clients and the bench say to each other. */

export interface Size {
  readonly clients: number;
  readonly entities: number;
  /** Clients beside those, that need not keep up. Then there is news for all. */
  readonly slow: number;
}

/** A server's, in this order. */
export type ServerSaid =
  | { readonly what: "listening"; readonly port: number }
  | { readonly what: "measured"; readonly measured: Measured };

export interface Measured {
  readonly ticks: number;
  readonly elapsedMs: number;
  /** Of the whole process, all its threads. */
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly memoryMbBefore: number;
  readonly firstTick: number;
  /** When each tick from the first on began, as `performance.timeOrigin + performance.now()`. */
  readonly beganAt: readonly number[];
}

/** To a server, in this order: nothing moves before all clients have come. */
export interface ServerOrder {
  readonly what: "start" | "begin" | "end";
}

/** To the process of the clients, in this order. */
export type ClientsOrder =
  | { readonly what: "connect"; readonly peer: Peer; readonly port: number; readonly size: Size }
  /** Of all that has been measured, what arrived in these times. */
  | { readonly what: "collect"; readonly measured: readonly Measured[] }
  | { readonly what: "join-slow"; readonly port: number; readonly size: Size }
  /** To slow clients, one after another as often as is wanted, and the last when there is no way back. */
  | { readonly what: keyof SlowClient };

/** A client that may read nothing for a while. */
export interface SlowClient {
  /** Reads nothing any more, and is sent as much as fills its line. */
  stall(): void;
  /** Is sent no more than the others. */
  relieve(): void;
  /** Reads all that waits for it, and whatever comes. */
  recover(): void;
  /** Is sent what must arrive, and more of it than there is room for. */
  overwhelm(): void;
}

export type Peer = "tellurion" | "colyseus";

export type ClientsSaid =
  | { readonly what: "connected" }
  | { readonly what: "slow-joined" }
  | { readonly what: "collected"; readonly collected: Collected };

export interface Collected {
  /** Ticks of which every client got its message. */
  readonly complete: number;
  /** At the full rate, 20 times as much in a second. */
  readonly bytesPerClientPerTick: number;
  readonly p99Ms: number;
  readonly p50Ms: number;
  /** Entities that a client sees, on average of those that were looked at closely. */
  readonly visible: number;
  /** How often a client's picture was compared with the truth. */
  readonly checks: number;
  readonly problems: readonly string[];
}
