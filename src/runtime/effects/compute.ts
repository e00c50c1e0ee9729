import type { DescMessage } from "@bufbuild/protobuf";
import { type ComputePool, processComputePool } from "./compute-pool.ts";
import type { ComputeTask } from "./compute-task.ts";
import type { EffectCall, EffectDefinition } from "./effect.ts";
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
  return poolEffect(options, async () => ({}));
}

/** An effect that a thread of the pool does. `more`: what it is told beside the payload. */
export function poolEffect(
  options: ComputeOptions,
  more: (call: EffectCall) => Promise<Partial<ComputeTask>>,
): EffectDefinition {
  const { request, result, module, pool = processComputePool } = options;
  const concurrencyMax = options.concurrencyMax ?? pool.limits.computeThreadsMax;
  const task = { module: module.href, request: request.typeName, result: result.typeName };
  return {
    request,
    result,
    limits: effectLimitsOf(request.typeName, { ...options, concurrencyMax }),
    open: () => pool.hold(),
    async attempt(bytes, call) {
      // A copy: to send a part of a larger buffer would send all of it.
      const payload = bytes.slice();
      const reply = await pool.run({ ...task, ...(await more(call)), payload }, call.signal);
      if (!reply.ok) throw new FinalFailure(reply.code, reply.text);
      return reply.payload;
    },
  };
}
