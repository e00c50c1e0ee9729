import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { codecOf } from "../codec/index.ts";
import type { BranchSource } from "./branch-source.ts";
import { type EffectLimits, effectLimitsOf } from "./effect-limits.ts";
import { orFinally } from "./failure.ts";

/** What a handler knows of the attempt that it is. */
export interface EffectCall {
  /** The same in all attempts, before and after a crash: give it to the outside as the idempotency key. */
  readonly id: string;
  /** From 1. Counted anew after a crash. */
  readonly attempt: number;
  /** Aborted when the attempt took too long or the world stops. A handler that goes on is not waited for. */
  readonly signal: AbortSignal;
  /** The world as its journal has it now. Rejects with FAILED_PRECONDITION for a world that has no journal. */
  readonly branch: () => Promise<BranchSource>;
}

/** One kind of effect, and how it is done. Built by `defineEffect` or `computeEffect`. */
export interface EffectDefinition {
  readonly request: DescMessage;
  readonly result: DescMessage;
  readonly limits: EffectLimits;
  /** One attempt, from the request's bytes to the result's. */
  readonly attempt: (payload: Uint8Array, call: EffectCall) => Promise<Uint8Array>;
  /** Called by a runner as it begins; what it returns, after the last attempt. For what definitions share. */
  readonly open?: () => () => Promise<void>;
}

export interface EffectOptions<Request extends DescMessage, Result extends DescMessage>
  extends Partial<EffectLimits> {
  readonly request: Request;
  readonly result: Result;
  /**
   * Does it. It may run more than once for one effect. A `Rejection` that it throws is the effect's outcome; after any
   * other error it is tried again.
   */
  readonly run: (
    request: MessageShape<Request>,
    call: EffectCall,
  ) => Promise<MessageInitShape<Result>>;
}

/** Defines an effect: what an actor may ask of the outside by sending `request`. Throws INVALID_DEFINITION. */
export function defineEffect<Request extends DescMessage, Result extends DescMessage>(
  options: EffectOptions<Request, Result>,
): EffectDefinition {
  const { request, result, run } = options;
  const requestCodec = codecOf(request);
  const resultCodec = codecOf(result);
  return {
    request,
    result,
    limits: effectLimitsOf(request.typeName, options),
    async attempt(payload, call) {
      const asked = orFinally(`the request ${request.typeName} cannot be read`, () =>
        requestCodec.decode(payload),
      );
      const done = await run(asked, call);
      return orFinally(`what ${request.typeName} resulted in is no ${result.typeName}`, () =>
        resultCodec.toBytes(done),
      );
    },
  };
}
