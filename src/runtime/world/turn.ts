import type { DescMessage } from "@bufbuild/protobuf";
import { checkState, encodeState, restoreCheckpoint } from "../actor/actor-image.ts";
import type { Cell } from "../actor/cell.ts";
import { decide } from "../actor/supervision.ts";
import * as traps from "../actor/traps.ts";
import type { AttachableView } from "../codec/index.ts";
import * as codec from "../codec/index.ts";
import { Rejection, TellurionError } from "../errors.ts";
import * as record from "../memory/record.ts";
import type { Segment } from "../memory/segment.ts";
import { wallMs } from "../wall-clock.ts";
import { outcomeAt, takeEffect } from "./effect-outcome.ts";
import type { FlightWriter } from "./flight-recorder.ts";
import type { HandlerContext } from "./handler-context.ts";
import { type BoundHandler, ready } from "./kinds.ts";
import type { Mailboxes } from "./mailboxes.ts";
import { type ActorMetrics, counter, type WorkerMetrics } from "./metrics.ts";
import { initPlace, type Quarantine, queryPlace } from "./quarantine.ts";
import type { Query } from "./query.ts";
import type { Reports } from "./reports.ts";

// The engine looks up what is imported at each use, and these are used for each message.
const { extraWord, lengthWord, senderWord, typeWord } = record;
const { payloadBytesMax, recordHeaderBytes } = record;
const { handlerScope } = traps;
const attach: typeof codec.attach = codec.attach;
const detach: typeof codec.detach = codec.detach;
const { command: commandKind } = record.recordKind;

export interface TurnParts {
  readonly context: HandlerContext;
  readonly mailboxes: Mailboxes;
  readonly reports: Reports;
  readonly metrics: WorkerMetrics;
  readonly actorMetrics: ActorMetrics;
  readonly flight: FlightWriter;
  readonly checks: boolean;
  readonly escalate: (cell: Cell, failure: string) => void;
  /** Lets the actor's siblings share what befell it. */
  readonly share: (cell: Cell, restart: boolean) => void;
  readonly dropTimers: (cell: Cell) => void;
  readonly reinstateTimers: (cell: Cell) => void;
  readonly bury: (segment: Segment, at: number, cell: Cell, reason: BurialReason) => void;
}

/** Why an actor's turn did not handle a message. */
export type BurialReason =
  | "stopped"
  | "not-handled"
  | "start-failed"
  | "quarantined"
  | "effect-settled";

/** An actor's turn in a round: it handles all that is in its mailbox, one message after another. */
export class Turn {
  readonly #parts: TurnParts;
  /** Wall time up to which everything has been attributed to an actor. */
  #clock = 0;
  /** Messages of this turn that became dead letters. */
  #buried = 0;
  /** Messages of this turn so far. */
  #place = 0;
  /** What is not to be handled in this frame. */
  quarantined: ReturnType<Quarantine["of"]>;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  startClock(): number {
    this.#clock = wallMs();
    return this.#clock;
  }

  stopClock(started: number): number {
    return wallMs() - started;
  }

