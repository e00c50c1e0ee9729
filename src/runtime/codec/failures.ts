import { TellurionError } from "../errors.ts";
import { type FieldPlan, type MessagePlan, type ValueType, valueTypes } from "./plan.ts";
import { nestingMax } from "./wire.ts";

/** Where in a list or a map a value stands: index or key. */
type Place = number | string | undefined;

/** `value` is not one that the field can hold. */
export function refuseValue(
  plan: MessagePlan,
  field: FieldPlan,
  value: unknown,
  place?: Place,
): never {
  const valid = place === undefined ? wholeOf(field) : valueTypes[field.type].valid;
  throw outOfRange(`${nameOf(plan, field)}${describePlace(place)}`, describe(value), valid);
}

/** `key` is not one that the map can hold. */
export function refuseKey(plan: MessagePlan, field: FieldPlan, key: string): never {
  throw outOfRange(`a key of ${nameOf(plan, field)}`, describe(key), validKey(field.keyType));
}

export function refuseMessage(plan: MessagePlan, value: unknown): never {
  const typeName =
    typeof value === "object" &&
    value !== null &&
    "$typeName" in value &&
    typeof value.$typeName === "string"
      ? `a message of type ${value.$typeName}`
      : describe(value);
  throw outOfRange(plan.typeName, typeName, "an object with its fields");
}

export function refuseUnknown(plan: MessagePlan, value: unknown): never {
  const valid = "a list of unknown fields as decode() returns it";
  throw outOfRange(`${plan.typeName}.$unknown`, describe(value), valid);
}

export function refuseNesting(plan: MessagePlan): never {
  const text = `${plan.typeName}: messages nest deeper than the ${nestingMax} levels there may be`;
  throw new TellurionError("VALUE_OUT_OF_RANGE", text);
}

export function refuseStaleView(plan: MessagePlan): never {
  const text =
    `a view of ${plan.typeName} was read after its message was gone: ` +
    "a view is valid until the handler returns, toObject() makes a copy to keep";
  throw new TellurionError("STALE_VIEW", text);
}

/** `offset` is counted from the first byte of the record. */
export function malformed(
  plan: MessagePlan,
  field: FieldPlan | undefined,
  offset: number,
  what: string,
): TellurionError {
  const name = field === undefined ? plan.typeName : nameOf(plan, field);
  return new TellurionError("MALFORMED_MESSAGE", `${name} at byte ${offset}: ${what}`);
}

function nameOf(plan: MessagePlan, field: FieldPlan): string {
  return `${plan.typeName}.${field.protoName}`;
}

function outOfRange(name: string, value: string, valid: string): TellurionError {
  return new TellurionError("VALUE_OUT_OF_RANGE", `${name} cannot be ${value}: it is ${valid}`);
}

function wholeOf(field: FieldPlan): string {
  if (field.shape === "list") return "an array";
  if (field.shape === "map") return "an object with an entry for each key";
  return valueTypes[field.type].valid;
}

function validKey(type: ValueType): string {
  return valueTypes[type].valid.replace("a bigint", "an integer").replaceAll(/(\d)n\b/g, "$1");
}

function describePlace(place: Place): string {
  if (place === undefined) return "";
  return `[${typeof place === "number" ? place : describe(place)}]`;
}

function describeObject(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "Object" ? `an object (${name})` : "an object";
}

/** Longest text of a value that an error repeats in full. */
const describedMax = 40;

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > describedMax
        ? `${JSON.stringify(value.slice(0, describedMax))}...`
        : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "an array" : describeObject(value);
    case "function":
      return "a function";
    default:
      return String(value);
  }
}
