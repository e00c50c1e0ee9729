import { type CoreReport, CoreReportSchema } from "../../gen/tellurion/v1/core_pb.ts";
import type { Address } from "../actor/address.ts";
import type { LogLevel } from "../actor/context.ts";
import { codecOf } from "../codec/index.ts";
import { type ErrorCode, errorCatalogue } from "../errors.ts";
import { recordKind } from "../memory/record.ts";
import { counter, type DeadLetterReason, type WorkerMetrics } from "./metrics.ts";
import type { Outgoing } from "./outgoing.ts";

const reportCodec = codecOf(CoreReportSchema);
const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

/** Longest text of a report or of an error that goes out, in characters. */
const textMax = 2_000;

/** The error code behind the type of a reply's record. Undefined for a reply that is none. */
export function errorOfReply(type: number): ErrorCode | undefined {
  return type === 0 ? undefined : errorCodes[type - 1];
}

/**
 * Set in the number of a call with an idempotency key: its reply is wanted when frames are replayed too. Others' callers
 * went away with the process.
 */
export const keyedCall = 0x4000_0000;

interface WaitingReply {
  /** The one that answered, by which a reply is told from others. */
  readonly frame: number;
  readonly call: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** What one worker tells the main thread beside events: replies, log lines, dead letters. None of it is state. */
export class Reports {
  frame = 0;
  /** The frame is run again: its log has been written. */
  muted = false;
  /** The frame is run again, in a process that its callers do not know. */
  repliesMuted = false;
  readonly #outgoing: Outgoing;
  readonly #metrics: WorkerMetrics;
  readonly #reportsMax: number;
  readonly #waitingMax: number;
  #left: number;
  /** Replies that found no room. Beyond `callsMax` the oldest are given up: their callers have stopped waiting. */
  #waiting: WaitingReply[] = [];

  constructor(
    outgoing: Outgoing,
    metrics: WorkerMetrics,
    limits: { readonly reportsPerFrameMax: number; readonly callsMax: number },
  ) {
    this.#outgoing = outgoing;
    this.#metrics = metrics;
    this.#reportsMax = limits.reportsPerFrameMax;
    this.#waitingMax = limits.callsMax;
    this.#left = limits.reportsPerFrameMax;
  }

  /** The conductor begins a frame on its worker before the worker does: only the first call counts. */
  beginFrame(frame: number): void {
    if (this.frame === frame) return;
    this.frame = frame;
    this.#left = this.#reportsMax;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { call, type, payload, frame: of } of waiting) this.#send(of, call, type, payload);
  }

  /** Answers a call. */
  reply(call: number, payload: Uint8Array): void {
    this.#reply(call, 0, payload);
  }

  /** Answers a call with an error. */
  refuse(call: number, code: ErrorCode, text: string): void {
    this.#reply(call, 1 + errorCodes.indexOf(code), Buffer.from(text.slice(0, textMax)));
  }

  log(level: LogLevel, address: Address | undefined, text: string): void {
    this.#report({
      case: "log",
      value: { level, address: address ?? "", text: text.slice(0, textMax) },
    } as CoreReport["body"]);
  }

  deadLetter(
    sender: Address | undefined,
    target: Address,
    type: string,
    reason: DeadLetterReason,
  ): void {
    this.#metrics.addDeadLetter(reason);
    this.#report({
      case: "deadLetter",
      value: { sender: sender ?? "", target, type, reason },
    } as CoreReport["body"]);
  }

  /** Counts an event that the main thread wanted and the ring had no room for. */
  lost(): void {
    this.#metrics.add(counter.lostOutput, 1);
  }

  #reply(call: number, type: number, payload: Uint8Array): void {
    if (call === 0 || (this.repliesMuted && (call & keyedCall) === 0)) return;
    this.#send(this.frame, call, type, payload);
  }

  #send(frame: number, call: number, type: number, payload: Uint8Array): void {
    const head = { kind: recordKind.reply, type, sender: 0, target: 0, sequence: call };
    if (this.#outgoing.writeToRing(this.#outgoing.ring, { ...head, extra: frame | 0 }, payload))
      return;
    this.#waiting.push({ frame, call, type, payload });
    if (this.#waiting.length > this.#waitingMax) this.#waiting.shift();
  }

  #report(body: CoreReport["body"]): void {
    if (this.#left === 0 || this.muted) return;
    this.#left -= 1;
    const head = { kind: recordKind.report, type: 0, sender: 0, target: 0, sequence: 0 };
    const payload = reportCodec.toBytes({ body } as CoreReport);
    this.#outgoing.writeToRing(this.#outgoing.ring, { ...head, extra: this.frame | 0 }, payload);
  }
}
