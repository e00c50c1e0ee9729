import {
  type DescMessage,
  fromBinary,
  fromJsonString,
  type Message,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { CallOptions, Catalogue, MethodEntry, World } from "../runtime/host.ts";
import { isKey, TellurionError } from "../runtime/index.ts";
import type { Limits } from "./limits.ts";

const errorTextMax = 400;

/**
 * Calls a method for somebody outside of the world. What the actor gets is encoded anew from what
 * was understood.
 */
export function callWorld(
  world: World,
  method: MethodEntry,
  request: Message,
  options: CallOptions,
): Promise<Uint8Array> {
  const key = actorKey(method, request);
  const bytes = toBinary(method.desc.input, request, { writeUnknownFields: false });
  return world.call(method, key, bytes, options);
}

export function methodNamed(catalogue: Catalogue, name: string): MethodEntry {
  const method = catalogue.methodByName(name);
  if (method) return method;
  const service = name.slice(0, Math.max(name.indexOf("/"), 0));
  const methods = catalogue.methods.filter((entry) => entry.desc.parent.typeName === service);
  const valid =
    methods.length > 0
      ? methods.map((entry) => entry.name)
      : catalogue.services.map((known) => `${known.typeName}/…`);
  throw new TellurionError(
    "UNIMPLEMENTED",
    `method=${quoted(name)} is not known; valid are ${valid.join(", ")}`,
  );
}

/** How long a caller waits who asked for `requestedMs`; 0 is for the server to choose. */
export function callTimeout(requestedMs: number, limits: Limits): number {
  if (requestedMs > limits.callTimeoutMsMax) {
    throw new TellurionError(
      "INVALID_ARGUMENT",
      `timeout_ms=${requestedMs} is not valid; valid are 0 to ${limits.callTimeoutMsMax}`,
    );
  }
  return requestedMs || limits.callTimeoutMs;
}

/** The idempotency key that a caller sent: empty for none. Throws INVALID_ARGUMENT. */
export function idempotencyKeyOf(text: string | null): string {
  const key = text ?? "";
  if (/^[!-~]{0,128}$/.test(key)) return key;
  throw new TellurionError(
    "INVALID_ARGUMENT",
    `idempotency key ${quoted(key)} is not valid; valid are 1 to 128 printable ASCII characters without spaces`,
  );
}

/** Reads a request out of bytes. Throws INVALID_ARGUMENT. */
export function requestOfBytes(method: MethodEntry, bytes: Uint8Array): Message {
  return read(method, () => fromBinary(method.desc.input, bytes, { readUnknownFields: false }));
}

/**
 * Reads a request out of JSON text, in which a name that is not known is an error. Throws
 * INVALID_ARGUMENT.
 */
export function requestOfJson(method: MethodEntry, json: string): Message {
  return read(method, () => fromJsonString(method.desc.input, json));
}

/** An error as callers get it: what was not raised on purpose is a defect, and says so. */
export function asTellurionError(error: unknown): TellurionError {
  if (error instanceof TellurionError) return error;
  return new TellurionError("INTERNAL_ERROR", `unexpected error: ${messageOf(error)}`, {
    cause: error,
  });
}

/** The text of an error that others raised. It may quote what it is about, so it is cut. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > errorTextMax ? `${text.slice(0, errorTextMax)}…` : text;
}

/** A text from outside as it can stand in a message: quoted and not endless. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

function read(method: MethodEntry, decode: () => MessageShape<DescMessage>): Message {
  try {
    return decode();
  } catch (error) {
    throw new TellurionError(
      "INVALID_ARGUMENT",
      `request of ${method.name} is not a ${method.desc.input.typeName}: ${messageOf(error)}`,
    );
  }
}

/** The key of the actor that a request is for. Throws INVALID_ARGUMENT. */
export function actorKey(method: MethodEntry, request: Message): string {
  if (method.key !== undefined) return method.key;
  const key = (request as unknown as Record<string, unknown>)[method.keyField ?? ""];
  if (typeof key === "string" && isKey(key)) return key;
  throw new TellurionError(
    "INVALID_ARGUMENT",
    `${method.keyField}=${quoted(String(key))} is not valid; ` +
      "valid are 1 to 64 of a-z, 0-9 and _ . : -",
  );
}
