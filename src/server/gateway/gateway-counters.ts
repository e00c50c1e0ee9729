import type { AreaCounters } from "./area/areas.ts";
import type { CloseReason } from "./close-codes.ts";
import type { Connection } from "./connection.ts";
import type { Sessions } from "./sessions.ts";

/** What the gateway has done since it began, and what it holds. */
export interface GatewayCounters {
  readonly connections: number;
  /** Clients that wait at the door. */
  readonly waiting: number;
  readonly sessions: number;
  /** Sessions that wait for their clients to come back. */
  readonly sessionsAway: number;
  readonly accepted: number;
  readonly messagesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  readonly frameBytesOut: number;
  /** Frames that went into the lanes of clients which do not keep up. */
  readonly framesQueued: number;
  /** Events in lanes that a later one replaced. */
  readonly eventsCoalesced: number;
  /** Cosmetic events that went for want of room. */
  readonly eventsDropped: number;
  readonly resyncs: number;
  /** Bytes in the lanes of all clients, and of the one with the most. */
  readonly laneBytes: number;
  readonly laneBytesMost: number;
  /** Bytes of reliable events that are kept for clients that come back. */
  readonly reliableLogBytes: number;
  /** The longest that a frame has waited for the disk, in ms. */
  readonly commitWaitMsMost: number;
  readonly closes: ReadonlyMap<CloseReason, number>;
  /** Undefined: clients see nothing of what is around them. */
  readonly areas: AreaCounters | undefined;
}

/** Counts what the gateway does. */
export class GatewayTally {
  accepted = 0;
  messagesIn = 0;
  bytesIn = 0;
  framesQueued = 0;
  #framesOut = 0;
  #frameBytesOut = 0;
  /** Of connections that are gone. */
  readonly #gone = { eventsCoalesced: 0, eventsDropped: 0, resyncs: 0 };
  readonly #closes = new Map<CloseReason, number>();

  noteFrame(bytes: number): void {
    this.#framesOut += 1;
    this.#frameBytesOut += bytes;
  }

  noteGone({ lanes, resyncs }: Connection): void {
    this.#gone.eventsCoalesced += lanes.coalesced;
    this.#gone.eventsDropped += lanes.dropped;
    this.#gone.resyncs += resyncs;
  }

  /** Returns how many there have been for this reason. */
  noteClose(reason: CloseReason): number {
    const count = (this.#closes.get(reason) ?? 0) + 1;
    this.#closes.set(reason, count);
    return count;
  }

  counters(
    connections: ReadonlySet<Connection>,
    sessions: Sessions,
    held: Pick<GatewayCounters, "waiting" | "reliableLogBytes" | "commitWaitMsMost" | "areas">,
  ): GatewayCounters {
    let { eventsCoalesced, eventsDropped, resyncs } = this.#gone;
    let laneBytes = 0;
    let laneBytesMost = 0;
    for (const connection of connections) {
      const { lanes } = connection;
      eventsCoalesced += lanes.coalesced;
      eventsDropped += lanes.dropped;
      resyncs += connection.resyncs;
      laneBytes += lanes.bytes;
      laneBytesMost = Math.max(laneBytesMost, lanes.bytes);
    }
    const { accepted, messagesIn, bytesIn, framesQueued } = this;
    return {
      ...{ accepted, messagesIn, bytesIn, framesQueued, ...held },
      ...{ framesOut: this.#framesOut, frameBytesOut: this.#frameBytesOut },
      ...{ eventsCoalesced, eventsDropped, resyncs, laneBytes, laneBytesMost },
      connections: connections.size,
      sessions: sessions.size,
      sessionsAway: sessions.away,
      closes: this.#closes,
    };
  }
}