  run(cell: Cell): void {
    const { mailboxes, actorMetrics, metrics, checks } = this.#parts;
    const started = this.#clock;
    if (cell.fresh) this.#begin(cell);
    if (cell.sharesRestart) this.#shareRestart(cell);
    if (cell.inheritedFailure !== undefined) this.#inherit(cell, cell.inheritedFailure);
    const { mailboxMax } = cell.kind.definition;
    if (cell.depth > mailboxMax) mailboxes.trim(cell, mailboxMax);
    const depth = cell.depth;
    this.#buried = 0;
    this.#place = 0;
    let entry = cell.head;
    cell.head = -1;
    cell.tail = -1;
    cell.depth = 0;
    while (entry !== -1) entry = this.#runOfOneType(cell, entry, depth);
    if (checks && !cell.stopping) checkState(cell);
    cell.version += 1;
    metrics.add(counter.handled, depth - this.#buried);
    actorMetrics.addRun(cell.number, depth, this.#clock - started);
  }

  /** Answers a query from a copy of the actor's state. */
  query(cell: Cell, { method, call, request }: Query): void {
    const { context, metrics, reports } = this.#parts;
    const started = wallMs();
    const handler = ready(cell.kind.calls[method]);
    if (handler === undefined) {
      reports.refuse(call, "UNIMPLEMENTED", `${cell.address} does not answer this query`);
      return;
    }
    context.enter(cell, 0, true);
    handlerScope.active = cell.address;
    this.#parts.flight.enter(cell.number, handler.index, queryPlace);
    try {
      const view = handler.view[attach](request, 0, request.length);
      const response = handler.run(copyOfState(cell), view, context);
      refusePromise(response, cell);
      this.#reply(call, handler, encodeResponse(handler, response));
      context.commit();
    } catch (error) {
      context.rollback();
      this.#refuse(cell, handler, error, call);
    } finally {
      this.#parts.flight.leave();
      handlerScope.active = undefined;
      handler.view[detach]();
      metrics.addRun(handler.index, 1, wallMs() - started, 1);
    }
  }

  /** Handles the entries from `entry` on that have the same handler. Returns the first of the rest. */
  #runOfOneType(cell: Cell, entry: number, depth: number): number {
    const { mailboxes, metrics, flight, context } = this.#parts;
    const packed = packedAt(mailboxes.segmentOf(entry), mailboxes.atOf(entry));
    const isCommand = packed >>> 16 === commandKind;
    const table = isCommand ? cell.kind.calls : cell.kind.messages;
    const handler = ready(table[packed & 0xffff]);
    let handled = 0;
    let next = entry;
    while (next !== -1) {
      const segment = mailboxes.segmentOf(next);
      const at = mailboxes.atOf(next);
      if (handled > 0 && packedAt(segment, at) !== packed) break;
      next = mailboxes.nextOf(next);
      handled += 1;
      const place = this.#place++;
      if (cell.stopping || handler === undefined) {
        const gone = cell.fresh ? "start-failed" : "stopped";
        this.#bury(cell, segment, at, cell.stopping ? gone : "not-handled");
      } else if (this.quarantined?.(context.round, cell.number, place)) {
        this.#bury(cell, segment, at, "quarantined");
      } else {
        flight.enter(cell.number, handler.index, place);
        if (isCommand) this.#command(cell, handler, segment, at);
        else this.#message(cell, handler, segment, at);
      }
    }
    flight.leave();
    handlerScope.active = undefined;
    if (handler === undefined) return next;
    handler.view[detach]();
    const now = wallMs();
    metrics.addRun(handler.index, handled, now - this.#clock, depth);
    flight.turn(cell.number, handler.index, handled, now - this.#clock);
    this.#clock = now;
    return next;
  }

  #bury(cell: Cell, segment: Segment, at: number, reason: BurialReason): void {
    this.#buried += 1;
    takeEffect(cell, segment, at);
    this.#parts.bury(segment, at, cell, reason);
  }

  #message(cell: Cell, handler: BoundHandler, segment: Segment, at: number): void {
    const { context, checks } = this.#parts;
    const sender = segment.words[(at >> 2) + senderWord] as number;
    const outcomeOf = outcomeAt(segment, at);
    // It may have come before: what is carried out twice has two outcomes, and the first one counts.
    if (outcomeOf !== 0 && !takeEffect(cell, segment, at)) {
      this.#bury(cell, segment, at, "effect-settled");
      return;
    }
    const view = checks ? handler.codec.createView() : handler.view;
    context.enter(cell, sender, false, outcomeOf);
    handlerScope.active = cell.address;
    try {
      const result = handler.run(cell.state, attachTo(view, segment, at), context);
      if (result !== undefined) refusePromise(result, cell);
      context.commit();
    } catch (error) {
      context.rollback();
      if (error instanceof Rejection) this.#logRefusal(cell, handler, error);
      else this.#fail(cell, handler, error, 0);
    }
    if (checks) view[detach]();
  }

  #command(cell: Cell, handler: BoundHandler, segment: Segment, at: number): void {
    const { context, checks } = this.#parts;
    const call = segment.words[(at >> 2) + extraWord] as number;
    const before = checks ? encodeState(cell) : undefined;
    const view = checks ? handler.codec.createView() : handler.view;
    context.enter(cell, 0, false);
    handlerScope.active = cell.address;
    this.#parts.flight.command(call);
    try {
      const result = handler.run(cell.state, attachTo(view, segment, at), context);
      refusePromise(result, cell);
      const response = encodeResponse(handler, result);
      context.commit();
      this.#reply(call, handler, response);
    } catch (error) {
      context.rollback();
      if (!(error instanceof Rejection)) this.#fail(cell, handler, error, call);
      else if (before === undefined || !this.#changed(cell, before))
        this.#refuse(cell, handler, error, call);
      else this.#fail(cell, handler, changedWhileRejecting(cell, error), call);
    } finally {
      this.#parts.flight.command(0);
      handlerScope.active = undefined;
      if (checks) view[detach]();
    }
  }

  /** A command whose answer is too large has taken effect all the same. */
  #reply(call: number, { name }: BoundHandler, response: Uint8Array): void {
    const { reports } = this.#parts;
    const { length } = response;
    if (length <= payloadBytesMax) reports.reply(call, response);
    else {
      const text = `the answer of ${name} has ${length} bytes; valid are at most ${payloadBytesMax}`;
      reports.refuse(call, "MESSAGE_TOO_LARGE", text);
    }
  }

