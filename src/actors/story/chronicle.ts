import {
  ChronicleBlockSchema,
  type ChronicleEntry as ChronicleEntryMessage,
  type GetChronicleRequest,
} from "../../gen/tellurion/v1/story_pb.ts";
import { codecOf, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import type { Story } from "./players.ts";

export type Entry = Plain<ChronicleEntryMessage>;

/** Entries of a block, and blocks that the chronicle holds: the oldest block is forgotten. */
const blockMax = 32;
const blocksMax = 128;
/** Entries that the chronicle holds at most. */
export const entriesMax = blockMax * blocksMax;
/** Causes that one answer goes back. */
export const causesMax = 64;

/** Blocks as they were read from their bytes, which never change. Derived. */
const readings = new WeakMap<Uint8Array, Entry[]>();

function read(block: Uint8Array): Entry[] {
  const known = readings.get(block);
  if (known !== undefined) return known;
  const { entries } = codecOf(ChronicleBlockSchema).decode(block);
  readings.set(block, entries);
  return entries;
}

/** All entries, the newest first. Blocks are read as far as somebody goes on asking. */
export function* newestFirst({ chronicle }: Story): Generator<Entry, void, undefined> {
  for (let i = chronicle.length - 1; i >= 0; i -= 1) {
    const entries = read(chronicle[i] as Uint8Array);
    for (let j = entries.length - 1; j >= 0; j -= 1) yield entries[j] as Entry;
  }
}

/** Writes down that something happened. */
export function append(
  story: Story,
  { place = "", text = "", because = "", ...what }: EntryToAppend,
): void {
  const { chronicle } = story;
  const entry: Entry = { ...what, place, text, because, number: story.entries + 1n };
  const last = chronicle.at(-1);
  const open = last === undefined ? [] : read(last);
  const isFull = open.length >= blockMax;
  const entries = isFull ? [entry] : [...open, entry];
  const block = codecOf(ChronicleBlockSchema).toBytes({ entries });
  readings.set(block, entries);
  if (isFull || last === undefined) chronicle.push(block);
  else chronicle[chronicle.length - 1] = block;
  if (chronicle.length > blocksMax) chronicle.shift();
  story.entries += 1n;
}

type Optional = "place" | "text" | "because";
export type EntryToAppend = Omit<Entry, "number" | Optional> & Partial<Pick<Entry, Optional>>;

/** The newest entry that fits. */
export function lastEntry(story: Story, fits: (entry: Entry) => boolean): Entry | undefined {
  for (const entry of newestFirst(story)) if (fits(entry)) return entry;
  return undefined;
}

type Filter = Pick<GetChronicleRequest, "region" | "player" | "sinceMs" | "untilMs">;

/** The newest entries that fit, the newest first. */
export function entriesThat(
  story: Story,
  filter: Filter,
  limit: number,
  also: (entry: Entry) => boolean = () => true,
): Entry[] {
  const found: Entry[] = [];
  for (const entry of newestFirst(story)) {
    if (fits(entry, filter) && also(entry)) found.push(entry);
    if (found.length >= limit) break;
  }
  return found;
}

function fits(entry: Entry, { region, player, sinceMs, untilMs }: Filter): boolean {
  return (
    (region === "" || entry.region === region) &&
    (player === "" || entry.player === player) &&
    entry.gameMs >= sinceMs &&
    (untilMs === 0n || entry.gameMs <= untilMs)
  );
}

/** What an id names, and what caused it, and so on: each was written down before its effect. */
export function causesOf(story: Story, id: string): Entry[] {
  const chain: Entry[] = [];
  let wanted = id;
  for (const entry of newestFirst(story)) {
    if (entry.id !== wanted) continue;
    chain.push(entry);
    wanted = entry.because;
    if (wanted === "" || chain.length >= causesMax) break;
  }
  if (chain.length > 0) return chain;
  throw new Rejection(
    "NOT_FOUND",
    `why=${JSON.stringify(id.slice(0, 200))} is in no entry; ` +
      `valid are ids of the last ${entriesMax} entries`,
  );
}
