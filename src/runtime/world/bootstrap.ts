import { type Input, InputSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { Bootstrap } from "./world.ts";

const inputCodec = codecOf(InputSchema);

/** The inputs that a new world begins with. */
export function encodeBootstrap(bootstrap: readonly Bootstrap[]): Uint8Array[] {
  return bootstrap.map(({ address, type, message }) =>
    encodeInput({
      address,
      what: { case: "message", value: type.typeName },
      payload: codecOf(type).toBytes(message),
      spawn: true,
    }),
  );
}

export function encodeInput(
  input: Pick<Input, "address" | "what" | "payload"> & {
    call?: number;
    spawn?: boolean;
    effect?: number;
    effectFrame?: bigint;
    key?: string;
  },
): Uint8Array {
  return inputCodec.toBytes(input);
}
