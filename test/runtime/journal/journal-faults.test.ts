import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalBatch, JournalEntry } from "../../../src/runtime/journal/entries.ts";
import {
  createJournalStatusMemory,
  JournalStatus,
} from "../../../src/runtime/journal/journal-status.ts";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { JournalWriter } from "../../../src/runtime/journal/journal-writer.ts";
import { identity, inDirectory } from "./fixtures.ts";

/**
 * A world that posts entries from three threads, of which nobody knows in which order they arrive, to a writer whose
 * disk fails and recovers. The disk is a real file, and is closed and opened again at any time.
 */
const retryMs = 10;
const inputBytes = 1_000;
const retention = { historyFrames: 20, snapshotSpacingFrames: 5, repliesMax: 10_000 };
const steps = [
  "frame",
  "quiet",
  "mark",
  "answer",
  "snapshot",
  "arrive conductor",
  "arrive worker",
  "arrive main",
  "flush",
  "flush",
  "fail",
  "recover",
  "wait",
  "lose",
  "reopen",
] as const;
type Step = (typeof steps)[number];
type Thread = "conductor" | "worker" | "main";

class Model {
  readonly #path: string;
  readonly #status = new JournalStatus(createJournalStatusMemory());
  readonly #writer: JournalWriter;
  readonly #underway: Record<Thread, JournalEntry[]> = { conductor: [], worker: [], main: [] };
  readonly #inputs = new Map<number, Uint8Array>();
  readonly #marks = new Set<number>();
  #store: JournalStore;
  #fails = false;
  #loses = false;
  #now = 0;
  #frame = 0;
  #snapshotLast = -1;
  #answered = 0;
  #committed = 0;

