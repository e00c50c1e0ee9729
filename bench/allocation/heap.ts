import { getHeapStatistics } from "node:v8";

/** What `--expose-gc` gives. */
declare const gc: (options: { readonly type: "minor" }) => void;

/** Flags of a process in which heap use only grows between two collections that are asked for. */
export const heapFlags = [
  "--expose-gc",
  "--min-semi-space-size=256",
  "--max-semi-space-size=256",
] as const;

/** Empties the young generation of this thread's heap. */
function collect(): void {
  gc({ type: "minor" });
}

/** Bytes of this thread's heap in use: exact, since allocating in the young generation moves one pointer. */
function heapBytes(): number {
  return getHeapStatistics().used_heap_size;
}

/**
 * Bytes allocated between two readings. NaN when a collection came in between: the engine also counts what it has ever
 * allocated, in coarse steps.
 */
export class HeapMeter {
  #used = 0;
  #ever = 0;

  begin(): void {
    collect();
    this.#ever = everAllocated();
    this.#used = heapBytes();
  }

  end(): number {
    const bytes = heapBytes() - this.#used;
    const ever = everAllocated() - this.#ever;
    return ever - bytes > coarseness ? Number.NaN : bytes;
  }
}

const coarseness = 1_048_576;

/** Node 26 has it; its types do not know it yet. */
function everAllocated(): number {
  const statistics = getHeapStatistics() as unknown as { readonly total_allocated_bytes: number };
  return statistics.total_allocated_bytes;
}
