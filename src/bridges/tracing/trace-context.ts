import { randomBytes } from "node:crypto";

/** W3C's trace context: which trace something belongs to, which span led to it, and whether anybody keeps them. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const msPerSecond = 1_000;
const secondsBytes = 4;
const traceChanceBytes = 12;
const spanIdBytes = 8;
const sampledBit = 1;
/** A later version may have more at its end. Version ff is none. */
const form =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent`. Undefined: it is none, and is to be taken as if it were not there. */
export function readTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] = form.exec(text) ?? [];
  if (version === undefined || (version === "00" && more !== undefined)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & sampledBit) !== 0 };
}

export function traceparentOf({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

/** The context of a span that belongs to the parent's trace, or begins a trace. */
export function newContext(parent: TraceContext | undefined, isSampled: boolean): TraceContext {
  return {
    traceId: parent?.traceId ?? newTraceId(),
    spanId: randomBytes(spanIdBytes).toString("hex"),
    isSampled,
  };
}

/** X-Ray wants ids that begin with the second; to others it is as good as chance. */
function newTraceId(): string {
  const seconds = Buffer.alloc(secondsBytes);
  seconds.writeUInt32BE(Math.floor(Date.now() / msPerSecond));
  return Buffer.concat([seconds, randomBytes(traceChanceBytes)]).toString("hex");
}
