import type { CoreReport } from "../../gen/tellurion/v1/core_pb.ts";
import type { LogLevel } from "../actor/context.ts";
import { type ErrorCode, TellurionError } from "../errors.ts";
import { recordHeaderBytes, recordKind } from "../memory/record.ts";
import { RingWriter } from "../memory/ring.ts";
import { encodeInput } from "./bootstrap.ts";
import type { Catalogue, MethodEntry } from "./catalogue.ts";
import { counter, type DeadLetterReason, WorkerMetrics } from "./metrics.ts";
import { writeRecord } from "./outgoing.ts";
import { OutputReader } from "./output-reader.ts";
import type {
  ActorLoad,
  DeadLetter,
  LogLine,
  PublishedEvent,
  PublishedFrame,
  World,
  WorldMetrics,
  WorldOptions,
} from "./world.ts";
import { readBusiest, readMetrics } from "./world-metrics.ts";
import { WorldThreads } from "./world-threads.ts";

/** Starts a world on worker threads, and its frames with it. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const world = { current: undefined as RunningWorld | undefined };
  const threads = await WorldThreads.start(options, 0, {
    output: () => world.current?.readOutput(),
    failed: (error) => world.current?.fail(error),
  });
  const running = new RunningWorld(options, threads);
  world.current = running;
  // The doorbell may have rung before anybody was here to answer it. The caller's listeners come first.
  setImmediate(() => running.readOutput());
  return running;
}

interface PendingCall {
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: TellurionError) => void;
  readonly timer: NodeJS.Timeout;
}

const inputHead = {
  kind: recordKind.message,
  type: 0,
  sender: 0,
  target: 0,
  sequence: 0,
  extra: 0,
};

/** A world on worker threads, as the main thread holds it. */
class RunningWorld implements World {
  readonly name: string;
  readonly seed: number;
  readonly tickHz: number;
  readonly workers: number;
  readonly catalogue: Catalogue;

  readonly #threads: WorldThreads;
  readonly #metrics: readonly WorkerMetrics[];
  readonly #output: OutputReader;
  readonly #inputs: RingWriter;
  readonly #interest: Int32Array;
  readonly #calls = new Map<number, PendingCall>();
  readonly #frameListeners: ((frame: PublishedFrame) => void)[] = [];
  readonly #logListeners: ((line: LogLine) => void)[] = [];
  readonly #deadLetterListeners: ((letter: DeadLetter) => void)[] = [];
  readonly #failureListeners: ((error: TellurionError) => void)[] = [];
  #callLast = 0;
  #lostSeen = 0;
  #stopped: TellurionError | undefined = undefined;

