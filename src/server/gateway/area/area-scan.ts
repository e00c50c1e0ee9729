import type { CellOrder } from "./cell-order.ts";
import * as order from "./cell-order.ts";
import * as record from "./position-record.ts";

// The engine looks up what is imported at each use, and these are used for each entity.
const { ageWord, changedAgeWord, placeWords, recordWord, slotWord, xWord, yWord } = order;
const { recordWords } = record;

/** Marks are taken two at a time, and all are wiped out when they come to an end. */
const markMax = 2 ** 31 - 2;

/** What a client looks at, and what it knows. */
export interface Watched {
  /** A circle on the map, in centimetres. A radius of 0: none. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Slots of the entities that it knows: `known[0] … known[knownCount - 1]`. */
  known: Int32Array;
  knownCount: number;
}

/**
 * Finds what a client is to be told of its area. One scan serves all clients, one after another:
 * its columns are valid until the next.
 */
export class AreaScan {
  left = new Int32Array(0);
  leftCount = 0;
  entered = new Int32Array(0);
  enteredCount = 0;
  /** Records of entities that moved. */
  moved = new Uint32Array(0);
  movedCount = 0;
  /** Entities that would have entered if the client could be told of more. */
  crowded = 0;
  readonly #order: CellOrder;
  readonly #runs: Int32Array;
  /** By slot: the client knew the entity (an even mark), and knows it still (the mark after it). */
  #marks = new Int32Array(0);
  #mark = 0;

  constructor(order: CellOrder) {
    this.#order = order;
    this.#runs = new Int32Array(order.runWordsMax);
  }

  /**
   * Compares what is in the circle with what the client knows, which from now on is what is there now. Who comes within
   * the circle enters; who gets farther away than `margin` beyond it leaves. `behind`: how many turns ago the client
   * knew it, at most `ageMax`.
   */
  run(watched: Watched, margin: number, behind: number, countMax: number): void {
    const { known, knownCount } = watched;
    this.#begin(known.length);
    const marks = this.#marks;
    const mark = this.#mark;
    for (let i = 0; i < knownCount; i += 1) marks[known[i] as number] = mark;
    const kept = watched.radius === 0 ? 0 : this.#look(watched, margin, behind);
    // Mostly nobody has left or entered, and the list is as good as it was.
    if (kept < knownCount) this.#dropLeft(watched);
    if (this.enteredCount > 0) this.#admit(watched, countMax);
  }

  /** Goes through all who may be near: finds who is still known, and who comes. Returns how many are known. */
  #look({ x: centreX, y: centreY, radius }: Watched, margin: number, behind: number): number {
    const { places } = this.#order;
    const { moved } = this;
    const marks = this.#marks;
    const mark = this.#mark;
    const runs = this.#runs;
    const inside = radius * radius;
    const reach = radius + margin;
    const outside = reach * reach;
    const words = this.#order.runsIn(centreX, centreY, reach, runs);
    this.#reserveEntered(words);
    const { entered } = this;
    let enteredCount = 0;
    let kept = 0;
    let movedCount = 0;
    for (let word = 0; word < words; word += 2) {
      const to = placeWords * (runs[word + 1] as number);
      for (let at = placeWords * (runs[word] as number); at < to; at += placeWords) {
        const dx = (places[at + xWord] as number) - centreX;
        const dy = (places[at + yWord] as number) - centreY;
        const away = dx * dx + dy * dy;
        if (away > outside) continue;
        const slot = places[at + slotWord] as number;
        if (marks[slot] === mark && (places[at + ageWord] as number) >= behind) {
          marks[slot] = mark + 1;
          kept += 1;
          if ((places[at + changedAgeWord] as number) >= behind) continue;
          moved[recordWords * movedCount] = places[at + recordWord] as number;
          moved[recordWords * movedCount + 1] = places[at + recordWord + 1] as number;
          movedCount += 1;
        } else if (away <= inside) {
          entered[enteredCount++] = slot;
        }
      }
    }
    this.enteredCount = enteredCount;
    this.movedCount = movedCount;
    return kept;
  }

  /** Whoever is known and was not found has left. */
  #dropLeft(watched: Watched): void {
    const { left } = this;
    const { known, knownCount } = watched;
    let kept = 0;
    for (let i = 0; i < knownCount; i += 1) {
      const slot = known[i] as number;
      if (this.#marks[slot] === this.#mark) left[this.leftCount++] = slot;
      else known[kept++] = slot;
    }
    watched.knownCount = kept;
  }

  /** Makes room for all in the runs, so that the loop over them calls nothing. */
  #reserveEntered(words: number): void {
    const runs = this.#runs;
    let places = 0;
    for (let word = 0; word < words; word += 2) {
      places += (runs[word + 1] as number) - (runs[word] as number);
    }
    if (this.entered.length < places) this.entered = new Int32Array(2 * places);
  }

  /** Lets in as many as the client can be told of, after all who stay have their place. */
  #admit(watched: Watched, countMax: number): void {
    const { known, knownCount } = watched;
    const admitted = Math.min(this.enteredCount, Math.max(0, countMax - knownCount));
    this.crowded = this.enteredCount - admitted;
    this.enteredCount = admitted;
    const count = knownCount + admitted;
    if (count > known.length) {
      watched.known = new Int32Array(Math.max(64, count + (count >> 1)));
      watched.known.set(known);
    }
    const { entered } = this;
    for (let i = 0; i < admitted; i += 1) watched.known[knownCount + i] = entered[i] as number;
    watched.knownCount = count;
  }

  #begin(knownMax: number): void {
    this.enteredCount = 0;
    this.leftCount = 0;
    this.movedCount = 0;
    this.crowded = 0;
    const { capacity } = this.#order;
    if (this.#marks.length < capacity || this.#mark >= markMax) {
      this.#marks = new Int32Array(Math.max(capacity, this.#marks.length));
      this.#mark = 0;
    }
    if (this.left.length < knownMax) {
      this.left = new Int32Array(knownMax);
      this.moved = new Uint32Array(recordWords * knownMax);
    }
    this.#mark += 2;
  }
}
