import type { LogLevel } from "../actor/context.ts";
import type { EffectCounters } from "../effects/effect-runner.ts";
import { TellurionError } from "../errors.ts";
import type { Journal, JournalEvents } from "../journal/journal.ts";
import type { OpenedJournal } from "../journal/journal-messages.ts";
import { wallMs } from "../wall-clock.ts";
import { branchSourceOf } from "./branch.ts";
import { CallDesk } from "./call-desk.ts";
import type { Catalogue, MethodEntry } from "./catalogue.ts";
import { CommitGate } from "./commit-gate.ts";
import { EffectDesk } from "./effect-desk.ts";
import { FeedDesk, fedReachedMs } from "./feed-desk.ts";
import { FlightLog } from "./flight-log.ts";
import type { NowReading } from "./flight-recorder.ts";
import { HeardWorld } from "./heard-world.ts";
import { InputQueue } from "./input-queue.ts";
import { counter } from "./metrics.ts";
import { Recoveries } from "./recoveries.ts";
import { type ThreadSinks, ThreadView } from "./thread-view.ts";
import { Watchdog } from "./watchdog.ts";
import type { WorkerThread } from "./worker-thread.ts";
import type { ActorLoad, CallOptions, World, WorldMetrics, WorldOptions } from "./world.ts";
import { type Launch, newLaunch, type WorldLoss, type WorldParts } from "./world-threads.ts";

/** How long a handler may take before its worker is given up, in ms, and how often that is looked at. */
const handlerMsMaxDefault = 2_000;
const looksPerHandler = 8;
/** How often time dilation is looked at, in ms. */
const dilationMs = 250;
/** How often the journal hears how far the world has come when nobody waits for it, in ms. */
const reachedMs = 1_000;

/** A world on worker threads, as the main thread holds it. It outlives its threads. */
export class RunningWorld extends HeardWorld implements World, JournalEvents {
  readonly name: string;
  readonly seed: number;
  readonly tickHz: number;
  readonly workers: number;

  readonly #options: WorldOptions;
  readonly #parts: WorldParts;
  readonly #gate = new CommitGate();
  readonly #inputs: InputQueue;
  readonly #calls: CallDesk;
  readonly #effects: EffectDesk;
  readonly #feed: FeedDesk | undefined;
  readonly #recoveries = new Recoveries();
  readonly #handlerMsMax: number;
  /** Of the present threads. */
  #watchdog: Watchdog;
  readonly #flights = new FlightLog((dump) => this.listeners.flight.emit(dump));
  readonly #timers: NodeJS.Timeout[];
  #wanted: ReadonlySet<number>;
  #threads: ThreadView | undefined;
  #journal: Journal | undefined;
  #worldId: string;
  /** The threads were lost, and new ones are on their way. */
  #recovery: Promise<void> | undefined;
  /** The last frame whose output has been read, of these threads and of those before them. */
  #readThrough = 0;
  #shownThrough = 0;
  /** Threads were lost, and there are no new ones yet. */
  #isBetweenThreads = false;
  #reachedSent = 0;
  #problem: string | undefined;
  #stopped: TellurionError | undefined;

