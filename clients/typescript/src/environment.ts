/** The part of a WebSocket that is used: that of browsers, of Node and of the package `ws` have it. */
export interface SocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string, subprotocol: string) => SocketLike;

/** What the client takes from where it runs. Tests give one whose time is virtual. */
export interface Environment {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Runs something later; what is returned prevents it. */
  after(ms: number, run: () => void): () => void;
  /** From 0 to below 1. */
  random(): number;
  readonly WebSocket: SocketConstructor;
}

export function realEnvironment(socket?: SocketConstructor): Environment {
  return {
    now: () => performance.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    WebSocket: socket ?? (globalThis.WebSocket as unknown as SocketConstructor),
  };
}
