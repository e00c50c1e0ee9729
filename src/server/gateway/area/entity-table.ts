import type { PublishedEvent } from "../../../runtime/host.ts";
import type { EntityColumnsBySlot } from "./cell-order.ts";
import { encodeEntered, patchEntered } from "./entered-entry.ts";
import { EntityColumns } from "./entity-columns.ts";
import * as record from "./position-record.ts";

// The engine looks up what is imported at each use, and these are used for each entity.
const { lowerWord, numbersMax, recordWords, upperWord } = record;

/** Who moves some entities, and which slot each of its numbers has, plus 1. 0: none. */
interface Group {
  readonly topic: string;
  readonly name: string;
  /** Entities that have a slot. A group without any is forgotten. */
  count: number;
  slots: Int32Array;
  /** Greatest number that has had a slot, plus 1. */
  end: number;
}

const capacityAtFirst = 1_024;
/** Entities of a group have numbers below it. */
const groupNumbersMax = 65_536;

/**
 * All entities that have been told of, in columns. An entity's slot is the number that clients call
 * it by. Slots are taken again by others, which `since` tells.
 */
export class EntityTable implements EntityColumnsBySlot {
  /** Centimetres. */
  x = new Int32Array(capacityAtFirst);
  y = new Int32Array(capacityAtFirst);
  /** The turn in which the entity last changed. */
  changed = new Float64Array(capacityAtFirst);
  /** The turn in which the slot's present entity came. Infinity: the slot is free. */
  since = new Float64Array(capacityAtFirst).fill(Number.POSITIVE_INFINITY);
  /** What clients get of a moved entity: made here once, copied for each. */
  records = new Uint32Array(recordWords * capacityAtFirst);
  /** Slots at and above it have never been taken. */
  end = 0;
  /** Entities that were told of and found no place. */
  refused = 0;
  count = 0;
  #heading = new Uint8Array(capacityAtFirst);
  readonly #ids: string[] = [];
  readonly #kinds: string[] = [];
  readonly #entries: (Uint8Array | undefined)[] = [];
  /** The turn whose position an entry has. */
  #entryTurn = new Float64Array(capacityAtFirst);
  readonly #free: number[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #columns = new EntityColumns();
  readonly #max: number;

  constructor(entitiesMax: number) {
    this.#max = Math.min(entitiesMax, numbersMax);
  }

  get capacity(): number {
    return this.x.length;
  }

  /** Takes an EntitiesMovedEvent in a turn, which is after all turns before. */
  moved({ topic, bytes, start, end }: PublishedEvent, turn: number): void {
    const columns = this.#columns.readMoved(bytes, start, end);
    const group = this.#groups.get(topic) ?? this.#found(topic, columns.group);
    let ids: string[] | undefined;
    for (let i = 0; i < columns.count; i += 1) {
      const number = columns.numberAt(i);
      const slot = (group.slots[number] ?? 0) - 1;
      if (slot !== -1) {
        this.#move(slot, columns.xAt(i), columns.yAt(i), columns.headingAt(i), turn);
        continue;
      }
      ids ??= columns.ids();
      const id = ids[i] || `${group.name}.${number}`;
      const taken = this.#enter(group, number, id, columns.kind);
      if (taken !== -1) {
        this.#settle(taken, columns.xAt(i), columns.yAt(i), columns.headingAt(i), turn);
      }
    }
    if (columns.complete) this.#dropOthers(group, columns);
    if (group.count === 0) this.#groups.delete(topic);
  }

  /** Takes an EntitiesLeftEvent. */
  left({ topic, bytes, start, end }: PublishedEvent): void {
    const group = this.#groups.get(topic);
    if (group === undefined) return;
    const columns = this.#columns.readLeft(bytes, start, end);
    for (let i = 0; i < columns.count; i += 1) this.#drop(group, columns.numberAt(i));
  }

