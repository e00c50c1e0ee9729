import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { type CoreNotice, CoreNoticeSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { type Address, parseAddress } from "../actor/address.ts";
import type { ActorTimer, Cell, PendingEffect } from "../actor/cell.ts";
import type {
  ActorContext,
  EffectId,
  LogLevel,
  Random,
  ScheduleOptions,
  TimerId,
} from "../actor/context.ts";
import { delayInFrames } from "../actor/delay.ts";
import { checkLogLine } from "../actor/log-line.ts";
import { type RandomState, SeededRandom } from "../actor/random.ts";
import type { TimerWheel } from "../actor/timer-wheel.ts";
import { type Codec, codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { FeedOutlet } from "../feed/feed-outlet.ts";
import { packType, recordKind } from "../memory/record.ts";
import type { Directory } from "./directory.ts";
import type { EffectOutlet } from "./effect-outlet.ts";
import { interestBit } from "./interest.ts";
import type { WorldLimits } from "./limits.ts";
import type { WorkerMetrics } from "./metrics.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Reports } from "./reports.ts";

/** What a handler's context works on: the parts of a worker's core. */
export interface ContextParts {
  readonly directory: Directory;
  readonly outgoing: Outgoing;
  readonly wheel: TimerWheel<ActorTimer>;
  readonly routes: Int32Array;
  readonly interest: Int32Array;
  readonly metrics: WorkerMetrics;
  readonly reports: Reports;
  readonly effects: EffectOutlet;
  readonly feed: FeedOutlet | undefined;
  readonly limits: WorldLimits;
  readonly tickHz: number;
}

type NoticeBody = CoreNotice["body"];
const noticeCodec = codecOf(CoreNoticeSchema);
const messageKind = recordKind.message;

/**
 * The one context of a worker. The core points it at a cell before each handler, and afterwards either keeps what the
 * handler did (`commit`) or takes all of it back (`rollback`).
 */
export class HandlerContext implements ActorContext {
  round = 0;
  /** The frame is run again: everybody outside has seen its events. */
  muted = false;
  readonly tickHz: number;
  readonly stepMs: number;

  readonly #parts: ContextParts;
  readonly #random = new SeededRandom();
  #cell: Cell | undefined = undefined;
  #sender = 0;
  #outcomeOf = 0;
  #readOnly = false;
  #frame = 0;

  /** The handler has done something that is not in the lanes: most have not, and need nothing forgotten. */
  #noted = false;
  /** The handler has asked for chance; where the source stood before is noted. */
  #drew = false;
  readonly #randomBefore: RandomState = new Int32Array(4) as RandomState;
  #sequenceBefore = 0;
  #timerLastBefore = 0;
  readonly #asked: PendingEffect[] = [];
  readonly #scheduled: ActorTimer[] = [];
  readonly #cancelled: ActorTimer[] = [];
  readonly #published: number[] = [];
  /** Replies that have nobody to go to. */
  readonly #strays: { address: Address; type: string }[] = [];
  /** Log lines: they stay when the handler throws, for that is when they are wanted. */
  readonly #logged: { level: LogLevel; address: Address; text: string }[] = [];

  constructor(parts: ContextParts) {
    this.#parts = parts;
    this.tickHz = parts.tickHz;
    this.stepMs = 1_000 / parts.tickHz;
  }

  beginFrame(frame: number): void {
    this.#frame = frame;
    this.round = 0;
  }

  /** Points the context at a cell, for one handler. */
  enter(cell: Cell, sender: number, readOnly: boolean, outcomeOf = 0): void {
    this.#cell = cell;
    this.#sender = sender;
    this.#outcomeOf = outcomeOf;
    this.#readOnly = readOnly;
    this.#sequenceBefore = cell.sequence;
    this.#timerLastBefore = cell.timerLast;
    this.#drew = false;
    this.#parts.outgoing.mark();
  }

  commit(): void {
    if (this.#noted) this.#commitNoted();
    this.#cell = undefined;
  }

  #commitNoted(): void {
    const published = this.#published;
    for (let i = 0; i < published.length; i += 1) {
      this.#parts.metrics.addPublished(published[i] as number);
    }
    if (this.#asked.length > 0) this.#parts.effects.emit(this.#running(), this.#asked);
    this.#parts.feed?.commit();
    for (const { address, type } of this.#strays) {
      this.#parts.reports.deadLetter(undefined, address, type, "no-sender");
    }
    this.#forget();
  }

  #forget(): void {
    this.#noted = false;
    const { reports } = this.#parts;
    if (this.#logged.length > 0) {
      for (const { level, address, text } of this.#logged.splice(0)) {
        reports.log(level, address, text);
      }
    }
    if (this.#strays.length > 0) this.#strays.length = 0;
    if (this.#drew) this.#random.point(undefined);
    if (this.#published.length > 0) this.#published.length = 0;
    if (this.#scheduled.length > 0) this.#scheduled.length = 0;
    if (this.#asked.length > 0) this.#asked.length = 0;
    if (this.#cancelled.length > 0) this.#cancelled.length = 0;
  }

  rollback(): void {
    const cell = this.#running();
    this.#parts.outgoing.rollback();
    this.#parts.feed?.rollback();
    cell.sequence = this.#sequenceBefore;
    if (this.#drew) cell.random.set(this.#randomBefore);
    cell.stopping = false;
    for (const timer of this.#scheduled) {
      if (cell.timers.delete(timer.id)) this.#parts.wheel.remove(timer);
    }
    for (const timer of this.#cancelled) {
      if (this.#scheduled.includes(timer)) continue;
      cell.timers.set(timer.id, timer);
      this.#parts.wheel.insert(timer);
    }
    cell.timerLast = this.#timerLastBefore;
    for (const { id } of this.#asked) cell.effects.delete(id);
    cell.effectLast -= this.#asked.length;
    this.#forget();
    this.#cell = undefined;
  }

  get address(): Address {
    return this.#running().address;
  }

  get kind(): string {
    return this.#running().kind.definition.kind;
  }

  get key(): string {
    return this.#running().key;
  }

  get frame(): number {
    this.#running();
    return this.#frame;
  }

  get now(): number {
    return (this.frame * 1_000) / this.tickHz;
  }

  get sender(): Address | undefined {
    this.#running();
    return this.#sender === 0 ? undefined : this.#parts.directory.addressOf(this.#sender);
  }

  get random(): Random {
    const { random } = this.#writing("random");
    if (!this.#drew) {
      this.#noted = true;
      this.#drew = true;
      this.#randomBefore.set(random);
      this.#random.point(random);
    }
    return this.#random;
  }

  send<Desc extends DescMessage>(to: Address, type: Desc, message: MessageInitShape<Desc>): void {
    const cell = this.#writing("send");
    const { directory, outgoing } = this.#parts;
    const { entry, codec } = outgoing.typeOf(type);
    const target = directory.numberOf(to);
    if (target === undefined) {
      parseAddress(to);
      const payload = this.#encode(codec, message);
      const value = { address: to, type: entry.id, sequence: nextSequence(cell), payload };
      this.#notify(cell, { case: "undelivered", value } as NoticeBody);
      return;
    }
    const lane = outgoing.lanes[directory.workerOf(target)];
    if (lane === undefined) throw new Error("assertion failed: an actor sits on no worker");
    const packed = packType(messageKind, entry.id);
    outgoing.write(lane, codec, message, packed, cell.number, target, nextSequence(cell));
  }

  publish<Desc extends DescMessage>(type: Desc, event: MessageInitShape<Desc>): void {
    const cell = this.#writing("publish");
    const { outgoing, routes, interest, feed, reports } = this.#parts;
    const sendType = outgoing.typeOf(type);
    const { id, event: isEvent } = sendType.entry;
    if (isEvent === undefined) {
      throw new TellurionError(
        "UNKNOWN_TYPE",
        `${type.typeName} cannot be published: the schema gives it no event option`,
      );
    }
    const workers = routes[id] as number;
    const sequence = nextSequence(cell);
    const lane = outgoing.publish(sendType, event, workers, cell.number, sequence);
    this.#note(this.#published, id);
    const readers = Atomics.load(interest, id);
    if (readers === 0) return;
    const at = outgoing.publishedAt;
    if (feed && !feed.muted && (readers & interestBit.feed) !== 0) {
      feed.publish(cell, lane, at, this.round, this.#frame | 0);
    }
    if (this.muted || (readers & interestBit.main) === 0) return;
    const { ring } = outgoing;
    if (!outgoing.copyToRing(ring, lane, at, this.round, this.#frame | 0)) reports.lost();
  }

  reply<Desc extends DescMessage>(type: Desc, message: MessageInitShape<Desc>): void {
    const cell = this.#writing("reply");
    const to = this.sender;
    if (to === undefined) {
      this.#note(this.#strays, { address: cell.address, type: type.typeName });
      return;
    }
    this.send(to, type, message);
  }

  schedule<Desc extends DescMessage>(
    delayMs: number,
    type: Desc,
    message: MessageInitShape<Desc>,
    { everyMs }: ScheduleOptions = {},
  ): TimerId {
    const cell = this.#writing("schedule");
    const { outgoing, wheel, limits } = this.#parts;
    const delay = delayInFrames("delayMs", delayMs, this.tickHz, 0);
    const every = everyMs === undefined ? 0 : delayInFrames("everyMs", everyMs, this.tickHz, 1);
    if (cell.timers.size >= limits.timersMax) {
      throw new TellurionError(
        "LIMIT_EXCEEDED",
        `${cell.address} has timersMax=${limits.timersMax} timers; cancel some before it schedules more`,
      );
    }
    const { entry, codec } = outgoing.typeOf(type);
    do cell.timerLast = (cell.timerLast + 1) >>> 0 || 1;
    while (cell.timers.has(cell.timerLast));
    const timer: ActorTimer = {
      id: cell.timerLast,
      cell,
      due: this.#frame + Math.max(delay, 1),
      every,
      type: entry.id,
      payload: this.#encode(codec, message),
      previous: undefined,
      next: undefined,
      slot: 0,
    };
    cell.timers.set(timer.id, timer);
    wheel.insert(timer);
    this.#note(this.#scheduled, timer);
    return timer.id;
  }

  cancel(timer: TimerId): boolean {
    const cell = this.#writing("cancel");
    const found = cell.timers.get(timer);
    if (found === undefined) return false;
    cell.timers.delete(timer);
    this.#parts.wheel.remove(found);
    this.#note(this.#cancelled, found);
    return true;
  }

  spawn<Desc extends DescMessage>(
    address: Address,
    type: Desc,
    first: MessageInitShape<Desc>,
  ): void {
    const cell = this.#writing("spawn");
    parseAddress(address);
    const { entry, codec } = this.#parts.outgoing.typeOf(type);
    const payload = this.#encode(codec, first);
    const value = { address, type: entry.id, sequence: nextSequence(cell), payload };
    this.#notify(cell, { case: "spawn", value } as NoticeBody);
  }

  stop(child?: Address): void {
    const cell = this.#writing("stop");
    if (child === undefined || child === cell.address) cell.stopping = true;
    else this.#notify(cell, { case: "stopChild", value: { address: child } } as NoticeBody);
  }

  watch(address: Address): void {
    const cell = this.#writing("watch");
    parseAddress(address);
    this.#notify(cell, { case: "watch", value: { address } } as NoticeBody);
  }

  effect<Desc extends DescMessage>(type: Desc, request: MessageInitShape<Desc>): EffectId {
    const cell = this.#writing("effect");
    const { effectsMax } = this.#parts.limits;
    if (cell.effects.size >= effectsMax) {
      throw new TellurionError(
        "LIMIT_EXCEEDED",
        `${cell.address} waits for effectsMax=${effectsMax} effects; valid is to ask for more when some are done`,
      );
    }
    const { entry, codec } = this.#parts.outgoing.typeOf(type);
    const payload = this.#encode(codec, request);
    cell.effectLast += 1;
    const effect = { id: cell.effectLast, type: entry.id, payload, frame: this.#frame };
    cell.effects.set(effect.id, effect);
    this.#note(this.#asked, effect);
    return effect.id;
  }

  get outcomeOf(): EffectId | undefined {
    this.#running();
    return this.#outcomeOf === 0 ? undefined : this.#outcomeOf;
  }

  log(level: LogLevel, text: string): void {
    const { address } = this.#running();
    checkLogLine(address, level, text);
    const { reportsPerFrameMax } = this.#parts.limits;
    if (this.#logged.length < reportsPerFrameMax)
      this.#note(this.#logged, { level, address, text });
  }

  #note<Item>(list: Item[], item: Item): void {
    this.#noted = true;
    list.push(item);
  }

  #notify(cell: Cell, body: NoticeBody): void {
    const { notices } = this.#parts.outgoing;
    const payload = noticeCodec.toBytes({ body } as CoreNotice);
    const head = { kind: recordKind.notice, type: 0, sender: cell.number, target: 0 };
    this.#parts.outgoing.append(notices, { ...head, sequence: 0, extra: this.round }, payload);
  }

  /** Encodes what goes out later or by way of the conductor, under the same bounds as what goes out now. */
  #encode<Desc extends DescMessage>(
    codec: Codec,
    message: MessageInitShape<Desc>,
  ): Uint8Array<ArrayBuffer> {
    const payload = codec.toBytes(message);
    this.#parts.outgoing.count(codec, payload.length);
    return payload;
  }

  #running(): Cell {
    if (this.#cell) return this.#cell;
    throw new TellurionError(
      "STALE_VIEW",
      "a context was used after its handler returned; use it in the handler only",
    );
  }

  #writing(what: string): Cell {
    const cell = this.#running();
    if (!this.#readOnly) return cell;
    throw new TellurionError(
      "NOT_ALLOWED_IN_QUERY",
      `ctx.${what} was used by a query of ${cell.address}; a query cannot change the world`,
    );
  }
}

/** Sequences have 32 bits and wrap. */
function nextSequence(cell: Cell): number {
  cell.sequence = (cell.sequence + 1) >>> 0;
  return cell.sequence;
}
