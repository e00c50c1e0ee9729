import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { messageOf } from "../calls.ts";
import type { Faults } from "./faults.ts";
import type { PackFile } from "./pack-file.ts";

export type JsonObject = { readonly [key: string]: JsonValue };

export function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** `regions[3]` and `name` are `regions[3].name`. */
export function under(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/**
 * Reads a message from protobuf's JSON; `path` is where it stands in the file. Notes every part that
 * cannot be read, and then gives nothing.
 */
export function decode<Desc extends DescMessage>(
  desc: Desc,
  json: JsonValue | undefined,
  file: PackFile,
  path: string,
  faults: Faults,
): MessageShape<Desc> | undefined {
  const before = faults.count;
  try {
    return fromJson(desc, json ?? null);
  } catch (error) {
    new Search(file, faults).inMessage(desc, json, path);
    if (faults.count === before) {
      faults.refuse(file, path, json, `is JSON for it: ${messageOf(error)}`);
    }
    return undefined;
  }
}

/** Looks for the parts of the JSON that keep a message from being read. */
class Search {
  readonly #file: PackFile;
  readonly #faults: Faults;

  constructor(file: PackFile, faults: Faults) {
    this.#file = file;
    this.#faults = faults;
  }

  inMessage(desc: DescMessage, json: JsonValue | undefined, path: string): void {
    if (!isObject(json)) {
      this.#refuse(path, json, "is an object");
      return;
    }
    for (const [key, value] of Object.entries(json)) {
      const field = desc.fields.find(({ name, jsonName }) => name === key || jsonName === key);
      const place = under(path, key);
      if (field !== undefined) {
        this.#inField(desc, field, key, value, place);
      } else {
        const names = desc.fields.map(({ jsonName }) => jsonName).join(", ");
        this.#refuse(place, value, `keys are ${names}`);
      }
    }
  }

  #inField(desc: DescMessage, field: DescField, key: string, value: JsonValue, path: string): void {
    if (field.fieldKind !== "list") {
      this.#inItem(desc, field, { [key]: value }, value, path);
    } else if (!Array.isArray(value)) {
      this.#refuse(path, value, "is a list");
    } else {
      for (const [i, item] of value.entries()) {
        this.#inItem(desc, field, { [key]: [item] }, item, `${path}[${i}]`);
      }
    }
  }

  #inItem(
    desc: DescMessage,
    field: DescField,
    alone: JsonObject,
    value: JsonValue,
    path: string,
  ): void {
    if (isReadable(desc, alone)) return;
    if (field.message !== undefined) {
      this.inMessage(field.message, value, path);
    } else if (field.enum !== undefined) {
      const names = field.enum.values.map(({ name }) => name).join(", ");
      this.#refuse(path, value, `are ${names}`);
    } else {
      this.#refuse(path, value, `is ${kindOf(field)}`);
    }
  }

  #refuse(path: string, value: JsonValue | undefined, valid: string): void {
    this.#faults.refuse(this.#file, path, value, valid);
  }
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
