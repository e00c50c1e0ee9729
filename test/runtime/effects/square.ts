import { threadId } from "node:worker_threads";
import { defineComputation } from "../../../src/runtime/effects/computation.ts";
import { Rejection } from "../../../src/runtime/errors.ts";
import { AnswerSchema, AskSchema } from "../../gen/tellurion/test/v1/bench_pb.ts";

/** What has no end, no answer, or no thread any more. */
export const endless = 0;
export const rejected = 13;
export const broken = 17;
export const exiting = 19;
export const nonsense = 23;

/** Squares, and tells on which thread. */
export const computation = defineComputation({
  request: AskSchema,
  result: AnswerSchema,
  async compute({ number }) {
    if (number === rejected) throw new Rejection("INVALID_ARGUMENT", "13 brings bad luck");
    if (number === broken) throw new Error("the computation broke");
    if (number === exiting) process.exit(3);
    if (number === nonsense) return { number: -1 };
    while (number === endless) Math.sqrt(number);
    return { number: number * number, worker: threadId };
  },
});
