import type { DescMessage } from "@bufbuild/protobuf";
import { type ComputePool, processComputePool } from "./compute-pool.ts";
import type { ComputeTask } from "./compute-task.ts";
import type { EffectDefinition } from "./effect.ts";
import { type EffectLimits, effectLimitsOf } from "./effect-limits.ts";
import { FinalFailure } from "./failure.ts";

export interface ComputeOptions extends Partial<EffectLimits> {
  readonly request: DescMessage;
  readonly result: DescMessage;
  /** The module that exports `computation`, made by `defineComputation` of the same two types. */
  readonly module: URL;
  /** Whose threads compute it. The process has one pool for all. */
  readonly pool?: ComputePool;
}

/**
 * Defines an effect that is computed on a thread of its own, for what takes longer than a slice of a frame. Only bytes
 * cross the threads, and only the thread loads the module. An error is final: the same request fails the same way; what
 * is tried again is what a lost thread or a full pool kept from its end. `timeoutMs` includes the wait for a thread.
 */
export function computeEffect(options: ComputeOptions): EffectDefinition {
  const { request, result, pool = processComputePool } = options;
  const concurrencyMax = options.concurrencyMax ?? pool.limits.computeThreadsMax;
  return {
    request,
    result,
    limits: effectLimitsOf(request.typeName, { ...options, concurrencyMax }),
    open: () => pool.hold(),
    async attempt(payload, { signal }) {
      // A copy: to send a part of a larger buffer would send all of it.
      const reply = await pool.run({ ...taskOf(options), payload: payload.slice() }, signal);
      if (!reply.ok) throw new FinalFailure(reply.code, reply.text);
      return reply.payload;
    },
  };
}

/** What its thread is told of an effect, but for the payload. */
export function taskOf(options: ComputeOptions): Omit<ComputeTask, "payload"> {
  const { request, result, module } = options;
  return { module: module.href, request: request.typeName, result: result.typeName };
}
