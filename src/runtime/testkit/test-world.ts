import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CoreReport } from "../../gen/tellurion/v1/core_pb.ts";
import type { Address } from "../actor/address.ts";
import type { Cell } from "../actor/cell.ts";
import type { LogLevel } from "../actor/context.ts";
import type { ActorDefinition } from "../actor/definition.ts";
import { installTraps } from "../actor/traps.ts";
import { codecOf } from "../codec/index.ts";
import { type ErrorCode, TellurionError } from "../errors.ts";
import { encodeBootstrap, encodeInput } from "../world/bootstrap.ts";
import { type Catalogue, catalogueOf } from "../world/catalogue.ts";
import { Conductor } from "../world/conductor.ts";
import { WorkerCore } from "../world/core.ts";
import { bindKinds } from "../world/kinds.ts";
import { defaultLimits, type WorldLimits } from "../world/limits.ts";
import { createWorldMemory } from "../world/memory.ts";
import { counter, type DeadLetterReason } from "../world/metrics.ts";
import { OutputReader } from "../world/output-reader.ts";
import { createPorts, openConductorEnds, openCoreEnds } from "../world/ports.ts";
import { addHash, showHash } from "../world/state-hash.ts";
import type { Bootstrap, DeadLetter, LogLine, PublishedEvent } from "../world/world.ts";

export interface TestWorldOptions {
  readonly actors: readonly ActorDefinition[];
  readonly bootstrap?: readonly Bootstrap[];
  /** Default 1. */
  readonly seed?: number;
  /** How many workers to play, one after another, in the test's own thread. Default 1. */
  readonly workers?: number;
  /** Default 60. */
  readonly tickHz?: number;
  readonly limits?: Partial<WorldLimits>;
  /** Moves random actors every so many frames. Default 0: never. */
  readonly shuffleEveryFrames?: number;
}

export interface RecordedEvent {
  readonly frame: number;
  readonly topic: string;
  readonly address: Address;
  readonly type: DescMessage;
  readonly event: MessageShape<DescMessage>;
}

