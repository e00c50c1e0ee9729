import { EventType } from "../../../gen/tellurion/v1/event_type_pb.ts";
import type { PublishedEvent, PublishedFrame } from "../../../runtime/host.ts";
import { TellurionError } from "../../../runtime/index.ts";
import type { AreaLimits } from "./area-limits.ts";
import { areaUpdateToJson } from "./area-message.ts";
import { AreaScan } from "./area-scan.ts";
import { CellOrder } from "./cell-order.ts";
import { EntityTable } from "./entity-table.ts";
import { centimetresMax } from "./position-record.ts";
import { Watcher } from "./watcher.ts";

/** What must be known of a client: a session is one. */
export interface AreaClient {
  readonly subprotocol: { readonly isBinary: boolean };
}

/** Metres. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface ClientAreaUpdate<Client> {
  readonly client: Client;
  /** A ServerMessage in the client's form. Not shared with other clients. */
  readonly message: Uint8Array;
}

export interface AreaCounters {
  readonly clients: number;
  readonly entities: number;
  /** Entities that were told of and found no place in the table. */
  readonly entitiesRefused: number;
  readonly updates: number;
  readonly updateBytes: number;
  /** Entities that did not enter an area because its client knew `areaEntitiesMax` already. */
  readonly crowded: number;
  /** Events about entities that were passed over: their columns do not match. */
  readonly eventsFaulty: number;
}

/** What clients see of the entities in their areas. */
export class Areas<Client extends AreaClient> {
  /** Numbers of the events that must be listened to from the beginning. */
  readonly events: readonly number[] = [EventType.ENTITIES_MOVED, EventType.ENTITIES_LEFT];
  readonly #limits: AreaLimits;
  readonly #table: EntityTable;
  readonly #order: CellOrder;
  readonly #scan: AreaScan;
  readonly #watchers = new Map<Client, Watcher>();
  /** A client is served in every so manieth frame: not all of them in the same one. */
  readonly #framesPerUpdate: number;
  readonly #counters = { updates: 0, updateBytes: 0, crowded: 0, eventsFaulty: 0 };
  #joined = 0;
  /** Counts frames that told of entities. */
  #turn = 0;
  /** The turn in which entities were last sorted. */
  #sortedTurn = 0;
  #frame = 0;

  constructor(limits: AreaLimits, tickHz: number) {
    this.#limits = limits;
    this.#table = new EntityTable(limits.entitiesMax);
    const reachMax = limits.areaRadiusMax + limits.areaMargin;
    this.#order = new CellOrder(100 * limits.areaCell, 100 * reachMax);
    this.#scan = new AreaScan(this.#order);
    this.#framesPerUpdate = Math.max(1, Math.round(tickHz / limits.areaHz));
  }

  get counters(): AreaCounters {
    return {
      ...this.#counters,
      clients: this.#watchers.size,
      entities: this.#table.count,
      entitiesRefused: this.#table.refused,
    };
  }

  /** Takes in what a frame told of entities. */
  take({ frame, events }: PublishedFrame): void {
    this.#frame = frame;
    let isNewTurn = true;
    for (const event of events) {
      const { number } = event.entry;
      if (number !== EventType.ENTITIES_MOVED && number !== EventType.ENTITIES_LEFT) continue;
      if (isNewTurn) this.#turn += 1;
      isNewTurn = false;
      this.#takeEvent(event);
    }
  }

  /**
   * Lets a client look at an area, in place of the one before. A radius of 0: at none.
   * Throws INVALID_ARGUMENT, and then nothing has changed.
   */
  setArea(client: Client, area: Area): void {
    checkArea(area, this.#limits);
    const watcher = this.#watchers.get(client) ?? this.#join(client);
    const { x, y, radius } = area;
    watcher.look(Math.round(100 * x), Math.round(100 * y), Math.round(100 * radius));
  }

  /** The client is gone. */
  leave(client: Client): void {
    this.#watchers.delete(client);
  }

  /** The client has lost what it knew: its next update tells all of its area. */
  reset(client: Client): void {
    this.#watchers.get(client)?.reset();
  }

  /**
   * What is to be sent now, client by client. Each update that is handed out counts as sent. A client that `mayGet` says
   * no to is passed over, and gets what it missed later.
   */
  *updates(
    frame: number = this.#frame,
    mayGet: (client: Client) => boolean = () => true,
  ): Generator<ClientAreaUpdate<Client>> {
    const now = { frame, turn: this.#turn };
    const scan = this.#scan;
    for (const [client, watcher] of this.#watchers) {
      const waitsFor = watcher.dueFrame - frame;
      // Frames may have been taken back: nobody waits longer than from one update to the next.
      if ((waitsFor > 0 && waitsFor <= this.#framesPerUpdate) || !mayGet(client)) continue;
      this.#sort();
      const bytes = watcher.advance(this.#table, scan, now, this.#limits);
      watcher.dueFrame = this.#nextDue(watcher, frame);
      if (bytes === undefined) continue;
      const message = client.subprotocol.isBinary ? bytes : areaUpdateToJson(bytes);
      this.#counters.updates += 1;
      this.#counters.updateBytes += message.length;
      this.#counters.crowded += scan.crowded;
      yield { client, message };
    }
  }

  /** An actor may publish columns that do not match. That is no reason for others to see nothing any more. */
  #takeEvent(event: PublishedEvent): void {
    try {
      if (event.entry.number === EventType.ENTITIES_MOVED) this.#table.moved(event, this.#turn);
      else this.#table.left(event);
    } catch {
      this.#counters.eventsFaulty += 1;
    }
  }

  /** Not for every frame: only when somebody looks. */
  #sort(): void {
    if (this.#sortedTurn === this.#turn) return;
    this.#sortedTurn = this.#turn;
    this.#order.sort(this.#table, this.#turn);
  }

  #join(client: Client): Watcher {
    const watcher = new Watcher(this.#joined);
    this.#joined += 1;
    this.#watchers.set(client, watcher);
    return watcher;
  }

  #nextDue(watcher: Watcher, frame: number): number {
    const every = this.#framesPerUpdate;
    return frame + every - ((frame + watcher.ordinal) % every);
  }
}

function checkArea({ x, y, radius }: Area, { areaRadiusMax }: AreaLimits): void {
  const farthest = centimetresMax / 100 - areaRadiusMax;
  if (!(Math.abs(x) <= farthest && Math.abs(y) <= farthest)) {
    throw new TellurionError(
      "INVALID_ARGUMENT",
      `area.x=${x}, area.y=${y}; valid are metres from ${-farthest} to ${farthest}`,
    );
  }
  if (!(radius >= 0 && radius <= areaRadiusMax)) {
    throw new TellurionError(
      "INVALID_ARGUMENT",
      `area.radius=${radius}; valid are metres from 0, which is no area, to ${areaRadiusMax}`,
    );
  }
}
