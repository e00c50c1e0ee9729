import { fromBinary, fromJsonString } from "@bufbuild/protobuf";
import { type RemoteCommand, RemoteCommandSchema } from "../../gen/tellurion/v1/bridge_pb.ts";
import type { CommandsConfiguration } from "../configuration.ts";
import { bytesOfBase64url } from "./base64url.ts";
import type { ReceivedMessage } from "./queue.ts";
import { shown } from "./shown.ts";
import type { Problem, Understood } from "./understood.ts";

const commandCharactersMax = 262_144;
const callMsMax = 30_000;

type DecodedCommand = { readonly command: RemoteCommand } | Problem;

/** Reads a command out of a message, and checks whether it may be carried out. */
export function understandCommand(
  message: Pick<ReceivedMessage, "body" | "attributes" | "receives">,
  { methods }: Pick<CommandsConfiguration, "methods">,
  epochMs: number,
): Understood {
  const decoded = decodeCommand(message);
  if ("reason" in decoded) return decoded;
  const { commandId, method, payload, deadlineMs, traceparent } = decoded.command;
  if (!/^[!-~]{1,128}$/.test(commandId)) {
    const valid = "valid are 1 to 128 printable ASCII characters without spaces";
    return undecodable(`command_id=${shown(commandId)} is not valid; ${valid}`);
  }
  if (!methods.includes(method)) {
    const valid = methods.join(", ") || "none";
    return {
      reason: "not-allowed",
      error: `method=${shown(method)} is not allowed; valid are ${valid}`,
    };
  }
  const leftMs = deadlineMs === 0n ? callMsMax : Number(deadlineMs) - epochMs;
  if (leftMs <= 0) {
    const lateMs = Math.round(-leftMs);
    // The world cannot be asked without carrying it out, if it does not know it.
    const doubt =
      message.receives > 1
        ? `, for time ${message.receives}: it may have taken effect before its deadline`
        : "";
    const error = `deadline_ms=${deadlineMs} was over ${lateMs} ms before it was read${doubt}`;
    return { reason: "expired", error };
  }
  const call = {
    method,
    payload: payloadOf(payload),
    idempotencyKey: `sqs/${commandId}`,
    timeoutMs: Math.min(Math.ceil(leftMs), callMsMax),
  };
  return { call, trace: { id: commandId, method, traceparent } };
}

/** The command in a message's body. */
export function decodeCommand({
  body,
  attributes,
}: Pick<ReceivedMessage, "body" | "attributes">): DecodedCommand {
  if (body.length > commandCharactersMax) {
    const error = `body (length)=${body.length} is not valid; valid are up to ${commandCharactersMax} characters`;
    return { reason: "too-large", error };
  }
  const { c: codec } = attributes;
  try {
    if (codec === "json") return { command: fromJsonString(RemoteCommandSchema, body) };
    if (codec === "proto") {
      const bytes = bytesOfBase64url(body);
      if (bytes === undefined) return undecodable("the body is not base64url without padding");
      return { command: fromBinary(RemoteCommandSchema, bytes) };
    }
  } catch (error) {
    return undecodable(`the body is no RemoteCommand: ${(error as Error).message}`);
  }
  return undecodable(`attribute c=${shown(codec)} is not valid; valid are json, proto`);
}

function payloadOf(payload: RemoteCommand["payload"]) {
  if (payload.case === "message") return { message: payload.value };
  return payload.case === "json" ? { json: payload.value } : undefined;
}

function undecodable(error: string) {
  return { reason: "undecodable", error } as const;
}