  constructor(options: WorldOptions, parts: WorldParts) {
    super();
    const { limits } = parts;
    this.name = options.name;
    this.seed = options.seed;
    this.tickHz = options.tickHz;
    this.workers = options.workers;
    this.#options = options;
    this.#parts = parts;
    this.#worldId = options.name;
    const isKept = options.file !== undefined;
    this.#inputs = new InputQueue(isKept);
    this.#calls = new CallDesk({
      ...{ callsMax: limits.callsMax, inboxKeysMax: limits.inboxKeysMax, gate: this.#gate },
      offer: (input) => this.#inputs.offer(input),
      journal: isKept ? (entry) => this.#journal?.send(entry) : undefined,
    });
    this.#effects = new EffectDesk({
      definitions: options.effects ?? [],
      gate: this.#gate,
      put: (bytes) => this.#inputs.put({ bytes, isQuery: false, isKeyed: false }),
      runner: isKept ? { branch: () => branchSourceOf(this.#journal, options, limits) } : {},
    });
    this.#feed = options.feed && new FeedDesk(options.feed, parts.catalogue);
    this.#wanted = this.listeners.begin(options.listener, this.catalogue);
    this.#handlerMsMax = options.handlerMsMax ?? handlerMsMaxDefault;
    this.#watchdog = new Watchdog(this.#handlerMsMax);
    this.#timers = [
      setInterval(() => this.#lookForStuck(), this.#handlerMsMax / looksPerHandler).unref(),
      setInterval(() => this.listeners.tellDilation(this.timeDilation), dilationMs).unref(),
      setInterval(() => this.#lookAtFrame(), this.#feed ? fedReachedMs : reachedMs).unref(),
    ];
  }

  get id(): string {
    return this.#worldId;
  }

  get catalogue(): Catalogue {
    return this.#parts.catalogue;
  }

  get frame(): number {
    return Math.max(this.#threads?.frame ?? 0, this.#readThrough, this.#shownThrough);
  }

  get timeDilation(): number {
    return this.#threads?.counterOf(counter.timeDilation) || 1;
  }

  get durabilityProblem(): string | undefined {
    return this.#problem;
  }

  get effectCounters(): EffectCounters {
    return this.#effects.counters;
  }

  /** Begins a world that is kept nowhere. */
  async begin(): Promise<void> {
    // Nothing waits for a disk that is not there.
    this.#gate.commit(Number.POSITIVE_INFINITY);
    await this.#launch(newLaunch(0));
  }

  /** Takes up a world where its file says it was, or begins it. */
  async beginKept(journal: Journal, opened: OpenedJournal): Promise<void> {
    const { identity, history, replies, keyed, created, problems } = opened;
    const { reached } = history;
    this.#journal = journal;
    this.#worldId = identity.id;
    this.#gate.commit(reached);
    this.#readThrough = reached;
    this.#calls.restore(replies, keyed, reached);
    for (const problem of problems) this.#log("warn", problem);
    const began = wallMs();
    const ports = journal.connect(this.workers);
    const lost = this.#feed?.begin(identity.id, history);
    if (lost)
      this.#log("error", `events of frames ${lost.from} to ${lost.to} are forgotten: not fed`);
    const mutedThrough = Math.min(this.#options.listener?.heardThrough ?? reached, reached);
    const unseen = { mutedThrough, callersWait: false, lastFrame: 0 };
    await this.#launch({ history, journal: ports, ...unseen });
    if (created) return;
    const from = `a snapshot of frame ${history.snapshotFrame}`;
    this.#log(
      "info",
      `took the world up at frame ${reached}, from ${from}, in ${Math.round(wallMs() - began)} ms`,
    );
  }

  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    return this.#calls.call(method, key, request, options, this.#problem);
  }

  listenTo(events: Iterable<number>): void {
    this.#wanted = new Set(events);
    this.#threads?.showInterest(this.#wanted);
  }

  whenKept(frame: number, release: () => void): void {
    this.#gate.hold(frame, release);
  }

