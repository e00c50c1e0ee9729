import { expect, test } from "vitest";
import type { JournalEntry } from "../../../src/runtime/journal/entries.ts";
import { JournalSender, type SentEntry } from "../../../src/runtime/journal/journal-sender.ts";
import {
  createJournalStatusMemory,
  JournalStatus,
} from "../../../src/runtime/journal/journal-status.ts";
import { frame } from "./fixtures.ts";

function create(queuedBytesMax: number) {
  const status = new JournalStatus(createJournalStatusMemory());
  const sent: SentEntry[] = [];
  const port = { postMessage: (entry: SentEntry) => void sent.push(entry) };
  return { status, sent, sender: new JournalSender(port, status, queuedBytesMax) };
}

const mark: JournalEntry = { kind: "mark", frame: 1, worker: 0, hashes: new Int32Array(10) };

test.each<[string, JournalEntry, number]>([
  ["a frame", frame(1, new Uint8Array(10)), 74],
  ["a mark", mark, 104],
  ["a snapshot", { kind: "snapshot", frame: 1, parts: 1, part: new Uint8Array(1_000) }, 1_064],
  [
    "a reply",
    {
      ...{ kind: "reply", key: "k", frame: 1, digest: new Uint8Array(32), error: undefined },
      payload: new Uint8Array(5),
    },
    69,
  ],
  ["a frame that was reached", { kind: "reached", frame: 1 }, 64],
])("%s counts for what it carries until the journal has taken it", (_name, entry, bytes) => {
  const { sender, sent, status } = create(10_000);
  sender.send(entry, 7);
  expect(sent).toEqual([{ entry, bytes, through: 7 }]);
  expect(status.queuedBytes).toBe(bytes);
});

test("beyond the bound entries are dropped, and the journal is told that it has a gap", () => {
  const { sender, sent, status } = create(200);
  sender.send(frame(1, new Uint8Array(136)));
  expect(status.queuedBytes).toBe(200);
  // The bound is not passed yet: one entry more is taken, however large.
  sender.send(frame(2, new Uint8Array(5_000)));
  expect(sent).toHaveLength(2);
  expect(status.takeLost()).toBe(false);
  sender.send(frame(3, new Uint8Array(1)));
  expect(sent).toHaveLength(2);
  expect(status.takeLost()).toBe(true);
});

test("when the journal has caught up, entries are taken again", () => {
  const { sender, sent, status } = create(200);
  sender.send(frame(1, new Uint8Array(500)));
  sender.send(frame(2));
  status.subtractQueued((sent[0] as SentEntry).bytes);
  sender.send(frame(3));
  expect(sent.map(({ entry }) => (entry as { frame: number }).frame)).toEqual([1, 3]);
  expect(status.queuedBytes).toBe((sent[1] as SentEntry).bytes);
});

test("a mark that finds no room is no gap", () => {
  const { sender, sent, status } = create(200);
  sender.send(frame(1, new Uint8Array(500)));
  sender.send(mark);
  expect(sent).toHaveLength(1);
  expect(status.takeLost()).toBe(false);
});

test("all senders share one bound", () => {
  const { sender, status } = create(200);
  const sent: SentEntry[] = [];
  const other = new JournalSender(
    { postMessage: (entry) => entry && sent.push(entry) },
    status,
    200,
  );
  sender.send(frame(1, new Uint8Array(500)));
  other.send(frame(2));
  expect(sent).toEqual([]);
});
