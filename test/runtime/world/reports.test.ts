import { expect, test } from "vitest";
import { codecOf } from "../../../src/runtime/index.ts";
import { encodeInput } from "../../../src/runtime/world/bootstrap.ts";
import { CounterService, IncreaseRequestSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { InlineRun } from "../../support/inline.ts";

const callsInOneFrame = 100;

function increase(call: number): Uint8Array {
  const { parent, name } = CounterService.method.increase;
  const what = { case: "method", value: `${parent.typeName}/${name}` } as const;
  const payload = codecOf(IncreaseRequestSchema).toBytes({ name: "x", amount: 1n });
  return encodeInput({ address: "counter/x", what, payload, call });
}

test("replies that find no room come later, in their order, and say which frame answered", () => {
  const run = new InlineRun([counter()], { limits: { outputRingBytes: 1_024 } });
  const calls = Array.from({ length: callsInOneFrame }, (_, i) => i + 1);
  run.world.runFrame(calls.map(increase));
  expect(run.replies.length).toBeGreaterThan(5);
  expect(run.replies.length).toBeLessThan(callsInOneFrame);
  for (let frame = 2; frame < 20; frame += 1) run.world.runFrame([]);
  expect(run.replies).toEqual(calls.map((call) => ({ frame: 1, call, error: undefined })));
});
