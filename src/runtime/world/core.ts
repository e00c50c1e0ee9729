import { ActorStoppedSchema, StopReason } from "../../gen/tellurion/v1/actor_pb.ts";
import {
  type CoreNotice,
  CoreNoticeSchema,
  type CoreOrder,
  CoreOrderSchema,
} from "../../gen/tellurion/v1/core_pb.ts";
import { decodeImage, encodeImage, restoreImage, setCheckpoint } from "../actor/actor-image.ts";
import { parseAddress } from "../actor/address.ts";
import { Cell } from "../actor/cell.ts";
import { seedRandom } from "../actor/random.ts";
import { codecOf } from "../codec/index.ts";
import { FeedOutlet } from "../feed/feed-outlet.ts";
import { forEachRecord, type LaneWriter } from "../memory/lane.ts";
import { lengthWord, recordHeaderBytes, recordKind } from "../memory/record.ts";
import type { Segment } from "../memory/segment.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CoreEnds, CoreOptions } from "./core-options.ts";
import { Directory } from "./directory.ts";
import { DueTimers } from "./due-timers.ts";
import { EffectOutlet } from "./effect-outlet.ts";
import { FlightWriter } from "./flight-recorder.ts";
import { HandlerContext } from "./handler-context.ts";
import { Listeners } from "./listeners.ts";
import { Mailboxes } from "./mailboxes.ts";
import { ActorMetrics, counter, WorkerMetrics } from "./metrics.ts";
import { appendRecord, Outgoing } from "./outgoing.ts";
import { Queries } from "./queries.ts";
import { Reports } from "./reports.ts";
import type { RestoredWorld } from "./restored-world.ts";
import { Survey } from "./survey.ts";
import { Turn } from "./turn.ts";
import { Undertaker } from "./undertaker.ts";

const orderCodec = codecOf(CoreOrderSchema);
const noticeCodec = codecOf(CoreNoticeSchema);

/** How often gauges are brought up to date, in frames. */
const gaugeFrames = 64;

/**
 * One worker's share of the world: its actors, and what they do in a frame. It knows nothing of threads: whoever
 * drives it (a worker thread, or a test in its own thread) calls the steps of a frame in their order and puts a
 * barrier between them:
 *
 *     [ images, marks ] beginFrame │ [ installImages ] │ runRound 0 │ runRound 1 │ … │ endFrame
 */
export class WorkerCore {
  readonly worker: number;
  readonly metrics: WorkerMetrics;
  readonly directory: Directory;

  readonly #options: CoreOptions;
  readonly #actorMetrics: ActorMetrics;
  readonly #ends: CoreEnds;
  readonly #cells: (Cell | undefined)[];
  readonly #timers: DueTimers;
  readonly #listeners: Listeners;
  readonly #mailboxes: Mailboxes;
  readonly #outgoing: Outgoing;
  readonly reports: Reports;
  readonly #context: HandlerContext;
  readonly #turn: Turn;
  readonly #queries: Queries;
  readonly #effects: EffectOutlet;
  readonly #feed: FeedOutlet | undefined;
  readonly #flight: FlightWriter;
  /** For looks at this worker's actors between frames. */
  readonly survey: Survey;
  /** Half that the lanes are written in during this round; the other one is read. */
  #half = 0;
  #frame = 0;

