import { fadesAt } from "./fading.ts";
import type { Region, Trace } from "./region.ts";

/**
 * The traces of a region by what they are looked for. Derived from the list of traces: it is built when it is needed,
 * kept beside the list, and never decides anything that the list alone would not.
 */
export class TraceIndex {
  readonly #byPlace = new Map<string, Trace[]>();
  readonly #byCause = new Map<string, Trace[]>();
  readonly #fading = new Map<string, Trace[]>();

  constructor(traces: readonly Trace[]) {
    for (const trace of traces) {
      push(this.#byPlace, trace.place, trace);
      push(this.#byCause, trace.cause, trace);
      push(this.#fading, trace.template, trace);
    }
    for (const list of this.#fading.values()) list.sort(soonestFirst);
  }

  /** The oldest first. */
  at(place: string): readonly Trace[] {
    return this.#byPlace.get(place) ?? [];
  }

  /** The oldest first. */
  of(cause: string): readonly Trace[] {
    return this.#byCause.get(cause) ?? [];
  }

  places(): IterableIterator<string> {
    return this.#byPlace.keys();
  }

  /** The one of a template's traces that fades before all others. */
  firstToFade(template: string): Trace | undefined {
    return this.#fading.get(template)?.[0];
  }

  add(trace: Trace): void {
    push(this.#byPlace, trace.place, trace);
    push(this.#byCause, trace.cause, trace);
    const list = this.#fading.get(trace.template);
    if (list === undefined) {
      this.#fading.set(trace.template, [trace]);
      return;
    }
    // Most fade after all that are there already.
    let at = list.length;
    while (at > 0 && soonestFirst(list[at - 1] as Trace, trace) > 0) at -= 1;
    list.splice(at, 0, trace);
  }

  remove(trace: Trace): void {
    drop(this.#byPlace, trace.place, trace);
    drop(this.#byCause, trace.cause, trace);
    drop(this.#fading, trace.template, trace);
  }
}

const indices = new WeakMap<readonly Trace[], TraceIndex>();

export function indexOf({ traces }: Region): TraceIndex {
  const known = indices.get(traces);
  if (known !== undefined) return known;
  const index = new TraceIndex(traces);
  indices.set(traces, index);
  return index;
}

/** The trace of that number. They stand in the order of their numbers. */
export function traceNumbered({ traces }: Region, number: number): Trace | undefined {
  const trace = traces[placeOf(traces, number)];
  return trace?.number === number ? trace : undefined;
}

export function addTrace(region: Region, trace: Trace): void {
  const index = indexOf(region);
  region.traces.push(trace);
  index.add(trace);
}

export function removeTrace(region: Region, trace: Trace): void {
  const index = indexOf(region);
  region.traces.splice(placeOf(region.traces, trace.number), 1);
  index.remove(trace);
}

/** Place of the first trace with that number or a higher one. */
function placeOf(traces: readonly Trace[], number: number): number {
  let low = 0;
  let high = traces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((traces[middle] as Trace).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function soonestFirst(a: Trace, b: Trace): number {
  return fadesAt(a) - fadesAt(b) || a.number - b.number;
}

function push(lists: Map<string, Trace[]>, key: string, trace: Trace): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [trace]);
  else list.push(trace);
}

function drop(lists: Map<string, Trace[]>, key: string, trace: Trace): void {
  const list = lists.get(key) ?? [];
  const at = list.indexOf(trace);
  if (at >= 0) list.splice(at, 1);
  if (list.length === 0) lists.delete(key);
}
