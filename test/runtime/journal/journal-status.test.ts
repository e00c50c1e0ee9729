import { expect, test } from "vitest";
import {
  createJournalStatusMemory,
  JournalStatus,
} from "../../../src/runtime/journal/journal-status.ts";

test("what one side sets, the other sees, and no word is another's", () => {
  const shared = createJournalStatusMemory();
  const journal = new JournalStatus(shared);
  const other = new JournalStatus(shared);
  const seen = (): unknown[] => [
    other.committed,
    other.degraded,
    other.snapshotWanted,
    other.snapshotBegun,
    other.queuedBytes,
  ];
  expect(seen()).toEqual([0, false, false, 0, 0]);
  journal.setCommitted(Number.MAX_SAFE_INTEGER);
  expect(seen()).toEqual([Number.MAX_SAFE_INTEGER, false, false, 0, 0]);
  journal.setDegraded(true);
  journal.wantSnapshot();
  other.addQueued(100);
  journal.subtractQueued(30);
  expect(seen()).toEqual([Number.MAX_SAFE_INTEGER, true, true, 0, 70]);
  other.beginSnapshot(2 ** 40);
  journal.setDegraded(false);
  expect(seen()).toEqual([Number.MAX_SAFE_INTEGER, false, false, 2 ** 40, 70]);
});

test("that an entry was lost is taken note of once", () => {
  const status = new JournalStatus(createJournalStatusMemory());
  expect(status.takeLost()).toBe(false);
  status.setLost();
  status.setLost();
  expect(status.takeLost()).toBe(true);
  expect(status.takeLost()).toBe(false);
});
