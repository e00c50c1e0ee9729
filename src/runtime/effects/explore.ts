import { type ComputeOptions, taskOf } from "./compute.ts";
import { processComputePool } from "./compute-pool.ts";
import type { EffectDefinition } from "./effect.ts";
import { effectLimitsOf } from "./effect-limits.ts";
import { FinalFailure } from "./failure.ts";

/**
 * Defines an effect that branches the world and looks what becomes of it, on a thread of its own: the thread takes up
 * the newest snapshot, runs again what was journalled since, and goes on as the module says. Fails for good in a world
 * that has no journal.
 */
export function exploreEffect(options: ComputeOptions): EffectDefinition {
  const { request, result, pool = processComputePool } = options;
  const concurrencyMax = options.concurrencyMax ?? pool.limits.computeThreadsMax;
  return {
    request,
    result,
    limits: effectLimitsOf(request.typeName, { ...options, concurrencyMax }),
    open: () => pool.hold(),
    async attempt(payload, { signal, branch }) {
      const source = await branch();
      const reply = await pool.run(
        { ...taskOf(options), payload: payload.slice(), source },
        signal,
      );
      if (!reply.ok) throw new FinalFailure(reply.code, reply.text);
      return reply.payload;
    },
  };
}