export type CallOutcome<Output extends DescMessage> =
  | { readonly ok: true; readonly value: MessageShape<Output> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

type Reply = { readonly error: ErrorCode | undefined; readonly bytes: Uint8Array };

/**
 * A world in the test's own thread, stepped by hand: virtual time, everything recorded, every check switched on. It is
 * the code of the real one but for threads and barriers: with more than one worker, their rounds run one after another.
 */
export class TestWorld {
  frame = 0;
  readonly tickHz: number;
  readonly events: RecordedEvent[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly log: LogLine[] = [];

  readonly #catalogue: Catalogue;
  readonly #cores: readonly WorkerCore[];
  readonly #conductor: Conductor;
  readonly #output: OutputReader;
  readonly #roundsMax: number;
  readonly #replies = new Map<number, Reply>();
  #inputs: Uint8Array[];
  #calls = 0;
  #quiet = true;

  constructor(options: TestWorldOptions) {
    installTraps();
    const { actors, workers = 1, seed = 1, tickHz = 60 } = options;
    const recordAll = {
      outputRingBytes: 67_108_864,
      reportsPerFrameMax: 1_000_000,
      queryMsPerFrameMax: 60_000,
    };
    const limits = { ...defaultLimits, ...recordAll, ...options.limits };
    const catalogue = catalogueOf(actors);
    const kinds = bindKinds(actors, catalogue);
    const counts = { messages: catalogue.messages.length, handlers: kinds.handlers.length };
    const memory = createWorldMemory(workers, limits, counts);
    const ports = createPorts(workers);
    const common = { seed, tickHz, limits, catalogue, kinds, memory, checks: true };
    this.tickHz = tickHz;
    this.#roundsMax = limits.roundsMax;
    this.#catalogue = catalogue;
    this.#cores = ports.workers.map(
      (own, worker) =>
        new WorkerCore({ ...common, worker, ends: openCoreEnds(memory, worker, own) }),
    );
    this.#conductor = new Conductor({
      ...openConductorEnds(memory, ports.conductor),
      workers,
      limits,
      catalogue,
      kinds,
      memory,
      reports: this.#core(0).reports,
      shuffleEveryFrames: options.shuffleEveryFrames ?? 0,
    });
    new Int32Array(memory.interest).fill(1);
    this.#output = new OutputReader(memory.outputRings, catalogue, {
      events: (_, events) => this.#record(events),
      reply: (call, error, bytes) => this.#replies.set(call, { error, bytes }),
      report: (_, report) => this.#note(report),
    });
    this.#inputs = encodeBootstrap(options.bootstrap ?? []);
  }

  /** World time in ms. */
  get now(): number {
    return (this.frame * 1_000) / this.tickHz;
  }

  /** Messages handled so far. */
  get handled(): number {
    return this.#cores.reduce((sum, core) => sum + core.metrics.get(counter.handled), 0);
  }

  /** Addresses of all active actors. */
  get actors(): Address[] {
    return [...this.#conductor.registry.all()].map((actor) => actor.address);
  }

  /** Runs frames. Throws WORLD_FAILED when a failure escalated to the top. */
  step(frames = 1): void {
    for (let i = 0; i < frames; i += 1) this.#step();
  }

  /** Puts a message from outside into the next frame. */
  send<Desc extends DescMessage>(to: Address, type: Desc, message: MessageInitShape<Desc>): void {
    const payload = codecOf(type).toBytes(message);
    const what = { case: "message", value: type.typeName } as const;
    this.#inputs.push(encodeInput({ address: to, what, payload }));
  }

  /** Starts an actor in the next frame and hands it a first message. */
  spawn<Desc extends DescMessage>(
    address: Address,
    type: Desc,
    first: MessageInitShape<Desc>,
  ): void {
    this.#inputs.push(...encodeBootstrap([{ address, type, message: first as never }]));
  }

  /** Calls a method and runs one frame for it. */
  call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): CallOutcome<Output> {
    const entry = this.#catalogue.methodByName(`${method.parent.typeName}/${method.name}`);
    if (entry === undefined) {
      throw new TellurionError("UNKNOWN_TYPE", `no actor of this world answers ${method.name}`);
    }
    const keyed = request as unknown as Record<string, string>;
    const key = entry.key ?? keyed[entry.keyField ?? ""] ?? "";
    this.#calls += 1;
    const call = this.#calls;
    const address = `${entry.actor}/${key}`;
    const payload = codecOf(method.input).toBytes(request);
    const what = { case: "method", value: entry.name } as const;
    this.#inputs.push(encodeInput({ address, what, payload, call }));
    this.step();
    const reply = this.#replies.get(call);
    this.#replies.delete(call);
    if (reply === undefined) throw new Error(`assertion failed: ${entry.name} was not answered`);
    const { error, bytes } = reply;
    if (error) return { ok: false, code: error, message: Buffer.from(bytes).toString() };
    return { ok: true, value: codecOf(method.output).decode(bytes) };
  }

  /** The events of one type so far. */
  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.events.filter((e) => e.type === type).map((e) => e.event as MessageShape<Desc>);
  }

  /** A copy of an actor's state, or undefined when it is not active. */
  stateOf<Desc extends DescMessage>(address: Address, type: Desc): MessageShape<Desc> | undefined {
    const cell = this.cellAt(address);
    if (cell === undefined || cell.fresh) return undefined;
    const codec = codecOf(type);
    return codec.decode(codec.toBytes(cell.state as never));
  }

  /** The actor itself, for tests of the core. @internal */
  cellAt(address: Address): Cell | undefined {
    const actor = this.#conductor.registry.at(address);
    return actor && this.#core(actor.worker).cellAt(actor.number);
  }

  /** Moves an actor to another worker before the next frame in which that is possible. */
  move(address: Address, worker: number): void {
    this.#conductor.placement.request(address, worker);
  }

  workerOf(address: Address): number | undefined {
    return this.#conductor.registry.at(address)?.worker;
  }

  /** State hash of the world: 16 hexadecimal digits. */
  hash(): string {
    const sum = this.#conductor.hash();
    for (const core of this.#cores) addHash(sum, core.hash());
    return showHash(sum);
  }

  #core(worker: number): WorkerCore {
    const core = this.#cores[worker];
    if (core === undefined) throw new RangeError(`worker=${worker} is not in this world`);
    return core;
  }

  #step(): void {
    const cores = this.#cores;
    this.frame += 1;
    const inputs = this.#inputs;
    this.#inputs = [];
    const moves = this.#conductor.plan(this.frame, inputs, this.#quiet);
    if (this.#conductor.failure) {
      throw new TellurionError("WORLD_FAILED", this.#conductor.failure);
    }
    for (const core of cores) core.beginFrame(this.frame, moves);
    if (moves) for (const core of cores) core.installImages();
    this.#quiet = false;
    for (let round = 0; round < this.#roundsMax && !this.#quiet; round += 1) {
      const sent = cores.map((core) => core.runRound(round));
      this.#quiet = sent.every((records) => records === 0);
    }
    for (const core of cores) core.endFrame();
    this.#output.read(this.frame | 0);
  }

  #record(events: readonly PublishedEvent[]): void {
    for (const { entry, topic, actor, bytes, start, end } of events) {
      this.events.push({
        frame: this.frame,
        topic,
        address: this.#core(0).directory.addressOf(actor) ?? `#${actor}`,
        type: entry.desc,
        event: codecOf(entry.desc).decode(bytes, start, end),
      });
    }
  }

  #note({ body }: CoreReport): void {
    const { frame } = this;
    if (body.case === "deadLetter") {
      const { sender, target, type, reason } = body.value;
      const from = sender === "" ? undefined : sender;
      this.deadLetters.push({
        frame,
        sender: from,
        target,
        type,
        reason: reason as DeadLetterReason,
      });
    } else if (body.case === "log") {
      const { level, address, text } = body.value;
      this.log.push({ frame, level: level as LogLevel, address, text });
    }
  }
}

/** A world to test actors in. */
export function createTestWorld(options: TestWorldOptions): TestWorld {
  return new TestWorld(options);
}