  constructor(path: string, pendingBytesMax: number) {
    this.#path = path;
    this.#store = JournalStore.open(path, identity, retention);
    const disk = {
      write: (batch: JournalBatch): void => {
        if (this.#fails) throw new Error("the disk fails");
        this.#store.write(batch);
      },
    };
    this.#writer = new JournalWriter(disk, this.#status, {
      pendingBytesMax,
      now: () => this.#now,
      retryMs,
      onCommitted: (frame) => expect(frame).toBe(this.#status.committed),
      onDegraded: (reason) => expect(this.#status.degraded).toBe(reason !== undefined),
    });
  }

  run(step: Step): void {
    if (step === "frame") this.#runFrame(new Uint8Array(inputBytes).fill(this.#frame));
    else if (step === "quiet") this.#runFrame(undefined);
    else if (step === "mark") this.#mark();
    else if (step === "answer") this.#answer();
    else if (step === "snapshot") this.#snapshot();
    else if (step === "arrive conductor") this.#arrive("conductor");
    else if (step === "arrive worker") this.#arrive("worker");
    else if (step === "arrive main") this.#arrive("main");
    else if (step === "flush") this.#writer.flush();
    else if (step === "fail") this.#fails = true;
    else if (step === "recover") this.#fails = false;
    else if (step === "wait") this.#now += retryMs;
    else if (step === "lose") this.#loses = true;
    else this.#reopen();
    this.#check();
  }

  /** No more faults: a few rounds, and all that was posted is there. */
  settle(): void {
    this.#fails = false;
    this.#loses = false;
    for (let round = 0; round < 4; round += 1) {
      this.#now += retryMs;
      this.#runFrame(undefined);
      this.#answer();
      for (const thread of ["conductor", "worker", "main"] as const) {
        while (this.#underway[thread].length > 0) this.#arrive(thread);
      }
      this.#writer.flush();
    }
    expect(this.#status.degraded).toBe(false);
    expect(this.#status.committed).toBe(this.#frame);
    this.#reopen();
    this.#check();
    this.#store.close();
  }

  #runFrame(inputs: Uint8Array | undefined): void {
    this.#snapshotIfWanted();
    this.#frame += 1;
    const frame = this.#frame;
    if (inputs === undefined) {
      this.#post("conductor", { kind: "reached", frame });
    } else {
      this.#inputs.set(frame, inputs);
      this.#post("conductor", { kind: "frame", frame, inputs, keyed: true });
    }
  }

  /** The next entry of the conductor or a worker is lost on its way when a step has said so. */
  #post(thread: Thread, entry: JournalEntry): void {
    if (this.#loses && thread !== "main") {
      this.#loses = false;
      this.#status.setLost();
    } else {
      this.#underway[thread].push(entry);
    }
  }

  #arrive(thread: Thread): void {
    const entry = this.#underway[thread].shift();
    if (entry !== undefined) this.#writer.put(entry);
  }

  #mark(): void {
    this.#marks.add(this.#frame);
    const hashes = new Int32Array([1, this.#frame]);
    this.#post("worker", { kind: "mark", frame: this.#frame, worker: 0, hashes });
  }

  #answer(): void {
    const digest = new Uint8Array([1]);
    const rest = { digest, payload: digest, error: undefined };
    for (const frame of this.#inputs.keys()) {
      if (frame <= this.#answered) continue;
      this.#post("main", { kind: "reply", key: `k${frame}`, frame, ...rest });
    }
    this.#answered = this.#frame;
    this.#post("main", { kind: "settled", frame: this.#frame });
  }

  #snapshotIfWanted(): void {
    if (!this.#status.snapshotWanted || this.#snapshotLast === this.#frame) return;
    this.#status.beginSnapshot(this.#frame);
    this.#snapshot();
  }

  /** One of a frame at most: parts of two could not be told apart. */
  #snapshot(): void {
    if (this.#snapshotLast === this.#frame) return;
    this.#snapshotLast = this.#frame;
    const rest = { kind: "snapshot", frame: this.#frame, parts: 2 } as const;
    this.#post("conductor", { ...rest, part: new TextEncoder().encode(`c${this.#frame};`) });
    this.#post("worker", { ...rest, part: new TextEncoder().encode(`w${this.#frame};`) });
  }

  /** Like a crash of the process: only what is on the disk is there afterwards. */
  #reopen(): void {
    this.#store.close();
    this.#store = JournalStore.open(this.#path, identity, retention);
  }

  #check(): void {
    expect(this.#status.committed).toBeGreaterThanOrEqual(this.#committed);
    this.#committed = this.#status.committed;
    const { snapshot, frames, marks, replies, reached } = this.#store.history();
    const from = snapshot?.frame ?? 0;
    expect(reached).toBe(this.#committed);
    expect(reached).toBeLessThanOrEqual(this.#frame);
    const posted = [...this.#inputs].filter(([frame]) => frame > from && frame <= reached);
    expect(frames.map(({ frame, inputs }) => [frame, inputs])).toEqual(posted);
    if (snapshot !== undefined) {
      const parts = new TextDecoder().decode(snapshot.body).split(";").sort();
      expect(parts).toEqual(["", `c${from}`, `w${from}`]);
    }
    for (const { frame, hashes } of marks) {
      expect(frame > from && frame <= reached && this.#marks.has(frame)).toBe(true);
      expect([...hashes]).toEqual([1, frame]);
    }
    const answered = new Set(replies.map(({ frame }) => frame));
    for (const frame of answered) expect(frame).toBeLessThanOrEqual(reached);
    // After the snapshot a replay gives the answers again; before it, nothing does.
    for (const frame of this.#inputs.keys()) {
      if (frame <= from) expect(answered.has(frame)).toBe(true);
    }
  }
}

function propertyWith(pendingBytesMax: number, excluded: readonly Step[]): void {
  const allowed = steps.filter((step) => !excluded.includes(step));
  const scripts = fc.array(fc.constantFrom(...allowed), { maxLength: 120, size: "max" });
  inDirectory((path) => {
    let runs = 0;
    fc.assert(
      fc.property(scripts, (script) => {
        runs += 1;
        const model = new Model(path(String(runs)), pendingBytesMax);
        for (const step of script) model.run(step);
        model.settle();
      }),
      { numRuns: 150 },
    );
  });
}

test("whatever the disk does, what is committed is there, and in the end all is", () => {
  propertyWith(1_000_000, ["lose"]);
});

test("the same holds when entries are lost, or too many wait: then a snapshot bridges the gap", () => {
  propertyWith(8 * inputBytes, []);
});
