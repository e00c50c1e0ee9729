import { memoriesCount, type Shard } from "./columns.ts";
import type { Turn } from "./turn.ts";

/** What an NPC remembers of somebody. Their numbers stand in memories: new ones come at the end. */
export const memoryKinds = [
  "talked",
  "helped",
  "robbed",
  "fought",
  "worked",
  "saw",
  "promised",
  "failed",
] as const;

export type MemoryKind = (typeof memoryKinds)[number];

export interface Memory {
  readonly kind: MemoryKind;
  readonly subject: string;
  /** -1 to 1, as faded as it is by now. */
  readonly feeling: number;
  readonly minutesAgo: number;
}

/** Those that a shard's memories are about; the oldest is forgotten by all. */
const subjectsMax = 256;
const bytes = 8;
/** Stands for "no memory" among kinds. */
const none = 255;
const fadeMinutes = 10_000;

export function clearMemories(shard: Shard): void {
  for (let at = 2; at < shard.memory.length; at += bytes) shard.memory[at] = none;
}

export function remember(
  turn: Turn,
  npc: number,
  kind: MemoryKind,
  subject: string,
  feeling: number,
): void {
  const { memory, memoryNext } = turn.columns;
  const next = memoryNext[npc] as number;
  const at = bytes * (npc * memoriesCount + next);
  memory.setUint16(at, subjectNumber(turn, subject), true);
  memory.setUint8(at + 2, memoryKinds.indexOf(kind));
  memory.setInt8(at + 3, Math.round(127 * feeling));
  memory.setUint32(at + 4, turn.minute, true);
  memoryNext[npc] = (next + 1) % memoriesCount;
}

/** What an NPC remembers, the latest first. */
export function memoriesOf({ shard, columns, minute }: Turn, npc: number): Memory[] {
  const { memory, memoryNext } = columns;
  const memories: Memory[] = [];
  for (let i = 1; i <= memoriesCount; i += 1) {
    const slot = ((memoryNext[npc] as number) + memoriesCount - i) % memoriesCount;
    const at = bytes * (npc * memoriesCount + slot);
    const kind = memoryKinds[memory.getUint8(at + 2)];
    if (kind === undefined) continue;
    const minutesAgo = Math.max(0, minute - memory.getUint32(at + 4, true));
    const feeling = (memory.getInt8(at + 3) / 127) * Math.exp(-minutesAgo / fadeMinutes);
    memories.push({
      kind,
      subject: shard.subjects[memory.getUint16(at, true)] ?? "",
      feeling,
      minutesAgo,
    });
  }
  return memories;
}

function subjectNumber(turn: Turn, subject: string): number {
  const { shard } = turn;
  const known = shard.subjects.indexOf(subject);
  if (known !== -1) return known;
  const number = shard.subjectNext;
  shard.subjects[number] = subject;
  shard.subjectNext = (number + 1) % subjectsMax;
  forget(turn, number);
  return number;
}

function forget({ columns, shard }: Turn, subject: number): void {
  const { memory } = columns;
  const end = shard.count * memoriesCount * bytes;
  for (let at = 0; at < end; at += bytes) {
    if (memory.getUint16(at, true) === subject) memory.setUint8(at + 2, none);
  }
}
