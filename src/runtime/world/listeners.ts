import type { DescMessage } from "@bufbuild/protobuf";
import type { Cell } from "../actor/cell.ts";
import { type AttachableView, attach, codecOf } from "../codec/index.ts";
import type { Catalogue } from "./catalogue.ts";

/** Cells in no order that matters, with constant-time removal. */
class CellList {
  readonly cells: Cell[] = [];
  readonly #places = new Map<Cell, number>();

  add(cell: Cell): void {
    this.#places.set(cell, this.cells.length);
    this.cells.push(cell);
  }

  remove(cell: Cell): void {
    const place = this.#places.get(cell);
    const last = this.cells.pop();
    this.#places.delete(cell);
    if (place === undefined || last === undefined || last === cell) return;
    this.cells[place] = last;
    this.#places.set(last, place);
  }
}

/** Who of this worker listens to one type of event. */
interface EventListeners {
  readonly all: CellList;
  readonly byKey: Map<string, CellList>;
  readonly keyField: string | undefined;
  readonly view: AttachableView<DescMessage>;
}

const nobody: readonly Cell[] = [];

/** Which actors of one worker listen to which events. */
export class Listeners {
  readonly #byType: (EventListeners | undefined)[];
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#byType = new Array(catalogue.messages.length).fill(undefined);
  }

  add(cell: Cell): void {
    for (const [type, subscription] of cell.kind.subscriptions) {
      const listeners = this.#of(type);
      if (subscription.keyField === undefined) {
        listeners.all.add(cell);
        continue;
      }
      const list = listeners.byKey.get(cell.key) ?? new CellList();
      listeners.byKey.set(cell.key, list);
      list.add(cell);
    }
  }

  remove(cell: Cell): void {
    for (const [type, subscription] of cell.kind.subscriptions) {
      const listeners = this.#of(type);
      if (subscription.keyField === undefined) listeners.all.remove(cell);
      else removeFrom(listeners.byKey, cell);
    }
  }

  /** Those who listen to every event of a type. */
  toAll(type: number): readonly Cell[] {
    return this.#byType[type]?.all.cells ?? nobody;
  }

  /** Those who listen to events of a type with their own key only. Reads the key from the encoded event. */
  toKey(type: number, bytes: Uint8Array, start: number, end: number): readonly Cell[] {
    const listeners = this.#byType[type];
    if (listeners === undefined || listeners.byKey.size === 0) return nobody;
    const event = listeners.view[attach](bytes, start, end) as unknown as Record<string, string>;
    const key = event[listeners.keyField ?? ""] ?? "";
    return listeners.byKey.get(key)?.cells ?? nobody;
  }

  #of(type: number): EventListeners {
    let listeners = this.#byType[type];
    if (listeners === undefined) {
      const entry = this.#catalogue.messages[type];
      if (entry === undefined) throw new RangeError(`type=${type} is in no catalogue`);
      listeners = {
        all: new CellList(),
        byKey: new Map(),
        keyField: entry.event?.topicKey,
        view: codecOf(entry.desc).createView(),
      };
      this.#byType[type] = listeners;
    }
    return listeners;
  }
}

/** A key that nobody listens to any more is forgotten. */
function removeFrom(byKey: Map<string, CellList>, cell: Cell): void {
  const list = byKey.get(cell.key);
  list?.remove(cell);
  if (list?.cells.length === 0) byKey.delete(cell.key);
}
