import {
  type ChronicleEntry as ChronicleEntryMessage,
  ChronicleEntrySchema,
  type GetChronicleRequest,
} from "../../gen/tellurion/v1/story_pb.ts";
import { codecOf, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import type { Story } from "./players.ts";

export type Entry = Plain<ChronicleEntryMessage>;

/** Entries that the chronicle holds: the oldest is forgotten. */
export const entriesMax = 4_096;
/** Causes that one answer goes back. */
export const causesMax = 64;

/** Entries as they were read from their bytes. Derived: kept beside the list of bytes. */
const readings = new WeakMap<readonly Uint8Array[], Entry[]>();

/** All entries, the oldest first. */
export function entriesOf({ chronicle }: Story): readonly Entry[] {
  return entriesIn(chronicle);
}

function entriesIn(chronicle: readonly Uint8Array[]): Entry[] {
  const known = readings.get(chronicle);
  if (known !== undefined) return known;
  const codec = codecOf(ChronicleEntrySchema);
  const entries: Entry[] = chronicle.map((bytes) => codec.decode(bytes));
  readings.set(chronicle, entries);
  return entries;
}

/** Writes down that something happened. */
export function append(
  story: Story,
  { place = "", text = "", because = "", ...what }: EntryToAppend,
): void {
  const entries = entriesIn(story.chronicle);
  const entry: Entry = { ...what, place, text, because, number: story.entries + 1n };
  story.chronicle.push(codecOf(ChronicleEntrySchema).toBytes(entry));
  story.entries += 1n;
  entries.push(entry);
  if (entries.length <= entriesMax) return;
  story.chronicle.shift();
  entries.shift();
}

type Optional = "place" | "text" | "because";
export type EntryToAppend = Omit<Entry, "number" | Optional> & Partial<Pick<Entry, Optional>>;

/** The newest entry that fits. */
export function lastEntry(story: Story, fits: (entry: Entry) => boolean): Entry | undefined {
  return entriesOf(story).findLast(fits);
}

type Filter = Pick<GetChronicleRequest, "region" | "player" | "sinceMs" | "untilMs">;

/** The newest entries that fit, the newest first. */
export function entriesThat(story: Story, filter: Filter, limit: number): Entry[] {
  const entries = entriesOf(story);
  const found: Entry[] = [];
  for (let i = entries.length - 1; i >= 0 && found.length < limit; i -= 1) {
    const entry = entries[i] as Entry;
    if (fits(entry, filter)) found.push(entry);
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
  const entries = entriesOf(story);
  const chain: Entry[] = [];
  let wanted = id;
  for (let i = entries.length - 1; i >= 0 && wanted !== ""; i -= 1) {
    const entry = entries[i] as Entry;
    if (entry.id !== wanted) continue;
    chain.push(entry);
    wanted = chain.length < causesMax ? entry.because : "";
  }
  if (chain.length > 0) return chain;
  throw new Rejection(
    "NOT_FOUND",
    `why=${JSON.stringify(id.slice(0, 200))} is in no entry; valid are ids of the last ${entriesMax} entries`,
  );
}
