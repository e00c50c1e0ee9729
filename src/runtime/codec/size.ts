import { type FieldPlan, type MessagePlan, valueTypes } from "./plan.ts";
import { nestingMax } from "./wire.ts";
import { varintSize } from "./write.ts";

/** Bytes that the length of anything takes at most. */
const lengthSizeMax = 5;
/** Bytes of UTF-8 that a UTF-16 unit takes at most. */
const unitSizeMax = 3;

/**
 * Source of `sizeBound(v, depth)`. What has a largest size is counted whether it is there or not,
 * so that only strings, bytes, lists, maps and nested messages are looked at. Always a finite
 * number that bounds what `encode` writes, even what it writes before it refuses a value.
 */
export function sizeSource(plan: MessagePlan): string {
  const members = plan.members.map(({ field, oneof }) =>
    field ? memberSource(field) : oneofSource(oneof.name, oneof.fields),
  );
  const constant = plan.fields.reduce((sum, field) => sum + constantSize(field), 0);
  return `
function sizeBound(v, depth) {
  if (v == null || depth >= ${nestingMax}) return 0;
  let n = ${constant}, x;
${members.join("")}
  if (v.$unknown !== undefined) n += unknownSize(v.$unknown);
  return n;
}`;
}

function tagSize(field: FieldPlan): number {
  return varintSize(field.number * 8);
}

/** Oneofs count every member: which one is there is not worth a look. */
function constantSize(field: FieldPlan): number {
  if (field.shape === "map") return 0;
  if (field.shape === "list") return isPackable(field) ? tagSize(field) + lengthSizeMax : 0;
  const { sizeMax } = valueTypes[field.type];
  return tagSize(field) + (sizeMax === 0 ? lengthSizeMax : sizeMax);
}

function isPackable(field: FieldPlan): boolean {
  return field.wireTypes.length > 1;
}

function memberSource(field: FieldPlan): string {
  const value = `v[${JSON.stringify(field.name)}]`;
  if (field.shape === "list") return `  if (Array.isArray(x = ${value})) ${listSource(field)}\n`;
  if (field.shape === "map") return `  if ((x = ${value}) != null) ${mapSource(field)}\n`;
  const size = dynamicSize(field, "x");
  return size === undefined ? "" : `  if ((x = ${value}) != null) n += ${size};\n`;
}

/** Bytes of a value beyond its constant size, as an expression; undefined if it has none. */
function dynamicSize(field: FieldPlan, value: string): string | undefined {
  switch (field.type) {
    case "string":
      return `(typeof ${value} === "string" ? ${value}.length * ${unitSizeMax} : 0)`;
    case "bytes":
      return `(isBytes(${value}) ? ${value}.length : 0)`;
    case "message":
      return `nested${field.nested}.sizeBound(${value}, (depth | 0) + 1)`;
    default:
      return undefined;
  }
}

function oneofSource(name: string, fields: readonly FieldPlan[]): string {
  const cases = fields.flatMap((field) => {
    const size = dynamicSize(field, "x");
    return size === undefined ? [] : [`case ${JSON.stringify(field.name)}: n += ${size}; break;`];
  });
  if (cases.length === 0) return "";
  return `  {
    const oneof = v[${JSON.stringify(name)}];
    if (oneof != null && (x = oneof.value) != null) switch (oneof.case) { ${cases.join(" ")} }
  }\n`;
}

function listSource(field: FieldPlan): string {
  const size = dynamicSize(field, "item");
  if (size === undefined) {
    const each = valueTypes[field.type].sizeMax + (field.packed ? 0 : tagSize(field));
    return `n += x.length * ${each};`;
  }
  const overhead = tagSize(field) + lengthSizeMax;
  return `for (const item of x) n += ${overhead} + (item == null ? 0 : ${size});`;
}

/** An entry has a length, a tag for its key and one for its value. */
function mapSource(field: FieldPlan): string {
  const { sizeMax } = valueTypes[field.type];
  const { sizeMax: keyMax } = valueTypes[field.keyType];
  const constants = [
    tagSize(field),
    lengthSizeMax,
    1,
    keyMax || lengthSizeMax,
    1,
    sizeMax || lengthSizeMax,
  ];
  const constant = constants.reduce((sum, size) => sum + size, 0);
  const key = field.keyType === "string" ? ` + key.length * ${unitSizeMax}` : "";
  const size = dynamicSize(field, "item");
  const value = size === undefined ? "" : ` + (item == null ? 0 : ${size})`;
  const item = size === undefined ? "" : "const item = x[key]; ";
  return `for (const key of Object.keys(x)) { ${item}n += ${constant}${key}${value}; }`;
}

/** Whether a value may stand for bytes. */
export function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array || Array.isArray(value);
}

/** Bytes of unknown fields, tags included. */
export function unknownSize(unknown: unknown): number {
  if (!Array.isArray(unknown)) return 0;
  let size = 0;
  for (const field of unknown as ({ data?: unknown } | null | undefined)[]) {
    const data = field?.data;
    size += lengthSizeMax + (data instanceof Uint8Array ? data.length : 0);
  }
  return size;
}
