import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CoreReport, EffectRequest } from "../../gen/tellurion/v1/core_pb.ts";
import type { Address } from "../actor/address.ts";
import type { Cell } from "../actor/cell.ts";
import type { LogLevel } from "../actor/context.ts";
import type { ActorDefinition } from "../actor/definition.ts";
import { installTraps } from "../actor/traps.ts";
import { codecOf } from "../codec/index.ts";
import { type ErrorCode, TellurionError } from "../errors.ts";
import { encodeBootstrap, encodeInput } from "../world/bootstrap.ts";
import { Branch, type BranchParts } from "../world/branch.ts";
import { type Catalogue, catalogueOf } from "../world/catalogue.ts";
import { InlineWorld } from "../world/inline-world.ts";
import { bindKinds } from "../world/kinds.ts";
import { defaultLimits, type WorldLimits } from "../world/limits.ts";
import { counter, type DeadLetterReason } from "../world/metrics.ts";
import { showHash } from "../world/state-hash.ts";
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
  /** Checks after each turn that the state is what its message can say, and the like. Default: true. */
  readonly checks?: boolean;
}

export interface RecordedEvent {
  readonly frame: number;
  readonly topic: string;
  readonly address: Address;
  readonly type: DescMessage;
  readonly event: MessageShape<DescMessage>;
}

export interface RecordedEffect {
  readonly frame: number;
  readonly address: Address;
  /** As its actor counts them. */
  readonly id: number;
  readonly type: DescMessage;
  readonly request: MessageShape<DescMessage>;
}

export type CallOutcome<Output extends DescMessage> =
  | { readonly ok: true; readonly value: MessageShape<Output> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** Frames that a world may need until no message is on its way. */
const quietFramesMax = 64;

type Reply = { readonly error: ErrorCode | undefined; readonly bytes: Uint8Array };

/**
 * A world in the test's own thread, stepped by hand: virtual time, everything recorded, every check switched on. It is
 * the code of the real one but for threads and barriers: with more than one worker, their rounds run one after another.
 */
export class TestWorld {
  readonly tickHz: number;
  readonly events: RecordedEvent[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly log: LogLine[] = [];
  /** What actors asked of the outside. */
  readonly effects: RecordedEffect[] = [];

  readonly #catalogue: Catalogue;
  readonly #parts: Omit<BranchParts, "tickHz">;
  readonly #world: InlineWorld;
  readonly #replies = new Map<number, Reply>();
  #inputs: Uint8Array[];
  #calls = 0;
  #checkpoint = false;

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
    this.tickHz = tickHz;
    this.#catalogue = catalogue;
    this.#parts = { catalogue, kinds: bindKinds(actors, catalogue), limits, seed };
    this.#world = new InlineWorld({
      ...this.#parts,
      ...{ tickHz, workers },
      shuffleEveryFrames: options.shuffleEveryFrames ?? 0,
      checks: options.checks ?? true,
      sinks: {
        events: (_, events) => this.#record(events),
        reply: (_, call, error, bytes) => this.#replies.set(call, { error, bytes }),
        effect: (_, id, type, request) => this.#noteEffect(id, type, request),
        report: (_, report) => this.#note(report),
      },
    });
    new Int32Array(this.#world.memory.interest).fill(1);
    this.#inputs = encodeBootstrap(options.bootstrap ?? []);
  }

  /** The last frame that ended. */
  get frame(): number {
    return this.#world.frame;
  }

  /** World time in ms. */
  get now(): number {
    return (this.frame * 1_000) / this.tickHz;
  }

  /** Messages handled so far. */
  get handled(): number {
    return this.#world.cores.reduce((sum, core) => sum + core.metrics.get(counter.handled), 0);
  }

  /** Addresses of all active actors. */
  get actors(): Address[] {
    return [...this.#world.conductor.registry.all()].map((actor) => actor.address);
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
    const outcome = this.ask(method, request);
    this.step();
    return outcome();
  }

  /** Puts a call into the next frame. What it returns gives the outcome, once, after that frame. */
  ask<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): () => CallOutcome<Output> {
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
    return () => {
      const reply = this.#replies.get(call);
      this.#replies.delete(call);
      if (reply === undefined) throw new Error(`assertion failed: ${entry.name} was not answered`);
      const { error, bytes } = reply;
      if (error) return { ok: false, code: error, message: Buffer.from(bytes).toString() };
      return { ok: true, value: codecOf(method.output).decode(bytes) };
    };
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
    const actor = this.#world.conductor.registry.at(address);
    return actor && this.#world.coreOf(actor.number).cellAt(actor.number);
  }

  /** Moves an actor to another worker before the next frame in which that is possible. */
  move(address: Address, worker: number): void {
    this.#world.conductor.placement.request(address, worker);
  }

  workerOf(address: Address): number | undefined {
    return this.#world.conductor.registry.at(address)?.worker;
  }

  /** State hash of the world: 16 hexadecimal digits. */
  hash(): string {
    return showHash(this.#world.hash());
  }

  /** Makes a checkpoint in the next frame: what actors that restart from one go back to. */
  checkpoint(): void {
    this.#checkpoint = true;
  }

  /** A branch of the world as it is now. Runs it a few frames on when messages are on their way. */
  branch(): Branch {
    for (let frames = 0; !this.#world.quiet; frames += 1) {
      if (frames === quietFramesMax) throw new Error("assertion failed: the world is never quiet");
      this.#step();
    }
    return Branch.of({ ...this.#parts, tickHz: this.tickHz }, this.#world);
  }

  /** Puts the outcome of an effect into the next frame. */
  settle<Desc extends DescMessage>(
    { address, id, frame = 0 }: Pick<RecordedEffect, "address" | "id"> & { frame?: number },
    type: Desc,
    outcome: MessageInitShape<Desc>,
  ): void {
    const payload = codecOf(type).toBytes(outcome);
    const what = { case: "message", value: type.typeName } as const;
    this.#inputs.push(
      encodeInput({ address, what, payload, effect: id, effectFrame: BigInt(frame) }),
    );
  }

  #step(): void {
    const inputs = this.#inputs;
    const checkpoint = this.#checkpoint;
    this.#inputs = [];
    this.#checkpoint = false;
    if (!this.#world.runFrame(inputs, checkpoint)) {
      throw new TellurionError("WORLD_FAILED", this.#world.conductor.failure ?? "");
    }
  }

  #noteEffect(id: number, typeName: string, { address, payload }: EffectRequest): void {
    const type = this.#catalogue.messages.find(({ desc }) => desc.typeName === typeName)?.desc;
    if (type === undefined) throw new Error(`assertion failed: no type ${typeName}`);
    const request = codecOf(type).decode(payload);
    this.effects.push({ frame: this.frame, address, id, type, request });
  }

  #record(events: readonly PublishedEvent[]): void {
    for (const { entry, topic, actor, bytes, start, end } of events) {
      this.events.push({
        frame: this.frame,
        topic,
        address: this.#world.cores[0]?.directory.addressOf(actor) ?? `#${actor}`,
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
