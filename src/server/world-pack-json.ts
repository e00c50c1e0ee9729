import { readFile, stat } from "node:fs/promises";
import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { TellurionError } from "../runtime/index.ts";

const fileBytesMax = 16 * 1_024 * 1_024;
const shownMax = 80;

/** What is wrong in a file: where, with which value, and what would be valid there. */
interface Fault {
  readonly path: string;
  readonly value: unknown;
  readonly valid: string;
}

type JsonObject = { readonly [key: string]: JsonValue };

export function invalidPack(file: string, text: string, cause?: unknown): TellurionError {
  return new TellurionError("INVALID_WORLD_PACK", `${file}: ${text}`, { cause });
}

export async function readJson(file: string): Promise<JsonValue> {
  try {
    const { size } = await stat(file);
    if (size > fileBytesMax) {
      throw new RangeError(`${size} bytes are too many; valid are up to ${fileBytesMax}`);
    }
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw invalidPack(file, `cannot be read as JSON: ${text}`, cause);
  }
}

export function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/**
 * Reads a message from protobuf's JSON. Throws INVALID_WORLD_PACK that names the part that cannot
 * be read.
 */
export function readMessage<Desc extends DescMessage>(
  desc: Desc,
  json: JsonValue | undefined,
  file: string,
  path: string,
): MessageShape<Desc> {
  try {
    return fromJson(desc, json ?? null);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const fault = faultIn(desc, json, path) ?? {
      path,
      value: json,
      valid: `is JSON for it: ${text}`,
    };
    throw invalidPack(file, faultText(fault), cause);
  }
}

export function faultText({ path, value, valid }: Fault): string {
  const text = JSON.stringify(value) ?? "nothing";
  const shown = text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
  return `${path || "the file"}=${shown} is not valid; valid ${valid}`;
}

/** Finds the part of the JSON that keeps a message from being read. */
function faultIn(desc: DescMessage, json: JsonValue | undefined, path: string): Fault | undefined {
  if (!isObject(json)) return { path, value: json, valid: "is an object" };
  for (const [key, value] of Object.entries(json)) {
    const field = desc.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    const place = path === "" ? key : `${path}.${key}`;
    if (field === undefined) {
      const names = desc.fields.map(({ jsonName }) => jsonName).join(", ");
      return { path: place, value, valid: `keys are ${names}` };
    }
    const fault = faultInField(desc, field, key, value, place);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultInField(
  desc: DescMessage,
  field: DescField,
  key: string,
  value: JsonValue,
  path: string,
): Fault | undefined {
  if (field.fieldKind === "list") {
    if (!Array.isArray(value)) return { path, value, valid: "is a list" };
    for (const [i, item] of value.entries()) {
      const fault = faultInItem(desc, field, { [key]: [item] }, item, `${path}[${i}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  return faultInItem(desc, field, { [key]: value }, value, path);
}

function faultInItem(
  desc: DescMessage,
  field: DescField,
  alone: JsonObject,
  value: JsonValue,
  path: string,
): Fault | undefined {
  if (isReadable(desc, alone)) return undefined;
  if (field.message !== undefined) return faultIn(field.message, value, path);
  if (field.enum !== undefined) {
    return { path, value, valid: `are ${field.enum.values.map(({ name }) => name).join(", ")}` };
  }
  return { path, value, valid: `is ${kindOf(field)}` };
}

function isReadable(desc: DescMessage, json: JsonObject): boolean {
  try {
    fromJson(desc, json);
    return true;
  } catch {
    return false;
  }
}

/** What a scalar field takes. */
function kindOf({ scalar }: DescField): string {
  switch (scalar) {
    case ScalarType.BOOL:
      return "true or false";
    case ScalarType.STRING:
      return "a text";
    case ScalarType.BYTES:
      return "a text in base64";
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return "a number";
    case ScalarType.UINT32:
      return "an integer from 0 to 4294967295";
    default:
      return "an integer, which may be written as a text";
  }
}
