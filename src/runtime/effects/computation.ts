import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";

/** A pure function from one message to another: what a compute effect runs on a thread of its own. */
export interface Computation<
  Request extends DescMessage = DescMessage,
  Result extends DescMessage = DescMessage,
> {
  readonly request: Request;
  readonly result: Result;
  /** The outcome depends on the request alone. A `Rejection` that it throws is the effect's outcome. */
  readonly compute: (
    request: MessageShape<Request>,
  ) => MessageInitShape<Result> | Promise<MessageInitShape<Result>>;
}

/**
 * Defines what a module computes. The module exports it by the name `computation`:
 *
 *     export const computation = defineComputation({ request, result, compute: (request) => ({ ... }) });
 */
export function defineComputation<Request extends DescMessage, Result extends DescMessage>(
  computation: Computation<Request, Result>,
): Computation<Request, Result> {
  return computation;
}
