import type { PublishedFrame } from "../../runtime/host.ts";
import type { AreaCounters } from "./area/areas.ts";
import type { Connection } from "./connection.ts";

/** Where a client looks. Metres. */
export interface LookedAt {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** What a client asks for. */
export interface Look extends LookedAt {
  /** It knows of nothing there, whatever it was told. */
  readonly fresh: boolean;
}

/** What clients see of what is around them: the gateway tells it where they look, and sends what it has for them. */
export interface Surroundings {
  /** Numbers of the events that it needs, whoever is subscribed to them. */
  readonly events: readonly number[];
  readonly counters: AreaCounters;
  /** Takes in what happened. The frame is valid until it returns. */
  take(frame: PublishedFrame): void;
  /** Throws INVALID_ARGUMENT, and then nothing has changed. */
  setArea(client: Connection, area: LookedAt): void;
  /** The client knows nothing any more of what it was told. */
  reset(client: Connection): void;
  leave(client: Connection): void;
  /** What is to be sent now, to clients that `mayGet` something. The others get what they missed later. */
  updates(
    frame: number,
    mayGet: (client: Connection) => boolean,
  ): Iterable<{ readonly client: Connection; readonly message: Uint8Array }>;
}