  /** An entity as an entry of `AreaUpdate.entered`, encoded when it is first asked for after a change. */
  entryOf(slot: number): Uint8Array {
    const changed = this.changed[slot] as number;
    let entry = this.#entries[slot];
    if (entry === undefined) {
      entry = encodeEntered(slot, this.#ids[slot] as string, this.#kinds[slot] as string);
      this.#entries[slot] = entry;
    } else if (this.#entryTurn[slot] === changed) {
      return entry;
    }
    this.#entryTurn[slot] = changed;
    const heading = this.#heading[slot] as number;
    return patchEntered(entry, this.x[slot] as number, this.y[slot] as number, heading);
  }

  #found(topic: string, name: string): Group {
    const group = { topic, name, count: 0, slots: new Int32Array(64), end: 0 };
    this.#groups.set(topic, group);
    return group;
  }

  /** Gives an entity a slot. -1: there is none. */
  #enter(group: Group, number: number, id: string, kind: string): number {
    const slot = this.#free.pop() ?? (this.end < this.#max ? this.end++ : -1);
    if (slot === -1 || number >= groupNumbersMax) {
      if (slot !== -1) this.#free.push(slot);
      this.refused += 1;
      return -1;
    }
    if (slot >= this.capacity) this.#grow();
    if (number >= group.slots.length) {
      const slots = new Int32Array(Math.max(number + 1, 2 * group.slots.length));
      slots.set(group.slots);
      group.slots = slots;
    }
    group.slots[number] = slot + 1;
    group.end = Math.max(group.end, number + 1);
    this.#ids[slot] = id;
    this.#kinds[slot] = kind;
    this.#entries[slot] = undefined;
    group.count += 1;
    this.count += 1;
    return slot;
  }

  #settle(slot: number, x: number, y: number, heading: number, turn: number): void {
    this.since[slot] = turn;
    this.#put(slot, x, y, heading, turn);
  }

  #move(slot: number, x: number, y: number, heading: number, turn: number): void {
    if (this.x[slot] === x && this.y[slot] === y && this.#heading[slot] === heading) return;
    this.#put(slot, x, y, heading, turn);
  }

  #put(slot: number, x: number, y: number, heading: number, turn: number): void {
    this.x[slot] = x;
    this.y[slot] = y;
    this.#heading[slot] = heading;
    this.changed[slot] = turn;
    this.records[recordWords * slot] = lowerWord(slot, x);
    this.records[recordWords * slot + 1] = upperWord(x, y, heading);
  }

  #drop(group: Group, number: number): void {
    const slot = (group.slots[number] ?? 0) - 1;
    if (slot === -1) return;
    group.slots[number] = 0;
    this.since[slot] = Number.POSITIVE_INFINITY;
    this.#entries[slot] = undefined;
    this.#free.push(slot);
    group.count -= 1;
    this.count -= 1;
    if (group.count === 0) this.#groups.delete(group.topic);
  }

  #dropOthers(group: Group, columns: EntityColumns): void {
    const listed = new Set<number>();
    for (let i = 0; i < columns.count; i += 1) listed.add(columns.numberAt(i));
    for (let number = 0; number < group.end; number += 1) {
      if (!listed.has(number)) this.#drop(group, number);
    }
  }

  #grow(): void {
    const capacity = Math.min(2 * this.capacity, this.#max);
    this.x = copied(this.x, new Int32Array(capacity));
    this.y = copied(this.y, new Int32Array(capacity));
    this.changed = copied(this.changed, new Float64Array(capacity));
    this.since = copied(this.since, new Float64Array(capacity).fill(Number.POSITIVE_INFINITY));
    this.records = copied(this.records, new Uint32Array(recordWords * capacity));
    this.#heading = copied(this.#heading, new Uint8Array(capacity));
    this.#entryTurn = copied(this.#entryTurn, new Float64Array(capacity));
  }
}

function copied<Column extends Uint8Array | Int32Array | Uint32Array | Float64Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from);
  return to;
}