  #begin(cell: Cell): void {
    const { context, flight } = this.#parts;
    context.enter(cell, 0, false);
    handlerScope.active = cell.address;
    try {
      if (this.quarantined?.(context.round, cell.number, initPlace)) {
        throw new TellurionError("MESSAGE_QUARANTINED", `init of ${cell.address} is in quarantine`);
      }
      flight.enter(cell.number, -1, initPlace);
      const { definition, stateCodec } = cell.kind;
      const state = definition.init(context);
      refusePromise(state, cell);
      cell.state = stateCodec.complete(state as never);
      cell.fresh = false;
      context.commit();
    } catch (error) {
      context.rollback();
      this.#report(cell, "init", error);
      cell.stopping = true;
      cell.failed = true;
    } finally {
      flight.leave();
      handlerScope.active = undefined;
    }
  }

  #shareRestart(cell: Cell): void {
    cell.sharesRestart = false;
    if (!cell.stopping) this.#restart(cell);
  }

  #restart(cell: Cell): void {
    const { checkpoint, kind } = cell;
    this.#parts.dropTimers(cell);
    if (checkpoint === undefined || kind.definition.supervision.restartFrom === "init") {
      this.#begin(cell);
      return;
    }
    restoreCheckpoint(cell, checkpoint);
    this.#parts.reinstateTimers(cell);
  }

  #inherit(cell: Cell, failure: string): void {
    cell.inheritedFailure = undefined;
    if (!cell.stopping) this.#direct(cell, `${cell.address}, above ${failure}`);
  }

  /** A handler threw: tells everybody concerned, and does what the actor's supervision says. */
  #fail(cell: Cell, handler: BoundHandler, error: unknown, call: number): void {
    const { frame } = this.#parts.reports;
    const failure = this.#report(cell, handler.name, error);
    const text = `${cell.address} failed on ${handler.name} in frame ${frame}; nothing was sent`;
    this.#parts.reports.refuse(call, "HANDLER_FAILED", text);
    this.#direct(cell, failure);
  }

  #direct(cell: Cell, failure: string): void {
    const { escalate, reports, share } = this.#parts;
    const { supervision } = cell.kind.definition;
    const isShared = supervision.scope === "all-for-one" && cell.parent !== 0;
    switch (decide(supervision, cell.window, reports.frame)) {
      case "resume":
        return;
      case "restart":
        this.#restart(cell);
        if (isShared) share(cell, true);
        return;
      case "stop":
        cell.stopping = true;
        cell.failed = true;
        if (isShared) share(cell, false);
        return;
      case "escalate":
        cell.stopping = true;
        cell.failed = true;
        escalate(cell, failure);
    }
  }

  #refuse(cell: Cell, handler: BoundHandler, error: unknown, call: number): void {
    const { reports } = this.#parts;
    if (error instanceof Rejection) {
      reports.refuse(call, error.code, error.message);
      return;
    }
    this.#report(cell, handler.name, error);
    reports.refuse(call, "HANDLER_FAILED", `${cell.address} failed on ${handler.name}`);
  }

  /** Nobody waits to hear that a message was refused: the log does. */
  #logRefusal(cell: Cell, handler: BoundHandler, { code, message }: Rejection): void {
    const text = `${cell.address} refused ${handler.name}: ${code}: ${message}`;
    this.#parts.reports.log("warn", cell.address, text);
  }

  #report(cell: Cell, handling: string, error: unknown): string {
    const { metrics, reports } = this.#parts;
    metrics.add(counter.failures, 1);
    const failure = `${cell.address} threw on ${handling} in frame ${reports.frame}`;
    const detail = describe(error);
    reports.log("error", cell.address, `${failure}: ${detail}`);
    return failure;
  }

  #changed(cell: Cell, before: Uint8Array): boolean {
    const after = encodeState(cell);
    return Buffer.compare(before, after) !== 0;
  }
}

/** Whatever was thrown, as text: what is thrown is the handler's, and may throw again when it is looked at. */
function describe(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? error.message) : String(error);
  } catch {
    return "something that cannot be shown was thrown";
  }
}

function attachTo(view: AttachableView<DescMessage>, segment: Segment, at: number): unknown {
  const start = at + recordHeaderBytes;
  const length = segment.words[(at >> 2) + lengthWord] as number;
  return view[attach](segment.bytes, start, start + length);
}

function packedAt(segment: Segment, at: number): number {
  return segment.words[(at >> 2) + typeWord] as number;
}

function refusePromise(result: unknown, cell: Cell): void {
  if (typeof (result as { then?: unknown } | undefined)?.then !== "function") return;
  throw new TellurionError(
    "FORBIDDEN_IN_ACTOR",
    `a handler of ${cell.address} returned a promise: handlers are synchronous`,
  );
}

/** Every query gets a copy of its own; the encoded state is kept for as long as it holds. */
function copyOfState(cell: Cell): unknown {
  if (cell.copy?.version !== cell.version) {
    cell.copy = { version: cell.version, state: encodeState(cell) };
  }
  return cell.kind.stateCodec.decode(cell.copy.state);
}

function encodeResponse({ output, name }: BoundHandler, response: unknown): Uint8Array {
  if (output === undefined) throw new Error(`assertion failed: ${name} is no method`);
  return output.toBytes(response as never);
}

function changedWhileRejecting(cell: Cell, cause: unknown): TellurionError {
  return new TellurionError(
    "CHANGED_WHILE_REJECTING",
    `${cell.address} rejected a call after it had changed its state; check first, then change`,
    { cause },
  );
}
