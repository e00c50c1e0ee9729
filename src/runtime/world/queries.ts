import type { Cell } from "../actor/cell.ts";
import {
  extraWord,
  lengthWord,
  recordHeaderBytes,
  targetWord,
  typeWord,
} from "../memory/record.ts";
import type { Segment } from "../memory/segment.ts";
import { wallMs } from "../wall-clock.ts";
import type { Query } from "./query.ts";
import type { Reports } from "./reports.ts";
import type { Turn } from "./turn.ts";

/**
 * The queries of one worker's actors. They are answered at the end of a frame, for a bounded time; the others wait for
 * the next frame, so that no number of them holds up the world. Those that have waited too long are refused: answers
 * that nobody waits for any more would take the time of those that somebody does.
 */
export class Queries {
  readonly #turn: Turn;
  readonly #reports: Reports;
  readonly #cells: readonly (Cell | undefined)[];
  readonly #limits: QueryLimits;
  #waiting: Query[] = [];

  constructor(
    turn: Turn,
    reports: Reports,
    cells: readonly (Cell | undefined)[],
    limits: QueryLimits,
  ) {
    this.#turn = turn;
    this.#reports = reports;
    this.#cells = cells;
    this.#limits = limits;
  }

  /** Takes in a query's record. */
  add({ bytes, words }: Segment, at: number, frame: number): void {
    const word = at >> 2;
    const start = at + recordHeaderBytes;
    const call = words[word + extraWord] as number;
    if (this.#waiting.length >= this.#limits.callsMax) {
      this.#refuse(call, "too many wait");
      return;
    }
    this.#waiting.push({
      cell: this.#cells[words[word + targetWord] as number],
      frame,
      method: (words[word + typeWord] as number) & 0xffff,
      call,
      request: bytes.slice(start, start + (words[word + lengthWord] as number)),
    });
  }

  /** Answers queries for as long as a frame has time for them: at least one. */
  answer(frame: number): void {
    if (this.#waiting.length === 0) return;
    // When a query is answered is no part of the world: the wall clock may decide it.
    const end = wallMs() + this.#limits.queryMsPerFrameMax;
    const oldest = frame - this.#limits.queryFramesMax;
    let next = 0;
    let answered = 0;
    while (next < this.#waiting.length && (answered === 0 || wallMs() < end)) {
      const query = this.#waiting[next++] as Query;
      if (query.frame < oldest) {
        this.#refuse(query.call, `it waited for more than ${this.#limits.queryFramesMax} frames`);
      } else {
        this.#answer(query);
        answered += 1;
      }
    }
    this.#waiting = this.#waiting.slice(next);
  }

  /** Answers what waits for an actor that is about to move: it would not be found here any more. */
  answerFor(cell: Cell): void {
    for (const query of this.#waiting) if (query.cell === cell) this.#answer(query);
    this.#waiting = this.#waiting.filter((query) => query.cell !== cell);
  }

  #answer(query: Query): void {
    const { cell, call } = query;
    if (cell && !cell.fresh && this.#cells[cell.number] === cell) this.#turn.query(cell, query);
    else this.#reports.refuse(call, "NOT_FOUND", "the actor stopped before it could answer");
  }

  #refuse(call: number, why: string): void {
    const text = `the query was not answered: ${why}; try again later`;
    this.#reports.refuse(call, "RESOURCE_EXHAUSTED", text);
  }
}

interface QueryLimits {
  readonly queryMsPerFrameMax: number;
  readonly queryFramesMax: number;
  readonly callsMax: number;
}
