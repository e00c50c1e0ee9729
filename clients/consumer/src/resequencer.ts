import {
  beginning,
  givenUpTo,
  isMissing,
  type StreamPosition,
  takenLate,
  takenUpTo,
} from "./position.ts";

/** One message of a stream, with what its consumer needs to acknowledge it. */
export interface Sequenced {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: number;
  readonly count: number;
  readonly bytes: number;
}

/** Packs that have not come in time. The stream goes on without them. */
export interface Gap {
  readonly stream: string;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  /** How many: exact. How many events they held nobody knows. */
  readonly packs: number;
  /** Nothing of this epoch had come before: the consumer has joined later, rather than lost something. */
  readonly joined: boolean;
}

/** Packs that follow one another, to be acknowledged as one. */
export interface Run<Item extends Sequenced> {
  readonly items: readonly Item[];
  /** It was given up before: others have gone ahead of it. */
  readonly late: boolean;
  /** How far the stream is when all of them have been acknowledged. */
  readonly position: StreamPosition;
}

/**
 * `held`: it waits for its turn. `again`: it is here already, and not acknowledged. `taken`: it has been acknowledged.
 * `full`: there is no room to hold it, and what is held is nearer to its turn.
 */
export type Verdict = "held" | "again" | "taken" | "full";

export interface ResequencerOptions {
  /** How long a stream waits for a pack while later ones are there. */
  readonly gapTimeoutMs: number;
  /** Of what is held out of order or waits to be acknowledged, of all streams. */
  readonly heldPacksMax: number;
  readonly heldBytesMax: number;
  /** Of one stream, from older to newer. */
  readonly epochsMax: number;
}

interface Lane<Item extends Sequenced> {
  position: StreamPosition;
  /** Not acknowledged, by sequence. */
  readonly items: Map<number, Item>;
  /** Since when later packs wait for `position.next`. */
  waitingSince: number | undefined;
  busy: boolean;
  touched: number;
}

interface Farther<Item extends Sequenced> {
  readonly lane: Lane<Item>;
  readonly item: Item;
  readonly distance: number;
}

/**
 * Brings the packs of each stream and epoch into their order, and keeps out what has come before. Knows no queue and no
 * clock: the caller says what time it is.
 */
export class Resequencer<Item extends Sequenced> {
  readonly #options: ResequencerOptions;
  readonly #lanes = new Map<string, Lane<Item>>();
  #held = 0;
  #bytes = 0;
  #touches = 0;

  constructor(options: ResequencerOptions, positions: readonly StreamPosition[] = []) {
    this.#options = options;
    for (const position of positions) this.#addLane(position);
  }

