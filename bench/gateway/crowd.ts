/** Ten thousand in so much that a circle of `radius` holds a hundred of them. */
const entitiesOfSide = 10_000;
const sideMetres = 1_772;
/** Entities are told of in groups, as large as a shard of NPCs: a crowd has whole ones. */
export const groupSize = 250;
/** Metres. */
export const radius = 100;
export const margin = 10;
export const hz = 20;
/** A client's area stays where it is for a second, as long as the margin is worth it; not all move in the same tick. */
export function isTimeToLook(entity: number, tick: number): boolean {
  return (entity + tick) % hz === 0;
}

const paceLeast = 1;
const paceMost = 6;
const seedFirst = 0x1a2b3c4d;

/**
 * Entities that walk straight on and turn back at the edges of a square. Where they are follows from
 * the tick alone, so that whoever checks a server knows it as well as the server does.
 */
export class Crowd {
  readonly count: number;
  /** Centimetres from side to side. */
  readonly side: number;
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** 256ths of a turn from north, clockwise. */
  readonly headings: Uint8Array;
  readonly #heading: Uint8Array;
  readonly #first: Float64Array;
  /** Centimetres in a tick. */
  readonly #pace: Float64Array;
  #tick = -1;

  constructor(count: number) {
    this.count = count;
    this.side = Math.round(100 * sideMetres * Math.sqrt(count / entitiesOfSide));
    this.x = new Int32Array(count);
    this.y = new Int32Array(count);
    this.headings = new Uint8Array(count);
    this.#heading = new Uint8Array(count);
    this.#first = new Float64Array(2 * count);
    this.#pace = new Float64Array(2 * count);
    let state = seedFirst;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      return (state >>> 8) / 2 ** 24;
    };
    for (let i = 0; i < count; i += 1) {
      const turn = 2 * Math.PI * next();
      const pace = (100 * (paceLeast + (paceMost - paceLeast) * next())) / hz;
      this.#first[2 * i] = 2 * this.side * next();
      this.#first[2 * i + 1] = 2 * this.side * next();
      this.#heading[i] = Math.round((turn / (2 * Math.PI)) * 256);
      this.#pace[2 * i] = pace * Math.sin(turn);
      this.#pace[2 * i + 1] = pace * Math.cos(turn);
    }
  }

  /** Puts everybody where they are in a tick. */
  stepTo(tick: number): void {
    if (tick === this.#tick) return;
    this.#tick = tick;
    const { x, y, headings, side } = this;
    const first = this.#first;
    const pace = this.#pace;
    for (let i = 0; i < this.count; i += 1) {
      const paceX = pace[2 * i] as number;
      const paceY = pace[2 * i + 1] as number;
      const wayX = wayAlong((first[2 * i] as number) + paceX * tick, side);
      const wayY = wayAlong((first[2 * i + 1] as number) + paceY * tick, side);
      x[i] = wayX < side ? wayX : 2 * side - wayX;
      y[i] = wayY < side ? wayY : 2 * side - wayY;
      // The first heading, turned about when it goes back.
      const heading = wayX < side ? (this.#heading[i] as number) : -(this.#heading[i] as number);
      headings[i] = wayY < side ? heading : 128 - heading;
    }
  }
}

/** There and back again. */
function wayAlong(way: number, side: number): number {
  const rest = way % (2 * side);
  return rest < 0 ? rest + 2 * side : rest;
}
