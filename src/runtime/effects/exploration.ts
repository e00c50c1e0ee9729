import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Branch } from "../world/branch.ts";

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
