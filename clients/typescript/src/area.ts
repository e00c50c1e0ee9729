import type { Body, Look } from "./messages.ts";
import { eachMoved } from "./moved-entities.ts";
import { type EventContext, runHandler } from "./subscriptions.ts";
import { type Position, Track } from "./track.ts";

/** A circle on the map, in metres. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Something in the area that can move. */
export interface Entity {
  /** `npc:north-marsh-1.12`, `player:anna` */
  readonly id: string;
  readonly kind: string;
  /** Where the server said that it is. */
  readonly position: Position;
  /** Where it is at a time of the world: by default a little before now, when its way is known. */
  at(timeMs?: number): Position;
}

export interface AreaHandlers {
  entered?(entity: Entity): void;
  moved?(entity: Entity): void;
  left?(entity: Entity): void;
  /** All that an update says has been told. */
  updated?(context: EventContext): void;
}

export interface AreaOptions extends AreaHandlers {
  /** How far behind the world entities are shown: about two updates of the server. */
  readonly delayMs?: number;
  /** How long an entity of which nothing is heard goes on as it went. */
  readonly extrapolationMsMax?: number;
}

/** What the area needs of the world. */
export interface AreaHost {
  readonly now: () => number;
  readonly look: (look: Look) => void;
}

const delayMsDefault = 100;

/** Where the client looks, and who is there. A client has one area, which it can move. */
export class Area {
  readonly #host: AreaHost;
  readonly #options: AreaOptions;
  readonly #entities = new Map<number, AreaEntity>();
  #origin = { x: 0, y: 0 };
  /** Nothing is known, so only an update that is complete is of use: others are of what was looked at before. */
  #isFresh = true;
  /** World time of the last update. */
  #timeMs = 0;

  constructor(host: AreaHost, options: AreaOptions) {
    this.#host = host;
    this.#options = options;
  }

  get entities(): Iterable<Entity> {
    return this.#entities.values();
  }

  get size(): number {
    return this.#entities.size;
  }

  /** Looks elsewhere. Who is there too stays. */
  move({ x, y, radius }: Circle): void {
    this.#host.look({ x, y, radius, fresh: this.#isFresh });
  }

  /** Looks nowhere. */
  close(): void {
    this.forget();
    this.move({ x: 0, y: 0, radius: 0 });
  }

  /** What was known is out of date: everybody leaves. */
  forget(): void {
    this.#isFresh = true;
    for (const number of this.#entities.keys()) this.#remove(number);
  }

  update(update: Body<"areaUpdate">, timeMs: number): void {
    const { frame, entered, left, moved, origin, complete } = update;
    if (this.#isFresh && !complete) return;
    this.#isFresh = false;
    if (origin) this.#origin = origin;
    if (complete) {
      const here = new Set(entered.map(({ number }) => number));
      for (const number of this.#entities.keys()) if (!here.has(number)) this.#remove(number);
    }
    for (const number of left) this.#remove(number);
    for (const entity of entered) this.#enter(entity, timeMs);
    if (moved) {
      eachMoved(moved, this.#origin, (number, position) => this.#move(number, position, timeMs));
    }
    this.#timeMs = timeMs;
    runHandler(() => this.#options.updated?.({ frame, timeMs }));
  }

  #enter({ number, id, kind, ...position }: Body<"areaUpdate">["entered"][number], timeMs: number) {
    const known = this.#entities.get(number);
    if (known?.id === id) {
      this.#move(number, position, timeMs);
      return;
    }
    this.#remove(number);
    const { delayMs = delayMsDefault, extrapolationMsMax, entered } = this.#options;
    const shownAt = () => this.#host.now() - delayMs;
    const entity = new AreaEntity(id, kind, position, new Track(extrapolationMsMax), shownAt);
    entity.track.push(timeMs, position);
    this.#entities.set(number, entity);
    runHandler(() => entered?.(entity));
  }

  #move(number: number, position: Position, timeMs: number): void {
    const entity = this.#entities.get(number);
    if (!entity) return;
    // The update before this one said nothing of it: until then it stood where it was.
    entity.track.rest(Math.min(this.#timeMs, timeMs));
    entity.track.push(timeMs, position);
    entity.position = position;
    runHandler(() => this.#options.moved?.(entity));
  }

  #remove(number: number): void {
    const entity = this.#entities.get(number);
    if (!entity) return;
    this.#entities.delete(number);
    runHandler(() => this.#options.left?.(entity));
  }
}

class AreaEntity implements Entity {
  readonly id: string;
  readonly kind: string;
  readonly track: Track;
  readonly #shownAt: () => number;
  position: Position;

  constructor(id: string, kind: string, position: Position, track: Track, shownAt: () => number) {
    this.id = id;
    this.kind = kind;
    this.position = position;
    this.track = track;
    this.#shownAt = shownAt;
  }

  at(timeMs = this.#shownAt()): Position {
    return this.track.at(timeMs) ?? this.position;
  }
}
