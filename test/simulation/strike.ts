/** What befalls a server at a point that nobody chose. */
export type Blow = "loss" | "kill";

/** Ends what runs at present: a worker's frame, or the whole process. */
export class Struck extends Error {
  readonly blow: Blow | "stuck";

  constructor(blow: Blow | "stuck") {
    super(`struck: ${blow}`);
    this.blow = blow;
  }
}

/**
 * Where a blow falls: after so many of the points that a running server goes through. A worker is lost at points of a
 * frame only; a process is killed anywhere. Simulations run one after another in one thread: there is one strike.
 */
class Strike {
  #blow: Blow | undefined;
  #left = 0;

  get isArmed(): boolean {
    return this.#blow !== undefined;
  }

  arm(blow: Blow, points: number): void {
    this.#blow = blow;
    this.#left = points;
  }

  disarm(): void {
    this.#blow = undefined;
  }

  /** A point of a frame, outside of handlers. */
  passFrame(): void {
    const blow = this.#take();
    if (blow) throw new Struck(blow);
  }

  /** A point outside of frames. */
  passEdge(): void {
    if (this.#blow === "kill") this.passFrame();
  }

  /** A point in a handler. */
  passHandler(): void {
    const blow = this.#take();
    if (blow) throwPast(new Struck(blow));
  }

  #take(): Blow | undefined {
    const blow = this.#blow;
    if (blow === undefined) return undefined;
    this.#left -= 1;
    if (this.#left > 0) return undefined;
    this.#blow = undefined;
    return blow;
  }
}

export const strike = new Strike();

/** Throws what no supervisor gets hold of: whoever looks at what it is throws as well. */
export function throwPast(error: Error): never {
  throw new Proxy(error, {
    getPrototypeOf(): never {
      throw error;
    },
  });
}
