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
import type { Reports } from "./reports.ts";
import type { Turn } from "./turn.ts";

/** A query, copied out of the frame's inputs: it may have to wait. */
export interface Query {
  readonly actor: number;
  readonly method: number;
  readonly call: number;
  readonly request: Uint8Array;
}

/**
 * The queries of one worker's actors. They are answered at the end of a frame, for a bounded time; the others wait for
 * the next frame, so that no number of them holds up the world.
 */
export class Queries {
  readonly #turn: Turn;
  readonly #reports: Reports;
  readonly #cells: readonly (Cell | undefined)[];
  readonly #msPerFrameMax: number;
  readonly #waitingMax: number;
  #waiting: Query[] = [];

  constructor(
    turn: Turn,
    reports: Reports,
    cells: readonly (Cell | undefined)[],
    limits: { readonly queryMsPerFrameMax: number; readonly callsMax: number },
  ) {
    this.#turn = turn;
    this.#reports = reports;
    this.#cells = cells;
    this.#msPerFrameMax = limits.queryMsPerFrameMax;
    this.#waitingMax = limits.callsMax;
  }

  /** Takes in a query's record. */
  add({ bytes, words }: Segment, at: number): void {
    const word = at >> 2;
    const start = at + recordHeaderBytes;
    const call = words[word + extraWord] as number;
    if (this.#waiting.length >= this.#waitingMax) {
      this.#reports.refuse(call, "RESOURCE_EXHAUSTED", "too many queries wait; try again later");
      return;
    }
    this.#waiting.push({
      actor: words[word + targetWord] as number,
      method: (words[word + typeWord] as number) & 0xffff,
      call,
      request: bytes.slice(start, start + (words[word + lengthWord] as number)),
    });
  }

  /** Answers queries for as long as a frame has time for them: at least one. */
  answer(): void {
    if (this.#waiting.length === 0) return;
    // When a query is answered is no part of the world: the wall clock may decide it.
    const end = wallMs() + this.#msPerFrameMax;
    let answered = 0;
    do this.#answer(this.#waiting[answered++] as Query);
    while (answered < this.#waiting.length && wallMs() < end);
    this.#waiting = this.#waiting.slice(answered);
  }

  #answer(query: Query): void {
    const cell = this.#cells[query.actor];
    if (cell && !cell.fresh) this.#turn.query(cell, query);
    else this.#reports.refuse(query.call, "NOT_FOUND", "the actor stopped before it could answer");
  }
}
