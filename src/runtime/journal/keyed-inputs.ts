import { createHash } from "node:crypto";
import { FrameInputsSchema, type Input, InputSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { History } from "./history.ts";

/** A command that was asked for under an idempotency key and is answered when its frame is run again. */
export interface KeyedInput {
  readonly key: string;
  /** The frame that took it: calls of two processes may have one number. */
  readonly frame: number;
  readonly call: number;
  readonly digest: Uint8Array;
}

const frameCodec = codecOf(FrameInputsSchema);
const inputCodec = codecOf(InputSchema);

/** The commands of a history that have idempotency keys. */
export function keyedInputsOf({ frames }: Pick<History, "frames">): KeyedInput[] {
  return frames.flatMap(({ frame, inputs, keyed }) => {
    if (!keyed) return [];
    return frameCodec.decode(inputs).inputs.flatMap((bytes) => {
      const input = inputCodec.decode(bytes);
      return input.key === ""
        ? []
        : [{ key: input.key, frame, call: input.call, digest: digestOf(input) }];
    });
  });
}

/** Tells what was asked under a key from anything else that might be asked under it. */
export function digestOf({
  address,
  what,
  payload,
}: Pick<Input, "address" | "what" | "payload">): Uint8Array {
  return createHash("sha256").update(`${address}\n${what.value}\n`).update(payload).digest();
}
