import type { DescMessage } from "@bufbuild/protobuf";
import { codecOf } from "../../../src/runtime/codec/index.ts";
import type { EffectCall, EffectDefinition } from "../../../src/runtime/effects/effect.ts";
import { defineEffect } from "../../../src/runtime/effects/effect.ts";
import type { EffectLimits } from "../../../src/runtime/effects/effect-limits.ts";
import type { EffectOutcome, EffectRequest } from "../../../src/runtime/effects/effect-queue.ts";
import {
  EffectRunner,
  type EffectRunnerOptions,
} from "../../../src/runtime/effects/effect-runner.ts";
import { type Answer, AnswerSchema, AskSchema } from "../../gen/tellurion/test/v1/bench_pb.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A call of the outside, which ends as the test says. */
interface OutsideCall {
  readonly asked: number;
  readonly call: EffectCall;
  answer(number: number): void;
  fail(error: unknown): void;
}

/** An outside that a test plays itself, reached by an effect from Ask to Answer. */
export class Outside {
  readonly calls: OutsideCall[] = [];

  effect(limits: Partial<EffectLimits> = {}, request: DescMessage = AskSchema): EffectDefinition {
    return defineEffect({
      ...limits,
      request: request as typeof AskSchema,
      result: AnswerSchema,
      run: (asked, call) => {
        const { promise, resolve, reject } = Promise.withResolvers<{ number: number }>();
        this.calls.push({
          asked: asked.number,
          call,
          answer: (number) => resolve({ number }),
          fail: reject,
        });
        return promise;
      },
    });
  }

  last(): OutsideCall {
    return this.calls.at(-1) as OutsideCall;
  }
}

/** A runner in virtual time, whose pauses are half of their bound, and what it told: `id answer` or `id CODE`. */
export function setUp(
  definitions: readonly EffectDefinition[],
  options: Partial<EffectRunnerOptions> = {},
) {
  const clock = new VirtualClock();
  const settled: string[] = [];
  const texts: string[] = [];
  const onSettled = (id: string, outcome: EffectOutcome): void => {
    settled.push(`${id} ${outcome.ok ? answerOf(outcome.payload).number : outcome.code}`);
    if (!outcome.ok) texts.push(outcome.text);
  };
  const runner = new EffectRunner(definitions, { clock, random: () => 0.5, onSettled, ...options });
  return { clock, runner, settled, texts };
}

export function ask(id: string, number: number): EffectRequest {
  return { id, type: AskSchema.typeName, payload: codecOf(AskSchema).toBytes({ number }) };
}

export function answerOf(payload: Uint8Array): Answer {
  return codecOf(AnswerSchema).decode(payload);
}