  constructor(options: WorldOptions, threads: WorldThreads) {
    this.name = options.name;
    this.seed = options.seed;
    this.tickHz = options.tickHz;
    this.workers = options.workers;
    this.catalogue = threads.catalogue;
    this.#threads = threads;
    const { memory, kinds, catalogue } = threads;
    this.#metrics = memory.workerMetrics.map(
      (shared) => new WorkerMetrics(shared, kinds.handlers.length, catalogue.messages.length),
    );
    this.#inputs = new RingWriter(memory.inputRing);
    this.#interest = new Int32Array(memory.interest);
    this.#output = new OutputReader(memory.outputRings, catalogue, {
      events: (frameLow, events) => this.#publish(frameLow, events),
      reply: (call, error, bytes) => this.#settle(call, error, bytes),
      report: (frameLow, report) => this.#report(frameLow, report),
    });
  }

  get frame(): number {
    return this.#metrics[0]?.get(counter.frames) ?? 0;
  }

  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    const address = `${method.actor}/${key}`;
    if (this.#stopped) return Promise.reject(this.#stopped);
    if (this.#calls.size >= this.#threads.limits.callsMax) {
      return Promise.reject(busy(`${this.#calls.size} calls wait for their reply`));
    }
    const call = this.#nextCall();
    const what = { case: "method", value: method.name } as const;
    const input = encodeInput({ address, what, payload: request, call });
    const at = this.#inputs.claim(recordHeaderBytes + input.length);
    if (at === -1) return Promise.reject(busy("the inputs of the next frame are full"));
    writeRecord(this.#inputs, at, inputHead, input);
    this.#inputs.commit(at + recordHeaderBytes + input.length);
    this.#inputs.publish();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(call, method, timeoutMs), timeoutMs);
      this.#calls.set(call, { resolve, reject, timer });
    });
  }

  onFrame(listener: (frame: PublishedFrame) => void): void {
    this.#frameListeners.push(listener);
  }

  listenTo(events: Iterable<number>): void {
    const wanted = new Set(events);
    for (const { id, event } of this.catalogue.messages) {
      Atomics.store(this.#interest, id, event && wanted.has(event.number) ? 1 : 0);
    }
  }

  onLog(listener: (line: LogLine) => void): void {
    this.#logListeners.push(listener);
  }

  onDeadLetter(listener: (letter: DeadLetter) => void): void {
    this.#deadLetterListeners.push(listener);
  }

  onFailure(listener: (error: TellurionError) => void): void {
    this.#failureListeners.push(listener);
  }

  metrics(): WorldMetrics {
    return readMetrics(this.#metrics, this.#threads.kinds);
  }

  busiestActors(limit: number): ActorLoad[] {
    return readBusiest(this.#threads.memory, limit);
  }

  async stop(): Promise<void> {
    this.#stopped ??= new TellurionError("WORLD_STOPPED", "the world was stopped");
    await this.#threads.stop();
    this.#refuseAll(this.#stopped);
  }

  /** Reads what the workers put out up to the last frame that ended. */
  readOutput(): void {
    const { control } = this.#threads;
    control.answerDoorbell();
    this.#output.read(control.endedLow);
  }

  fail(error: TellurionError): void {
    this.readOutput();
    this.#stopped = error;
    this.#refuseAll(error);
    for (const listener of this.#failureListeners) listener(error);
  }

  #publish(frameLow: number, events: readonly PublishedEvent[]): void {
    const frame = { frame: this.#widen(frameLow), events, lost: this.#takeLost() };
    for (const listener of this.#frameListeners) listener(frame);
  }

  #report(frameLow: number, { body }: CoreReport): void {
    const frame = this.#widen(frameLow);
    if (body.case === "log") {
      const { level, address, text } = body.value;
      const line = { frame, level: level as LogLevel, address: address || undefined, text };
      for (const listener of this.#logListeners) listener(line);
    } else if (body.case === "deadLetter") {
      const { sender, target, type } = body.value;
      const reason = body.value.reason as DeadLetterReason;
      const letter = { frame, sender: sender || undefined, target, type, reason };
      for (const listener of this.#deadLetterListeners) listener(letter);
    }
  }

  #settle(call: number, error: ErrorCode | undefined, bytes: Uint8Array): void {
    const pending = this.#calls.get(call);
    if (pending === undefined) return;
    this.#calls.delete(call);
    clearTimeout(pending.timer);
    if (error === undefined) pending.resolve(bytes);
    else pending.reject(new TellurionError(error, Buffer.from(bytes).toString()));
  }

  #expire(call: number, method: MethodEntry, timeoutMs: number): void {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    const text = `${method.name} was not answered within ${timeoutMs} ms; it may still take effect`;
    pending?.reject(new TellurionError("DEADLINE_EXCEEDED", text));
  }

  #refuseAll(error: TellurionError): void {
    for (const { reject, timer } of this.#calls.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#calls.clear();
  }

  #nextCall(): number {
    do this.#callLast = (this.#callLast + 1) & 0x7fff_ffff;
    while (this.#callLast === 0 || this.#calls.has(this.#callLast));
    return this.#callLast;
  }

  #takeLost(): number {
    const lost = this.#metrics.reduce((sum, m) => sum + m.get(counter.lostOutput), 0);
    const since = lost - this.#lostSeen;
    this.#lostSeen = lost;
    return since;
  }

  /** The whole number of a recent frame, from its low 32 bits. */
  #widen(frameLow: number): number {
    const { frame } = this;
    return frame + ((frameLow - (frame | 0)) | 0);
  }
}

function busy(why: string): TellurionError {
  return new TellurionError(
    "RESOURCE_EXHAUSTED",
    `the call was not taken: ${why}; try again later`,
  );
}
