import type { JsonObject } from "@bufbuild/protobuf";
import type { PastInput } from "../../runtime/host.ts";
import { messageJson } from "./message-json.ts";

/** What a frame took from outside, for people and programs to read. */
export function inputJson(input: PastInput): JsonObject {
  const { address, name, isMethod, payload, spawn, effect, key } = input;
  return {
    address,
    [isMethod ? "method" : "message"]: name,
    payload: messageJson(payload),
    ...(spawn && { spawn }),
    ...(effect !== 0 && { effect }),
    ...(key !== "" && { key }),
  };
}