  metrics(): WorldMetrics {
    if (this.#threads === undefined) throw new Error("assertion failed: the world has not begun");
    return { ...this.#threads.metrics(), frame: this.frame };
  }

  busiestActors(limit: number): ActorLoad[] {
    return this.#threads?.busiestActors(limit) ?? [];
  }

  async stop(): Promise<void> {
    this.#stopped ??= new TellurionError("WORLD_STOPPED", "the world was stopped");
    for (const timer of this.#timers) clearInterval(timer);
    // Threads that catch up after a loss stop too, and with them the recovery that waits for that.
    if (!this.#isBetweenThreads) await this.#threads?.stop();
    await this.#recovery;
    await this.#threads?.stop();
    this.readOutput();
    this.#tellReached();
    // The last snapshot need not ask any more.
    this.#journal?.send({ kind: "settled", frame: this.#readThrough });
    // Whoever does effects may take his time; the file need not wait for that.
    await Promise.all([this.#journal?.close(), this.#effects.stop()]);
    this.#calls.refuseAll(this.#stopped);
  }

  readOutput(): number {
    const threads = this.#threads;
    if (threads === undefined || this.#isBetweenThreads) return this.#readThrough;
    this.#readThrough = Math.max(this.#readThrough, threads.readOutput());
    this.#inputs.flush();
    if (this.#gate.awaited > this.#reachedSent) this.#tellReached();
    this.#flights.note(threads.deck, this.frame, threads.alarms());
    return this.#readThrough;
  }

  // What the journal says:

  committed(frame: number, through: number): void {
    this.#gate.commit(frame);
    this.#inputs.trim(through);
  }

  settle(): void {
    // A snapshot begins after the frame has ended: all replies of it are there to be read.
    this.readOutput();
    this.#journal?.send({ kind: "settled", frame: this.#readThrough });
  }

  degraded(reason: string | undefined): void {
    this.#problem =
      reason && `the world's file takes no writes (${reason}); what must not be lost is refused`;
    if (reason === undefined) this.#log("info", "the world's file takes writes again");
    else this.#log("error", `${this.#problem}; the world runs on`);
  }

  failed(error: TellurionError): void {
    this.#fail(error);
  }

  /** Starts threads, and waits until they have run again what had been run before. */
  async #launch(launch: Launch, through = 0, spares: readonly WorkerThread[] = []): Promise<void> {
    const sinks: ThreadSinks = {
      output: () => this.readOutput(),
      lost: (loss) => this.#lose(loss),
      events: (frame, events, lost) => this.listeners.frame.emit({ frame, events, lost }),
      reply: (frame, call, outcome) => this.#calls.reply(frame, call, outcome),
      effect: (frame, id, type, request) =>
        this.#effects.ask(this.#worldId, frame, id, type, request),
      report: (frame, report) => this.listeners.report(frame, report),
    };
    const fedThrough = this.#feed?.through ?? 0;
    const heard = { ...launch, fedThrough, listenedTo: this.#wanted };
    const threads = await ThreadView.start(this.#options, this.#parts, heard, sinks, spares);
    this.#threads = threads;
    if (this.#stopped) throw this.#stopped;
    this.#isBetweenThreads = false;
    this.#watchdog = new Watchdog(this.#handlerMsMax);
    threads.showInterest(this.#wanted);
    const world = { id: this.#worldId, tickHz: this.tickHz, workers: this.workers };
    this.#feed?.attach(world, threads.threads.memory, this.#journal?.statusMemory);
    this.#inputs.attach(threads.inputRing, through);
    // The doorbell may have rung before anybody was here to answer it. The caller's listeners come first.
    setImmediate(() => this.readOutput());
    await threads.caughtUp.catch((error: TellurionError) => this.#recovered(error));
  }

  /** Waits for the recovery of threads that were lost while they caught up. */
  async #recovered(error: TellurionError): Promise<void> {
    if (this.#stopped || !this.#recovery) throw this.#stopped ?? error;
    await this.#recovery;
    if (this.#stopped) throw this.#stopped;
  }

  #lose(loss: WorldLoss): void {
    if (this.#stopped) return;
    const { worker, error } = loss;
    const journal = this.#journal;
    if (worker === undefined || !journal || !this.#recoveries.allow(wallMs())) {
      this.#fail(error);
      return;
    }
    this.#log("error", `${error.message}; the world is restored from its journal`);
    // A loss while an earlier one is mended: the earlier recovery waits for this one.
    this.#recovery = this.#recover(journal, worker, loss.stuck).catch((failure: TellurionError) =>
      this.#fail(failure),
    );
  }

  /** Takes the world up again in new threads. Its clients, and those who wait for replies, notice a pause. */
  async #recover(journal: Journal, worker: number, stuck: NowReading | undefined): Promise<void> {
    const began = wallMs();
    const { deck, control, threads } = this.#threads as ThreadView;
    const isIts = (reading: NowReading) => reading.worker === worker && reading.inHandler;
    const at = stuck ?? deck.now().find(isIts);
    this.readOutput();
    this.#flights.dump(deck, this.frame, "a worker was lost");
    // The journal is told of these threads' frames no more: some of them may not have lasted.
    this.#isBetweenThreads = true;
    const spares = await threads.abandon();
    const { frame } = control;
    const suspect = this.#recoveries.judge({ isStuck: stuck !== undefined, at }, frame);
    if (suspect && at) {
      const text = `${deck.describe(at)} cost the world a worker in frame ${frame}`;
      journal.send({ kind: "quarantine", ...suspect, text });
      this.#log("error", `${text}: the message is in quarantine`);
    }
    // The frame that was running is run again with what it took, and with nothing that comes now.
    journal.send({ kind: "reached", frame });
    this.#shownThrough = Math.max(this.#shownThrough, this.#readThrough);
    this.#readThrough = 0;
    this.#reachedSent = 0;
    if ((await this.#feed?.detach()) === false)
      this.#log("error", "the reader of the feed does not leave it: nothing is fed any more");
    const { history, through } = await journal.reopen(this.#feed?.through);
    this.#gate.forgetAfter(history.reached);
    if (history.reached < frame) this.#goBack(history.reached, frame, suspect && at);
    this.#calls.refuseQueries();
    const seen = { mutedThrough: this.#shownThrough, callersWait: true, lastFrame: 0 };
    const launch = { history, journal: journal.connect(this.workers), ...seen };
    await this.#launch(launch, through, spares);
    this.#log("info", `the world goes on after ${Math.round(wallMs() - began)} ms`);
  }

  /** The disk has not taken all that had happened: the world goes on from what it has, as after a crash. */
  #goBack(reached: number, frame: number, guilty: NowReading | undefined): void {
    const to = this.#shownThrough;
    this.#shownThrough = Math.min(to, reached);
    if (to > reached) this.listeners.rewind.emit({ from: reached + 1, to });
    this.#log(
      "error",
      `frames after ${reached} are not on the disk, up to ${frame}: they are run anew`,
    );
    // In frames that are run anew it would stand in another place: it is not handed over again.
    if (guilty?.call === undefined) return;
    this.#inputs.drop(guilty.call);
    this.#calls.quarantine(guilty.call);
  }

  #fail(error: TellurionError): void {
    if (this.#stopped) return;
    this.readOutput();
    this.#stopped = error;
    void this.#threads?.threads.terminate();
    this.#calls.refuseAll(error);
    this.listeners.failure.emit(error);
  }

  #lookForStuck(): void {
    if (this.#threads === undefined || this.#isBetweenThreads || this.#stopped) return;
    const { deck, threads } = this.#threads;
    const stuck = this.#watchdog.look(wallMs(), deck.now());
    if (stuck === undefined) return;
    const text = `${deck.describe(stuck)} has not returned for ${Math.round(stuck.ms)} ms`;
    threads.giveUp(stuck, new TellurionError("HANDLER_STUCK", text));
  }

  /** A world that puts nothing out rings no doorbell. */
  #lookAtFrame(): void {
    this.readOutput();
    this.#tellReached();
  }

  #tellReached(): void {
    if (this.#readThrough <= this.#reachedSent) return;
    this.#reachedSent = this.#readThrough;
    this.#journal?.send({ kind: "reached", frame: this.#readThrough });
  }

  /** What the world says of itself. */
  #log(level: LogLevel, text: string): void {
    this.listeners.say(level, text, () => this.frame);
  }
}