  constructor(options: CoreOptions) {
    const { memory, catalogue, kinds, limits, ends, worker } = options;
    this.#options = options;
    this.#ends = ends;
    this.worker = worker;
    this.metrics = new WorkerMetrics(
      memory.workerMetrics[worker] as SharedArrayBuffer,
      kinds.handlers.length,
      catalogue.messages.length,
    );
    this.#actorMetrics = new ActorMetrics(memory.actorMetrics);
    this.directory = new Directory(memory.placement);
    this.#timers = new DueTimers(ends.timers);
    this.#cells = new Array(1).fill(undefined);
    this.survey = new Survey(this.#cells);
    this.#listeners = new Listeners(catalogue);
    const outgoingEnds = { ...ends, lanes: ends.lanesOut };
    this.#outgoing = new Outgoing(outgoingEnds, catalogue, limits.handlerBytesMax);
    this.reports = new Reports(this.#outgoing, this.metrics, limits);
    this.#effects = new EffectOutlet(this.#outgoing);
    this.#feed = ends.feed && new FeedOutlet(this.#outgoing, ends.feed);
    this.#flight = new FlightWriter(memory.flights[worker] as SharedArrayBuffer);
    this.#context = new HandlerContext({
      directory: this.directory,
      outgoing: this.#outgoing,
      wheel: this.#timers.wheel,
      routes: new Int32Array(memory.routes),
      interest: new Int32Array(memory.interest),
      metrics: this.metrics,
      reports: this.reports,
      effects: this.#effects,
      feed: this.#feed,
      limits,
      tickHz: options.tickHz,
    });
    const undertaker = new Undertaker(catalogue, this.directory, this.reports);
    const stopped = catalogue.messageOf(ActorStoppedSchema).id;
    this.#mailboxes = new Mailboxes(limits.actorsMax, stopped, this.#cells, this.#listeners, {
      query: (segment, at) => this.#queries.add(segment, at, this.#frame),
      image: (segment, at) => this.#install(segment, at),
      undeliverable: (segment, at) => undertaker.bury(segment, at, "stopped"),
      overflow: (cell, segment, at) => undertaker.bury(segment, at, "mailbox-full", cell),
    });
    this.#turn = new Turn({
      context: this.#context,
      mailboxes: this.#mailboxes,
      reports: this.reports,
      metrics: this.metrics,
      actorMetrics: this.#actorMetrics,
      flight: this.#flight,
      checks: options.checks,
      escalate: (cell, failure) =>
        this.#notify(cell.number, { case: "escalated", value: { failure } }),
      share: (cell, restart) =>
        this.#notify(cell.number, { case: "sharedFate", value: { restart } }),
      dropTimers: (cell) => this.#timers.drop(cell),
      reinstateTimers: (cell) => this.#timers.reinstate(cell, this.#frame),
      bury: (segment, at, cell, reason) => undertaker.bury(segment, at, reason, cell),
    });
    this.#queries = new Queries(this.#turn, this.reports, this.#cells, limits);
    ends.notices.begin(0);
    this.#outgoing.beginRound(1);
    this.#outgoing.endRound();
    this.#outgoing.beginRound(0);
    this.#outgoing.endRound();
  }

  get catalogue(): Catalogue {
    return this.#options.catalogue;
  }

  /** Cells of this worker, for those who look at states between frames. */
  cellAt(actor: number): Cell | undefined {
    return this.#cells[actor];
  }

  /** Takes up this worker's share of a stored world. Once, before the first frame, after the conductor has placed it. */
  restore({ frame, registry, images }: RestoredWorld): void {
    this.#frame = frame;
    this.#timers.wheel.skipTo(frame);
    for (const { actor, address } of registry.actors) this.directory.add(actor, address);
    for (const image of images) {
      if (this.directory.workerOf(image.actor) !== this.worker) continue;
      const cell = this.#newCell(image.actor, image.address, image.parent);
      restoreImage(cell, image);
      this.#timers.adopt(cell, frame);
    }
  }

  /**
   * Carries out the conductor's orders. In a frame with moves, which needs empty lanes, the actors that move away
   * leave as images in the lanes. `checkpoint` tells that actors remember what they are now, to restart from.
   */
  beginFrame(frame: number, moves: boolean, checkpoint: boolean): void {
    this.#mute(frame);
    this.#frame = frame;
    this.#context.beginFrame(frame);
    this.#ends.notices.begin(0);
    this.reports.beginFrame(frame);
    this.#effects.beginFrame();
    this.#turn.quarantined = this.#options.quarantine.of(frame);
    if (checkpoint) this.#setCheckpoints();
    if (moves) this.#flip();
    this.#readOrders();
    if (moves) this.#outgoing.endRound();
    this.#timers.advance();
  }

  /** Takes in the actors that moved here. Only in frames that have moves, after a barrier. */
  installImages(): void {
    this.#flip();
    this.#mailboxes.clear();
    this.#mailboxes.collect(this.#ends.lanesIn, 1 - this.#half);
    this.#outgoing.endRound();
  }

  /**
   * Delivers what the round before wrote and runs the actors that got something, in ascending order. Returns how many
   * records they sent.
   */
  runRound(round: number): number {
    this.#context.round = round;
    this.#flight.beginRound(this.#frame, round);
    this.#mailboxes.clear();
    if (round === 0) {
      this.#timers.fire(this.#mailboxes);
      this.#mailboxes.collect([this.#ends.inputs], 0);
    }
    this.#flip();
    this.#mailboxes.collect(this.#ends.lanesIn, 1 - this.#half);
    const { ready } = this.#mailboxes;
    const started = this.#turn.startClock();
    for (let actor = ready.takeFrom(0); actor !== -1; actor = ready.takeFrom(actor)) {
      const cell = this.#cells[actor];
      if (cell === undefined) continue;
      this.#turn.run(cell);
      if (cell.stopping) this.#stop(cell);
    }
    this.metrics.add(counter.busyMs, this.#turn.stopClock(started));
    return this.#outgoing.endRound();
  }

  /** Answers the queries and shows the frame's output and notices to their readers. */
  endFrame(): void {
    this.#queries.answer(this.#frame);
    if (this.#frame % gaugeFrames === 0) this.#updateGauges();
    this.#ends.notices.publish();
    this.#ends.ring.publish();
    this.#feed?.show();
  }

  /** True when the main thread has something to read from this worker. */
  get hasOutput(): boolean {
    return this.#ends.ring.used > 0;
  }

  /** Holds back what has been told before, and tells of the effects that are pending when a replay is over. */
  #mute(frame: number): void {
    const { mutedThrough, fedThrough, replayedThrough, callersWait } = this.#options;
    const replayed = frame <= replayedThrough;
    this.#context.muted = frame <= mutedThrough;
    this.reports.muted = frame <= mutedThrough;
    this.reports.repliesMuted = replayed && !callersWait;
    this.#effects.muted = replayed;
    if (this.#feed) {
      this.#feed.muted = frame <= fedThrough;
      if (replayed) this.#feed.awaitReader();
    }
    if (replayedThrough === 0 || frame !== replayedThrough + 1) return;
    for (const cell of this.#cells) if (cell) this.#effects.emit(cell, cell.effects.values());
  }

  #setCheckpoints(): void {
    for (const cell of this.#cells) {
      if (cell?.kind.definition.supervision.restartFrom !== "checkpoint") continue;
      setCheckpoint(cell);
      cell.version += 1;
    }
  }

  #updateGauges(): void {
    const bytes = this.#ends.lanesOut.reduce((sum, lane) => sum + lane.capacity, 0);
    this.metrics.set(counter.laneBytes, bytes);
  }

  #flip(): void {
    this.#half = 1 - this.#half;
    this.#outgoing.beginRound(this.#half);
  }

  #readOrders(): void {
    const { orders } = this.#ends;
    orders.begin(0);
    forEachRecord(orders, (segment, at) => {
      const start = at + recordHeaderBytes;
      const end = start + (segment.words[(at >> 2) + lengthWord] as number);
      this.#obey(orderCodec.decode(segment.bytes, start, end));
    });
  }

  #obey({ body }: CoreOrder): void {
    switch (body.case) {
      case "start": {
        const { actor, address, worker, parent } = body.value;
        this.directory.add(actor, address);
        if (worker === this.worker) this.#start(actor, address, parent);
        return;
      }
      case "remove": {
        const cell = this.#cells[body.value.actor];
        if (cell) this.#drop(cell);
        this.directory.remove(body.value.actor);
        return;
      }
      case "move": {
        const { actor, worker } = body.value;
        const cell = this.#cells[actor];
        if (cell && worker !== this.worker) this.#emigrate(cell, worker);
        return;
      }
      case "fail": {
        const cell = this.#cells[body.value.actor];
        if (cell === undefined) return;
        cell.inheritedFailure ??= body.value.failure;
        this.#mailboxes.ready.add(cell.number);
        return;
      }
      case "restart": {
        const cell = this.#cells[body.value.actor];
        if (cell === undefined) return;
        cell.sharesRestart = true;
        this.#mailboxes.ready.add(cell.number);
        return;
      }
      default:
        throw new Error("assertion failed: an order without content");
    }
  }

  #newCell(actor: number, address: string, parent: number): Cell {
    const { kind: name, key } = parseAddress(address);
    const kind = this.#options.kinds.byName.get(name);
    if (kind === undefined)
      throw new Error(`assertion failed: no kind ${name} to start ${address}`);
    const random = seedRandom(this.#options.seed, address);
    const cell = new Cell(actor, address, key, kind, parent, random);
    while (this.#cells.length <= actor) this.#cells.push(undefined);
    this.#cells[actor] = cell;
    this.#listeners.add(cell);
    this.metrics.add(counter.actors, 1);
    return cell;
  }

  #start(actor: number, address: string, parent: number): void {
    this.#newCell(actor, address, parent);
    this.#actorMetrics.clear(actor);
    this.#mailboxes.ready.add(actor);
  }

  #stop(cell: Cell): void {
    const reason = cell.failed ? StopReason.FAILED : StopReason.STOPPED;
    this.#drop(cell);
    this.#notify(cell.number, { case: "stopped", value: { reason } });
  }

  #drop(cell: Cell): void {
    cell.stopping = true;
    this.#timers.drop(cell);
    this.#listeners.remove(cell);
    this.#cells[cell.number] = undefined;
    this.metrics.add(counter.actors, -1);
  }

  #emigrate(cell: Cell, worker: number): void {
    this.#queries.answerFor(cell);
    const lane = this.#ends.lanesOut[worker] as LaneWriter;
    const head = { kind: recordKind.image, type: 0, sender: cell.number, target: 0 };
    appendRecord(lane, { ...head, sequence: 0, extra: 0 }, encodeImage(cell));
    this.#drop(cell);
  }

  #install(segment: Segment, at: number): void {
    const start = at + recordHeaderBytes;
    const end = start + (segment.words[(at >> 2) + lengthWord] as number);
    const image = decodeImage(segment.bytes, start, end);
    const cell = this.#newCell(image.actor, image.address, image.parent);
    restoreImage(cell, image);
    this.#timers.adopt(cell, this.#frame);
  }

  #notify(actor: number, body: CoreNotice["body"] | NoticeInit): void {
    const head = { kind: recordKind.notice, type: 0, sender: actor, target: 0, sequence: 0 };
    const payload = noticeCodec.toBytes({ body } as CoreNotice);
    const { notices } = this.#ends;
    this.#outgoing.append(notices, { ...head, extra: this.#context.round }, payload);
  }
}

type NoticeInit =
  | { case: "sharedFate"; value: { restart: boolean } }
  | { case: "escalated"; value: { failure: string } }
  | { case: "stopped"; value: { reason: StopReason } };
