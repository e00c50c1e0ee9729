import { setImmediate } from "node:timers/promises";
import { FrameInputsSchema, InputSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { installTraps } from "../actor/traps.ts";
import { codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { History, WorldIdentity } from "../journal/history.ts";
import { JournalStore } from "../journal/journal-store.ts";
import { packHistory } from "../journal/packed-history.ts";
import type { StoredCounts } from "../journal/stored-counts.ts";
import type { Catalogue } from "./catalogue.ts";
import { Course, nothingArrived } from "./course.ts";
import { differencesOf } from "./history-versions.ts";
import { InlineWorld } from "./inline-world.ts";
import { MarkCheck } from "./mark-check.ts";
import { type EncodedMessage, PastWorld } from "./past-world.ts";
import { Quarantine } from "./quarantine.ts";
import { readSnapshot } from "./restored-world.ts";
import type { PublishedEvent, PublishedFrame } from "./world.ts";
import { loadParts, type WorldParts } from "./world-threads.ts";

/** What a frame took from outside. */
export interface PastInput {
  readonly address: string;
  /** Full name of a method, or of a message. */
  readonly name: string;
  readonly isMethod: boolean;
  readonly payload: EncodedMessage;
  /** The actor was started for it. */
  readonly spawn: boolean;
  /** The effect whose outcome it is, as its actor counts them. 0: none. */
  readonly effect: number;
  /** The caller's idempotency key, or nothing. */
  readonly key: string;
}

const frameCodec = codecOf(FrameInputsSchema);
const inputCodec = codecOf(InputSchema);
/** After so many frames, whatever else the thread has to do has its turn. */
const framesAtOnce = 64;
/** The events of a frame must all find room before they are read. */
const outputRingBytes = 67_108_864;

/**
 * Opens the file of a world to look into its past: what it took from outside, how it was after any frame, what it
 * published. Nothing in the file is changed. Rejects with WORLD_FILE_IN_USE, WORLD_FILE_INVALID, WORLD_FILE_TOO_NEW.
 */
export async function openHistory(file: string, actorsModule: URL): Promise<WorldHistory> {
  const store = JournalStore.openReadOnly(file);
  try {
    const { name, seed, tickHz } = store.identity;
    const options = { name, seed, tickHz, workers: 1, actorsModule, bootstrap: [] };
    const parts = await loadParts({ ...options, limits: { outputRingBytes } });
    installTraps();
    return new WorldHistory(store, parts);
  } catch (error) {
    store.close();
    throw error;
  }
}

/** A world's past. Frames are run again in the calling thread, from the newest snapshot that leads to them. */
export class WorldHistory {
  readonly #store: JournalStore;
  readonly #parts: WorldParts;

  constructor(store: JournalStore, parts: WorldParts) {
    this.#store = store;
    this.#parts = parts;
  }

  get identity(): WorldIdentity {
    return this.#store.identity;
  }

  get catalogue(): Catalogue {
    return this.#parts.catalogue;
  }

  /** The first frame after which the world can be looked at; 0: before its first one. */
  get first(): number {
    return this.#store.oldest();
  }

  /** The last frame that the world is known to have come to. */
  get last(): number {
    return this.#store.reached;
  }

  get counts(): StoredCounts {
    return this.#store.counts();
  }

  /** For people: what was found wrong in the file so far. */
  get problems(): readonly string[] {
    return this.#store.problems;
  }

  /** For people: in what this process differs from the one that wrote the file. */
  get differences(): readonly string[] {
    return differencesOf(this.identity, this.catalogue);
  }

  /** What a frame took from outside, in its order. Throws INVALID_OPTION for a frame that the file does not have. */
  inputs(frame: number): PastInput[] {
    this.#check(frame, this.first + 1);
    const row = this.#store.inputsOf(frame);
    if (row === undefined) return [];
    return frameCodec.decode(row).inputs.map((bytes) => this.#input(bytes));
  }

  /**
   * The world as it was after a frame. Throws INVALID_OPTION for a frame that the file does not have, and
   * HISTORY_DIVERGED when the replay does not come to what the file says.
   */
  async worldAt(frame: number): Promise<PastWorld> {
    this.#check(frame, this.first);
    const run = this.#begin(this.#store.history(frame), frame);
    while (run.world.frame < frame) await run.step();
    return new PastWorld(run.world);
  }

  /**
   * What the frames from `from` up to and with `to` published, in the world's order; frames that published nothing are
   * left out. Events are valid until the next frame is asked for. Throws as `worldAt` does.
   */
  async *published(from: number, to: number): AsyncGenerator<PublishedFrame> {
    this.#check(from, this.first + 1);
    this.#check(to, from);
    const history = this.#store.history(to, from - 1);
    const events: PublishedEvent[] = [];
    const run = this.#begin(history, from - 1, (more) => events.push(...more));
    while (run.world.frame < to) {
      await run.step();
      if (events.length > 0) yield { frame: run.world.frame, events, lost: 0 };
      events.length = 0;
    }
  }

  close(): void {
    this.#store.close();
  }

  /** Takes up the world where a history begins. What it publishes up to `mutedThrough` is not told. */
  #begin(
    history: History,
    mutedThrough: number,
    listener: (events: readonly PublishedEvent[]) => void = () => {},
  ): Rerun {
    const { catalogue, kinds, limits } = this.#parts;
    const { seed, tickHz } = history.identity;
    const { snapshot, reached } = history;
    const world = new InlineWorld({
      ...{ catalogue, kinds, limits, seed, tickHz, mutedThrough },
      ...{ workers: 1, shuffleEveryFrames: 0, checks: false, callersWait: false },
      sinks: {
        events: (_, events) => listener(events),
        reply: () => {},
        effect: () => {},
        report: () => {},
      },
      restored: snapshot && readSnapshot(snapshot.body, catalogue),
      quarantine: new Quarantine(history.quarantine),
      replayedThrough: reached,
    });
    new Int32Array(world.memory.interest).fill(1);
    return new Rerun(world, history);
  }

  #input(bytes: Uint8Array): PastInput {
    const { address, what, payload, spawn, effect, key } = inputCodec.decode(bytes);
    const name = what.value ?? "";
    const isMethod = what.case === "method";
    const type = isMethod
      ? this.catalogue.methodByName(name)?.desc.input
      : this.catalogue.messages.find(({ desc }) => desc.typeName === name)?.desc;
    return { address, name, isMethod, payload: { type, bytes: payload }, spawn, effect, key };
  }

  #check(frame: number, first: number): void {
    if (Number.isSafeInteger(frame) && frame >= first && frame <= this.last) return;
    const text = `frame ${frame} is not in the world's file`;
    const valid = `valid are frames from ${first} to ${this.last}`;
    throw new TellurionError("INVALID_OPTION", `${text}; ${valid}`);
  }
}

/** A world whose frames are run again one by one, and compared with the marks that it left when it ran first. */
class Rerun {
  readonly world: InlineWorld;
  readonly #course: Course;
  readonly #check: MarkCheck;
  readonly #registryCheck: MarkCheck;

  constructor(world: InlineWorld, history: History) {
    const packed = packHistory(history);
    this.world = world;
    this.#course = new Course(packed, [], undefined);
    this.#check = new MarkCheck(packed);
    this.#registryCheck = new MarkCheck(packed);
  }

  /** Runs the next frame. Rejects with HISTORY_DIVERGED, and with WORLD_FAILED when the world came to its end in it. */
  async step(): Promise<void> {
    const { world } = this;
    if (world.frame % framesAtOnce === 0) await setImmediate();
    const { frame, inputs, checkpoint } = this.#course.next(() => nothingArrived, false);
    if (!world.runFrame(inputs, checkpoint)) {
      const text = `the world stopped in frame ${frame}: ${world.conductor.failure}`;
      throw new TellurionError("WORLD_FAILED", text);
    }
    for (const core of world.cores) this.#check.checkActors(frame, core);
    this.#registryCheck.checkRegistry(frame, world.conductor);
  }
}
