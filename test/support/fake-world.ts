import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { ClockStateSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherStateSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { defineActor } from "../../src/runtime/actor/definition.ts";
import { TellurionError } from "../../src/runtime/errors.ts";
import type {
  ActorLoad,
  CallOptions,
  DeadLetter,
  EffectCounters,
  EventEntry,
  FrameRange,
  LogLine,
  MethodEntry,
  PublishedEvent,
  PublishedFrame,
  World,
  WorldMetrics,
} from "../../src/runtime/host.ts";
import { type Catalogue, catalogueOf } from "../../src/runtime/world/catalogue.ts";

const actors = [
  defineActor({ kind: "clock", state: ClockStateSchema, init: () => ({}), on: () => [] }),
  defineActor({ kind: "weather", state: WeatherStateSchema, init: () => ({}), on: () => [] }),
];

type Answer = (
  request: never,
  key: string,
) => Record<string, unknown> | Promise<Record<string, unknown>>;

/**
 * What bytes of a ring become as soon as the listeners have returned: whoever kept them finds out.
 */
const overwritten = 0xff;

/**
 * A world without threads: its methods are answered by functions, and its frames end when a test
 * says so.
 */
export class FakeWorld implements World {
  readonly id = "fake-world";
  readonly name = "fake";
  readonly seed = 7;
  readonly tickHz = 60;
  readonly workers = 2;
  readonly catalogue: Catalogue = catalogueOf(actors);
  frame = 0;
  isStopped = false;
  timeDilation = 1;
  durabilityProblem: string | undefined;
  effectCounters: EffectCounters = {
    issued: 0,
    running: 0,
    waiting: 0,
    succeeded: 0,
    failed: 0,
    retried: 0,
    breakersOpen: 0,
  };
  /** Idempotency keys of the calls so far. */
  readonly keys: (string | undefined)[] = [];
  /** Numbers of the events that somebody listens to. */
  listened: ReadonlySet<number> = new Set();
  /** The last frame that is on the disk. */
  keptThrough = Number.POSITIVE_INFINITY;
  #waiting: { readonly frame: number; readonly release: () => void }[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #frames: ((frame: PublishedFrame) => void)[] = [];
  readonly #logs: ((line: LogLine) => void)[] = [];
  readonly #deadLetters: ((letter: DeadLetter) => void)[] = [];
  readonly #rewinds: ((frames: FrameRange) => void)[] = [];
  readonly #dilations: ((factor: number) => void)[] = [];
  readonly #failures: ((error: TellurionError) => void)[] = [];
  readonly #stops = Promise.withResolvers<never>();
  #published: { entry: EventEntry; topic: string; bytes: Uint8Array }[] = [];
  #sequence = 0;
  /** Frames end before listeners hear of them. */
  isOutputLate = false;
  readonly #output: (() => void)[] = [];

  constructor() {
    this.#stops.promise.catch(() => {});
  }

  /** Says how a method is answered. A method without an answer never gets one. */
  answer<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    run: (
      request: MessageShape<Input>,
      key: string,
    ) => MessageInitShape<Output> | Promise<MessageInitShape<Output>>,
  ): void {
    this.#answers.set(`${method.parent.typeName}/${method.name}`, run as unknown as Answer);
  }

  /** Publishes an event in the present frame. */
  publish<Desc extends DescMessage>(type: Desc, event: MessageInitShape<Desc>): void {
    const entry = this.catalogue.messageOf(type).event;
    if (!entry) throw new Error(`${type.typeName} is no event`);
    const message = create(type, event);
    const key = entry.topicKey && (message as unknown as Record<string, string>)[entry.topicKey];
    const topic = key ? `${entry.topic}/${key}` : entry.topic;
    this.#published.push({ entry, topic, bytes: toBinary(type, message) });
  }

  /** Ends the present frame: those who listen get its events, as they lie in shared memory. */
  endFrame(lost = 0): void {
    this.frame += 1;
    const heard = this.#published.filter(({ entry }) => this.listened.has(entry.number));
    this.#published = [];
    if (heard.length === 0 && lost === 0) return;
    const size = heard.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const ring = new Uint8Array(new SharedArrayBuffer(size + 1));
    let end = 1;
    const events = heard.map(({ entry, topic, bytes }): PublishedEvent => {
      const start = end;
      ring.set(bytes, start);
      end += bytes.length;
      this.#sequence += 1;
      return { entry, topic, actor: 1, sequence: this.#sequence, bytes: ring, start, end };
    });
    const { frame } = this;
    this.#output.push(() => {
      for (const listener of this.#frames) listener({ frame, events, lost });
      ring.fill(overwritten);
    });
    if (!this.isOutputLate) this.readOutput();
  }

  readOutput(): number {
    for (const tell of this.#output.splice(0)) tell();
    return this.frame;
  }

  fail(error: TellurionError): void {
    for (const listener of this.#failures) listener(error);
  }

  log(line: LogLine): void {
    for (const listener of this.#logs) listener(line);
  }

  deadLetter(letter: DeadLetter): void {
    for (const listener of this.#deadLetters) listener(letter);
  }

  async call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    { timeoutMs, idempotencyKey }: CallOptions,
  ): Promise<Uint8Array> {
    this.keys.push(idempotencyKey);
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const text = `${method.name} got no answer within ${timeoutMs} ms`;
      deadline.reject(new TellurionError("DEADLINE_EXCEEDED", text));
    }, timeoutMs);
    try {
      return await Promise.race([
        this.#ask(method, key, request),
        deadline.promise,
        this.#stops.promise,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }

  onFrame(listener: (frame: PublishedFrame) => void): void {
    this.#frames.push(listener);
  }

  listenTo(events: Iterable<number>): void {
    this.listened = new Set(events);
  }

  whenKept(frame: number, release: () => void): void {
    if (frame <= this.keptThrough) release();
    else this.#waiting.push({ frame, release });
  }

  /** All up to a frame is on the disk. */
  keep(through: number): void {
    this.keptThrough = through;
    const kept = this.#waiting.filter(({ frame }) => frame <= through);
    this.#waiting = this.#waiting.filter(({ frame }) => frame > through);
    for (const { release } of kept) release();
  }

  onLog(listener: (line: LogLine) => void): void {
    this.#logs.push(listener);
  }

  onDeadLetter(listener: (letter: DeadLetter) => void): void {
    this.#deadLetters.push(listener);
  }

  onFailure(listener: (error: TellurionError) => void): void {
    this.#failures.push(listener);
  }

  onFlight(): void {}

  onRewind(listener: (frames: FrameRange) => void): void {
    this.#rewinds.push(listener);
  }

  /** Frames did not last. */
  rewind(from: number, to: number): void {
    for (const listener of this.#rewinds) listener({ from, to });
  }

  onTimeDilation(listener: (factor: number) => void): void {
    this.#dilations.push(listener);
  }

  /** World time runs slower or faster from now on. */
  dilate(factor: number): void {
    this.timeDilation = factor;
    for (const listener of this.#dilations) listener(factor);
  }

  metrics(): WorldMetrics {
    return {
      frame: this.frame,
      actors: 3,
      handled: 10,
      published: this.#sequence,
      deadLetters: 1,
      failures: 0,
      lostOutput: 0,
      frameMsLast: 0.5,
      frameMsMax: 2,
      latenessMsLast: 0.25,
      latenessMsMax: 1,
      overruns: 0,
      laneBytes: 65_536,
      workers: [
        { busyMs: 1_500, actors: 2 },
        { busyMs: 250, actors: 1 },
      ],
      types: [
        {
          kind: "weather",
          type: "tellurion.v1.TimeEvent",
          handled: 10,
          timeMs: 20,
          depthMax: 3,
        },
      ],
      deadLettersByReason: {
        "no-such-actor": 1,
        stopped: 0,
        "mailbox-full": 0,
        "not-handled": 0,
        "no-sender": 0,
        "already-active": 0,
        "start-failed": 0,
        quarantined: 0,
        "effect-settled": 0,
      },
    };
  }

  busiestActors(): ActorLoad[] {
    const address = "weather/north-marsh";
    return [{ address, worker: 0, handled: 10, timeMs: 20, depthMax: 3 }];
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.#stops.reject(new TellurionError("WORLD_STOPPED", "the world has stopped"));
  }

  async #ask(method: MethodEntry, key: string, request: Uint8Array): Promise<Uint8Array> {
    const run = this.#answers.get(method.name);
    if (!run) return this.#stops.promise;
    const { input, output } = method.desc;
    const answer = await run(fromBinary(input, request) as never, key);
    return toBinary(output, create(output, answer));
  }
}
