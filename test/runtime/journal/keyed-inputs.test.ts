import { expect, test } from "vitest";
import { FrameInputsSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { digestOf, keyedInputsOf } from "../../../src/runtime/journal/keyed-inputs.ts";
import { encodeInput } from "../../../src/runtime/world/bootstrap.ts";
import { frame } from "./fixtures.ts";

const question = {
  address: "counter/x",
  what: { case: "method", value: "test.Service/Increase" },
  payload: Uint8Array.of(1, 2),
} as const;

function frameOf(at: number, keyed: boolean, ...inputs: readonly Uint8Array[]) {
  return frame(at, codecOf(FrameInputsSchema).toBytes({ inputs: [...inputs] }), keyed);
}

test("commands with a key are found in their order, with their frames, calls and what was asked", () => {
  const frames = [
    frameOf(1, true, encodeInput({ ...question, call: 5, key: "a" }), encodeInput(question)),
    frameOf(3, true, encodeInput({ ...question, address: "counter/y", call: 6, key: "b" })),
  ];
  expect(keyedInputsOf({ frames })).toEqual([
    { key: "a", frame: 1, call: 5, digest: digestOf(question) },
    { key: "b", frame: 3, call: 6, digest: digestOf({ ...question, address: "counter/y" }) },
  ]);
});

test("frames that are not marked as keyed are not looked into", () => {
  const unreadable = frame(1, Uint8Array.of(0xff), false);
  expect(keyedInputsOf({ frames: [unreadable] })).toEqual([]);
});

test("a digest tells the address, the method and the request from any other", () => {
  const others = [
    question,
    { ...question, address: "counter/y" },
    { ...question, what: { case: "method", value: "test.Service/Decrease" } as const },
    { ...question, payload: Uint8Array.of(1, 3) },
    { ...question, payload: Uint8Array.of() },
  ];
  const digests = others.map((other) => Buffer.from(digestOf(other)).toString("hex"));
  expect(new Set(digests).size).toBe(others.length);
  expect(digestOf({ ...question, payload: Uint8Array.of(1, 2) })).toEqual(digestOf(question));
});
