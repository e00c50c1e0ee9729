import { Crowd, margin, radius } from "./crowd.ts";
import type { Collected, Measured } from "./messages.ts";

/** Metres. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a client believes an entity to be. Metres. */
export interface SeenEntity extends Place {
  readonly entity: number;
}

/** Half a step of positions in 16 bits, and in whole centimetres. Metres. */
const blur = 0.03;
/** The first pictures are all kept for comparison with the truth; later, those of one tick in so many. */
const checksFirst = 16;
const checkEvery = 10;
const problemsMax = 5;

/** What a client saw around a place in a tick. */
interface Picture {
  readonly tick: number;
  readonly centre: Place;
  readonly seen: readonly SeenEntity[];
}

/** What reached the clients, and when. */
export class Recorder {
  readonly #clients: number;
  readonly #truth: Crowd;
  readonly #arrivals = new Map<number, number[]>();
  readonly #bytes = new Map<number, number>();
  readonly #pictures: Picture[] = [];
  readonly #problems: string[] = [];
  #checks = 0;
  #seen = 0;
  #tick = 0;

  constructor(clients: number, entities: number) {
    this.#clients = clients;
    this.#truth = new Crowd(entities);
  }

  /** The message of a tick reached a client. */
  arrived(tick: number, bytes: number): void {
    const atMs = performance.timeOrigin + performance.now();
    this.#tick = tick;
    const arrivals = this.#arrivals.get(tick);
    if (arrivals) arrivals.push(atMs);
    else this.#arrivals.set(tick, [atMs]);
    this.#bytes.set(tick, (this.#bytes.get(tick) ?? 0) + bytes);
  }

  /** What belongs to no tick reached a client. It counts for the last one. */
  received(bytes: number): void {
    this.#bytes.set(this.#tick, (this.#bytes.get(this.#tick) ?? 0) + bytes);
  }

  /** Where an entity is in a tick. Metres. */
  placeOf(entity: number, tick: number): Place {
    const truth = this.#truth;
    truth.stepTo(tick);
    return { x: (truth.x[entity] as number) / 100, y: (truth.y[entity] as number) / 100 };
  }

  /** Keeps what a client sees around a place, now and then. Comparing it would keep other clients waiting. */
  look(tick: number, centre: Place, see: () => readonly SeenEntity[]): void {
    if (this.#pictures.length + this.#checks >= checksFirst && tick % checkEvery !== 0) return;
    this.#pictures.push({ tick, centre, seen: see() });
  }

  /** What arrived in several measurements, together. */
  collect(measured: readonly Measured[]): Collected {
    for (const picture of this.#pictures.splice(0)) this.#compare(picture);
    const latencies: number[] = [];
    let bytes = 0;
    let complete = 0;
    for (const { firstTick, ticks, beganAt } of measured) {
      for (let i = 0; i < ticks; i += 1) {
        const arrivals = this.#arrivals.get(firstTick + i) ?? [];
        for (const atMs of arrivals) latencies.push(atMs - (beganAt[i] as number));
        bytes += this.#bytes.get(firstTick + i) ?? 0;
        if (arrivals.length === this.#clients) complete += 1;
      }
    }
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN;
    return {
      complete,
      bytesPerClientPerTick: bytes / Math.max(1, latencies.length),
      ...{ p50Ms: at(0.5), p99Ms: at(0.99) },
      ...{ visible: this.#seen / this.#checks, checks: this.#checks, problems: this.#problems },
    };
  }

  #compare({ tick, centre, seen }: Picture): void {
    const truth = this.#truth;
    truth.stepTo(tick);
    const { x: centreX, y: centreY } = centre;
    const inside = new Set<number>();
    for (let i = 0; i < truth.count; i += 1) {
      const x = (truth.x[i] as number) / 100;
      const y = (truth.y[i] as number) / 100;
      if (Math.hypot(x - centreX, y - centreY) <= radius - blur) inside.add(i);
    }
    for (const one of seen) {
      inside.delete(one.entity);
      const x = (truth.x[one.entity] as number) / 100;
      const y = (truth.y[one.entity] as number) / 100;
      const away = Math.hypot(x - centreX, y - centreY);
      if (away > radius + margin + blur)
        this.#problem(`tick ${tick}: ${one.entity} is ${away} m away`);
      if (Math.abs(one.x - x) > blur || Math.abs(one.y - y) > blur) {
        this.#problem(`tick ${tick}: ${one.entity} is at ${x}, ${y}, not ${one.x}, ${one.y}`);
      }
    }
    if (inside.size > 0) this.#problem(`tick ${tick}: ${[...inside]} are not seen`);
    this.#checks += 1;
    this.#seen += seen.length;
  }

  #problem(text: string): void {
    if (this.#problems.length < problemsMax) this.#problems.push(text);
  }
}
