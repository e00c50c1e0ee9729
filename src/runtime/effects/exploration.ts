import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Branch } from "../world/branch.ts";
import { type ComputeOptions, taskOf } from "./compute.ts";
import { processComputePool } from "./compute-pool.ts";
import type { EffectDefinition } from "./effect.ts";
import { effectLimitsOf } from "./effect-limits.ts";
import { FinalFailure } from "./failure.ts";

/** A look at what may become of the world: what an exploring effect runs on a thread of its own. */
export interface Exploration<
  Request extends DescMessage = DescMessage,
  Result extends DescMessage = DescMessage,
> {
  readonly request: Request;
  readonly result: Result;
  /**
   * `branch` is the world as it was a moment ago, and free to go on: nothing that happens in it happens. The outcome
   * depends on it and the request alone. A `Rejection` that it throws is the effect's outcome.
   */
  readonly explore: (
    branch: Branch,
    request: MessageShape<Request>,
  ) => MessageInitShape<Result> | Promise<MessageInitShape<Result>>;
}

/**
 * Defines what a module finds out by running a world ahead. The module exports it by the name `exploration`:
 *
 *     export const exploration = defineExploration({ request, result, explore: (branch, request) => ({ ... }) });
 */
export function defineExploration<Request extends DescMessage, Result extends DescMessage>(
  exploration: Exploration<Request, Result>,
): Exploration<Request, Result> {
  return exploration;
}

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
