import { expect, test, vi } from "vitest";
import { FeedOutlet } from "../../../src/runtime/feed/feed-outlet.ts";
import { lengthWord, recordHeaderBytes, typeWord } from "../../../src/runtime/memory/record.ts";
import { createRingMemory, RingReader, RingWriter } from "../../../src/runtime/memory/ring.ts";
import type { Outgoing } from "../../../src/runtime/world/outgoing.ts";

const recordBytes = 800;

test("a reader that was waited for in vain is waited for again as soon as he has read", () => {
  const memory = createRingMemory(1_024);
  const ring = new RingWriter(memory);
  const outlet = new FeedOutlet({} as Outgoing, ring);
  const waiting = vi.spyOn(ring, "waitForRoom").mockReturnValueOnce(false);
  const at = ring.claim(recordBytes);
  ring.words[(at >> 2) + lengthWord] = recordBytes - recordHeaderBytes;
  ring.words[(at >> 2) + typeWord] = 1 << 16;
  ring.commit(at + recordBytes);
  ring.publish();
  outlet.awaitReader();
  outlet.awaitReader();
  expect(waiting).toHaveBeenCalledTimes(1);
  const reader = new RingReader(memory);
  reader.advance(reader.peek());
  reader.release();
  outlet.awaitReader();
  expect(waiting).toHaveBeenCalledTimes(2);
});
