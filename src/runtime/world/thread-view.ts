import type { CoreReport, EffectRequest } from "../../gen/tellurion/v1/core_pb.ts";
import { RingWriter } from "../memory/ring.ts";
import type { ControlBlock } from "./control-block.ts";
import { FlightDeck } from "./flight-deck.ts";
import type { Outcome } from "./inbox.ts";
import { showInterest } from "./interest.ts";
import { counter, WorkerMetrics } from "./metrics.ts";
import { OutputReader } from "./output-reader.ts";
import type { WorkerThread } from "./worker-thread.ts";
import type { ActorLoad, PublishedEvent, WorldMetrics, WorldOptions } from "./world.ts";
import { readBusiest, readMetrics } from "./world-metrics.ts";
import { type Launch, type WorldLoss, type WorldParts, WorldThreads } from "./world-threads.ts";

/** Who takes what a world's threads put out. Frames are whole numbers. */
export interface ThreadSinks {
  /** There is something to read. */
  output(): void;
  lost(loss: WorldLoss): void;
  /** `lost`: events that found no room since the last time. */
  events(frame: number, events: readonly PublishedEvent[], lost: number): void;
  reply(frame: number, call: number, outcome: Outcome): void;
  effect(frame: number, id: number, type: string, request: EffectRequest): void;
  report(frame: number, report: CoreReport): void;
}

/** A set of world threads and what the main thread shares with them. After a loss there is a new one. */
export class ThreadView {
  readonly threads: WorldThreads;
  readonly deck: FlightDeck;
  readonly inputRing: RingWriter;
  readonly #parts: WorldParts;
  readonly #metrics: readonly WorkerMetrics[];
  readonly #output: OutputReader;
  #lostSeen = 0;
  #ended: number;

  private constructor(
    threads: WorldThreads,
    parts: WorldParts,
    sinks: ThreadSinks,
    startFrame: number,
  ) {
    const { memory } = threads;
    const { kinds, catalogue } = parts;
    this.threads = threads;
    this.#parts = parts;
    this.#ended = startFrame;
    this.deck = new FlightDeck(memory, kinds);
    this.inputRing = new RingWriter(memory.inputRing);
    this.#metrics = memory.workerMetrics.map(
      (shared) => new WorkerMetrics(shared, kinds.handlers.length, catalogue.messages.length),
    );
    this.#output = new OutputReader(memory.outputRings, catalogue, {
      events: (frame, events) => sinks.events(this.#widen(frame), events, this.#takeLost()),
      reply: (frame, call, error, payload) =>
        sinks.reply(this.#widen(frame), call, { error, payload }),
      effect: (frame, id, type, request) => sinks.effect(this.#widen(frame), id, type, request),
      report: (frame, report) => sinks.report(this.#widen(frame), report),
    });
  }

  static async start(
    options: WorldOptions,
    parts: WorldParts,
    launch: Launch,
    sinks: ThreadSinks,
    spares: readonly WorkerThread[],
  ): Promise<ThreadView> {
    const threads = await WorldThreads.start(options, parts, launch, sinks, spares);
    return new ThreadView(threads, parts, sinks, launch.history?.snapshotFrame ?? 0);
  }

  get control(): ControlBlock {
    return this.threads.control;
  }

  /** Resolves when the first frame is next that has not been run before; rejects when a worker was lost before. */
  get caughtUp(): Promise<void> {
    return this.threads.caughtUp;
  }

  /** The last frame that ended. */
  get frame(): number {
    return this.counterOf(counter.frames);
  }

  /** One of the conductor's counters. */
  counterOf(index: number): number {
    return this.#metrics[0]?.get(index) ?? 0;
  }

  /** Says which events are wanted, by number. */
  showInterest(events: ReadonlySet<number>): void {
    showInterest(this.threads.memory, this.#parts.catalogue, events);
  }

  /** Hands on what the workers put out. Returns the last frame of which all has been read. */
  readOutput(): number {
    this.control.answerDoorbell();
    const low = this.control.endedLow;
    this.#ended += (low - (this.#ended | 0)) | 0;
    this.#output.read(low);
    return this.#ended;
  }

  metrics(): WorldMetrics {
    return readMetrics(this.#metrics, this.#parts.kinds);
  }

  alarms(): { overruns: number; failures: number } {
    const failures = this.#metrics.reduce((sum, m) => sum + m.get(counter.failures), 0);
    return { overruns: this.counterOf(counter.overruns), failures };
  }

  busiestActors(limit: number): ActorLoad[] {
    return readBusiest(this.threads.memory, limit);
  }

  async stop(): Promise<void> {
    await this.threads.stop();
  }

  #takeLost(): number {
    const lost = this.#metrics.reduce((sum, m) => sum + m.get(counter.lostOutput), 0);
    const since = lost - this.#lostSeen;
    this.#lostSeen = lost;
    return since;
  }

  /** The whole number of a recent frame, from its low 32 bits. */
  #widen(low: number): number {
    return this.#ended + ((low - (this.#ended | 0)) | 0);
  }
}
