import { expect, test } from "vitest";
import { EffectFailedSchema } from "../../../src/gen/tellurion/v1/actor_pb.ts";
import {
  type EffectRequest,
  type Input,
  InputSchema,
} from "../../../src/gen/tellurion/v1/core_pb.ts";
import { codecOf, Rejection } from "../../../src/runtime/index.ts";
import { CommitGate } from "../../../src/runtime/world/commit-gate.ts";
import { EffectDesk } from "../../../src/runtime/world/effect-desk.ts";
import { AnswerSchema, AskSchema } from "../../gen/tellurion/test/v1/bench_pb.ts";
import { Outside } from "../effects/outside.ts";
import { settled, VirtualClock } from "../effects/virtual-clock.ts";

const inputCodec = codecOf(InputSchema);

function create() {
  const gate = new CommitGate();
  const outside = new Outside();
  const clock = new VirtualClock();
  const inputs: Input[] = [];
  const desk = new EffectDesk({
    definitions: [outside.effect({ attemptsMax: 1 })],
    gate,
    put: (input) => void inputs.push(inputCodec.decode(input)),
    runner: { clock, random: () => 0.5 },
  });
  const ask = (
    frame: number,
    address: string,
    id: number,
    type: string = AskSchema.typeName,
  ): void => {
    const payload = codecOf(AskSchema).toBytes({ number: id * 10 });
    desk.ask("w-1", frame, id, type, { address, payload } as EffectRequest);
  };
  return { gate, outside, inputs, desk, ask };
}

test("an effect is done when the frame that asked for it is on the disk, and not before", () => {
  const { gate, outside, desk, ask } = create();
  ask(5, "a/1", 1);
  gate.commit(4);
  expect(outside.calls).toEqual([]);
  expect(desk.counters.issued).toBe(0);
  gate.commit(5);
  expect(outside.calls.map(({ asked }) => asked)).toEqual([10]);
});

test("its id tells the world, the frame, the actor and the actor's number from any other", () => {
  const { gate, outside, ask } = create();
  gate.commit(9);
  ask(5, "a/1", 1);
  ask(5, "a/1", 2);
  ask(6, "a/1", 1);
  ask(5, "a/2", 1);
  expect(outside.calls.map(({ call }) => call.id)).toEqual([
    "w-1:5:a/1:1",
    "w-1:5:a/1:2",
    "w-1:6:a/1:1",
    "w-1:5:a/2:1",
  ]);
});

test("the result comes back as a message to the actor, with the effect's number", async () => {
  const { gate, outside, inputs, ask } = create();
  gate.commit(5);
  ask(5, "a/1", 3);
  outside.last().answer(8);
  await settled();
  expect(inputs).toMatchObject([
    {
      address: "a/1",
      what: { case: "message", value: AnswerSchema.typeName },
      effect: 3,
      effectFrame: 5n,
      call: 0,
      spawn: false,
      key: "",
    },
  ]);
  expect(codecOf(AnswerSchema).decode((inputs[0] as Input).payload).number).toBe(8);
});

test("a failure comes back as an EffectFailed that says which, of what type, and why", async () => {
  const { gate, outside, inputs, ask } = create();
  gate.commit(5);
  ask(5, "a/1", 3);
  outside.last().fail(new Rejection("FAILED_PRECONDITION", "no money"));
  ask(5, "a/1", 4, "test.Unknown");
  await settled();
  const failures = inputs.map(({ effect, what, payload }) => {
    expect(what).toEqual({ case: "message", value: EffectFailedSchema.typeName });
    const { effect: of, type, code } = codecOf(EffectFailedSchema).decode(payload);
    return [effect, of, type, code];
  });
  expect(failures).toEqual([
    [4, 4, "test.Unknown", "EFFECT_FAILED"],
    [3, 3, AskSchema.typeName, "FAILED_PRECONDITION"],
  ]);
});

test("an effect that is asked for again while it is being done is done once", async () => {
  const { gate, outside, inputs, ask } = create();
  ask(5, "a/1", 1);
  ask(5, "a/1", 1);
  gate.commit(5);
  ask(5, "a/1", 1);
  expect(outside.calls).toHaveLength(1);
  outside.last().answer(1);
  await settled();
  expect(inputs).toHaveLength(1);
});

test("an effect that is asked for again after it was done is done again: its outcome may be lost", async () => {
  const { gate, outside, inputs, ask } = create();
  gate.commit(5);
  for (const answer of [1, 2]) {
    ask(5, "a/1", 1);
    outside.last().answer(answer);
    await settled();
  }
  expect(outside.calls.map(({ call }) => call.id)).toEqual(["w-1:5:a/1:1", "w-1:5:a/1:1"]);
  expect(inputs).toHaveLength(2);
});

test("when it has stopped, what was going on is aborted and no outcome comes", async () => {
  const { gate, outside, inputs, desk, ask } = create();
  gate.commit(5);
  ask(5, "a/1", 1);
  const { call } = outside.last();
  const stopping = desk.stop();
  expect(call.signal.aborted).toBe(true);
  outside.last().answer(8);
  await stopping;
  ask(5, "a/1", 2);
  await settled();
  expect(outside.calls).toHaveLength(1);
  expect(inputs).toEqual([]);
});