  get heldPacks(): number {
    return this.#held;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  get positions(): readonly StreamPosition[] {
    return [...this.#lanes.values()].map(({ position }) => position);
  }

  /**
   * Where there is no room, packs that are farther from their turn make room for one that is nearer, and are added to
   * `displaced`: what is held is always the nearest of what was offered, however a queue mixes its backlog.
   */
  offer(item: Item, nowMs: number, displaced: Item[]): Verdict {
    const lane = this.#laneOf(item.stream, item.epoch);
    const { sequence } = item;
    if (lane.items.has(sequence)) return "again";
    const { position } = lane;
    if (sequence < position.next && !isMissing(position, sequence)) return "taken";
    // What can be handed over at once helps to make room, and is taken however full it is.
    const early = sequence > position.next;
    if (early && !this.#makeRoom(lane, item, displaced)) return "full";
    lane.items.set(sequence, item);
    lane.touched = ++this.#touches;
    this.#held += 1;
    this.#bytes += item.bytes;
    this.#watch(lane, nowMs);
    return "held";
  }

  /** The pack as it lies here, not acknowledged. */
  find({ stream, epoch, sequence }: Sequenced): Item | undefined {
    return this.#lanes.get(keyOf(stream, epoch))?.items.get(sequence);
  }

  *all(): Iterable<Item> {
    for (const lane of this.#lanes.values()) yield* lane.items.values();
  }

  /** What can be handed over of a stream that is not busy; the stream is busy until `settle`. */
  take(
    eventsMax: number,
    isReady: (stream: string, epoch: string) => boolean,
  ): Run<Item> | undefined {
    for (const [key, lane] of this.#lanes) {
      if (lane.busy || lane.items.size === 0) continue;
      if (!isReady(lane.position.stream, lane.position.epoch)) continue;
      const run = runOf(lane, eventsMax);
      if (run === undefined) continue;
      lane.busy = true;
      // The others come first next time.
      this.#lanes.delete(key);
      this.#lanes.set(key, lane);
      return run;
    }
    return undefined;
  }

  /** The run was acknowledged, or it was not: then it comes again. */
  settle(run: Run<Item>, acknowledged: boolean, nowMs: number): void {
    const { stream, epoch } = run.position;
    const lane = this.#lanes.get(keyOf(stream, epoch));
    if (lane === undefined) throw new RangeError(`no stream ${stream} of epoch ${epoch} is known`);
    lane.busy = false;
    if (!acknowledged) return;
    lane.position = run.position;
    for (const { sequence } of run.items) this.#remove(lane, sequence);
    lane.waitingSince = undefined;
    this.#watch(lane, nowMs);
  }

  /** Gives up what streams have waited for too long. */
  expire(nowMs: number): Gap[] {
    const gaps: Gap[] = [];
    for (const lane of this.#lanes.values()) {
      if (lane.busy || lane.waitingSince === undefined) continue;
      if (nowMs - lane.waitingSince < this.#options.gapTimeoutMs) continue;
      const { stream, epoch, next } = lane.position;
      const last = firstAfter(lane, next) - 1;
      // All that has come after it has made room for others, and comes again.
      if (last === Number.POSITIVE_INFINITY) continue;
      const joined = next === 1 && lane.position.missing.length === 0;
      gaps.push({ stream, epoch, first: next, last, packs: last - next + 1, joined });
      lane.position = givenUpTo(lane.position, last);
      lane.waitingSince = undefined;
    }
    return gaps;
  }

  #watch(lane: Lane<Item>, nowMs: number): void {
    const { items, position } = lane;
    if (items.has(position.next)) lane.waitingSince = undefined;
    else if (lane.waitingSince !== undefined) return;
    else if (firstAfter(lane, position.next) !== Number.POSITIVE_INFINITY) {
      lane.waitingSince = nowMs;
    }
  }

  /** False, and nothing has changed: all that is farther from its turn would not make enough room. */
  #makeRoom(lane: Lane<Item>, { sequence, bytes }: Item, displaced: Item[]): boolean {
    const { heldPacksMax, heldBytesMax } = this.#options;
    const packsLess = this.#held + 1 - heldPacksMax;
    const bytesLess = this.#bytes + bytes - heldBytesMax;
    if (packsLess <= 0 && bytesLess <= 0) return true;
    const farther = this.#fartherThan(sequence - turnOf(lane));
    let found = 0;
    let freed = 0;
    while (found < farther.length && (found < packsLess || freed < bytesLess)) {
      freed += (farther[found] as Farther<Item>).item.bytes;
      found += 1;
    }
    if (found < packsLess || freed < bytesLess) return false;
    for (const other of farther.slice(0, found)) {
      this.#remove(other.lane, other.item.sequence);
      displaced.push(other.item);
    }
    return true;
  }

  /** The farthest first. */
  #fartherThan(distance: number): Farther<Item>[] {
    const farther: Farther<Item>[] = [];
    for (const lane of this.#lanes.values()) {
      const turn = turnOf(lane);
      for (const [sequence, item] of lane.items) {
        if (sequence - turn > distance) farther.push({ lane, item, distance: sequence - turn });
      }
    }
    return farther.sort((a, b) => b.distance - a.distance);
  }

  #remove(lane: Lane<Item>, sequence: number): void {
    const item = lane.items.get(sequence);
    if (item === undefined) return;
    lane.items.delete(sequence);
    this.#held -= 1;
    this.#bytes -= item.bytes;
  }

  #laneOf(stream: string, epoch: string): Lane<Item> {
    return this.#lanes.get(keyOf(stream, epoch)) ?? this.#addLane(beginning(stream, epoch));
  }

  #addLane(position: StreamPosition): Lane<Item> {
    const lane = {
      position,
      items: new Map<number, Item>(),
      waitingSince: undefined,
      busy: false,
      touched: ++this.#touches,
    };
    this.#lanes.set(keyOf(position.stream, position.epoch), lane);
    this.#forgetEpochs(position.stream);
    return lane;
  }

  /** Epochs that are long over need no memory. */
  #forgetEpochs(stream: string): void {
    const idle = [...this.#lanes].filter(([, lane]) => lane.position.stream === stream);
    if (idle.length <= this.#options.epochsMax) return;
    const oldest = idle
      .filter(([, { busy, items }]) => !busy && items.size === 0)
      .sort(([, a], [, b]) => a.touched - b.touched)[0];
    if (oldest) this.#lanes.delete(oldest[0]);
  }
}

function keyOf(stream: string, epoch: string): string {
  return `${stream}\n${epoch}`;
}

/** The first that is missing: all before it can be handed over, if they are not already. */
function turnOf({ position, items }: Lane<Sequenced>): number {
  let turn = position.next;
  while (items.has(turn)) turn += 1;
  return turn;
}

function firstAfter(lane: Lane<Sequenced>, next: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const sequence of lane.items.keys()) {
    if (sequence > next && sequence < first) first = sequence;
  }
  return first;
}

function runOf<Item extends Sequenced>(lane: Lane<Item>, eventsMax: number): Run<Item> | undefined {
  const { position, items } = lane;
  const run: Item[] = [];
  let events = 0;
  for (let sequence = position.next; ; sequence += 1) {
    const item = items.get(sequence);
    if (item === undefined || (run.length > 0 && events + item.count > eventsMax)) break;
    run.push(item);
    events += item.count;
  }
  const last = run.at(-1);
  if (last) return { items: run, late: false, position: takenUpTo(position, last.sequence) };
  for (const [sequence, item] of items) {
    if (sequence > position.next) continue;
    return { items: [item], late: true, position: takenLate(position, sequence) };
  }
  return undefined;
}
