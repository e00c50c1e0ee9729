import { type FieldPlan, type MessagePlan, type ValueType, valueTypes } from "./plan.ts";
import { nestingMax, wireType } from "./wire.ts";

/**
 * Source of `create()`, an empty message, and of `read(m, b, p, end, depth)`, which merges the
 * record `b[p, end)` into message `m`. Locals: d the same bytes as a DataView, x a value, n a
 * length, e an end. Bytes after `end` may be looked at but whoever reads past it ends beyond it,
 * which is found out.
 */
export function decoderSource(plan: MessagePlan): string {
  return `
function create() {
  return ${emptySource(plan)};
}
function read(m, b, p, end, depth) {
  if (depth > ${nestingMax}) broken();
  const d = dataViewOf(b);
  let x, n, e, tag;
  while (p < end) {
    const first = p;
    ${readTagSource}
    switch (tag) {${plan.fields.map(caseSource).join("")}
      default:
        ${knownSource(plan)}
        p = skipValue(b, p, end, tag, ${nestingMax} - depth);
        keepUnknown(m, b, first, p, tag);
    }
  }
  if (p !== end) broken();
  return m;
}
${plan.fields
  .filter((field) => field.shape === "map")
  .map(entrySource)
  .join("")}`;
}

/** Source that puts the tag at `p` into `tag` and moves `p` behind it. */
export const readTagSource =
  "if ((tag = b[p]) < 128) p++; else { tag = readTag(b, p, end); p = cursor.position; }";

/**
 * Source that puts the length at `p` into `n`, moves `p` behind it, and puts the end of what
 * follows into `e`.
 */
export const readLengthSource = `if ((n = b[p]) < 128) p++;
        else { n = readLength(b, p, end); p = cursor.position; }
        if ((e = p + n) > end) broken();`;

/** A statement that throws if `tag` is one of a known field, but with another wire type. */
export function knownSource(plan: MessagePlan): string {
  if (plan.fields.length === 0) return "";
  const cases = plan.fields.map((field) => `case ${field.number}:`).join(" ");
  return `switch (tag >>> 3) { ${cases} broken(); }`;
}

/** Fields that are absent from an empty message are not properties of it. */
function emptySource(plan: MessagePlan): string {
  const properties = plan.members.flatMap(({ field, oneof }) => {
    if (field === undefined) return [`${JSON.stringify(oneof.name)}: { case: undefined }`];
    const name = JSON.stringify(field.name);
    if (field.shape === "list") return [`${name}: []`];
    if (field.shape === "map") return [`${name}: {}`];
    return field.explicit ? [] : [`${name}: ${valueTypes[field.type].zero}`];
  });
  return `{ ${[`$typeName: ${JSON.stringify(plan.typeName)}`, ...properties].join(", ")} }`;
}

function tagOf(field: FieldPlan, wire: number): number {
  return field.number * 8 + wire;
}

/**
 * The cases of the field's tags in a switch over tags, which add the value at `p` to the message
 * `m`.
 */
export function caseSource(field: FieldPlan): string {
  const name = `m[${JSON.stringify(field.name)}]`;
  if (field.shape === "map") {
    return `
      case ${tagOf(field, wireType.len)}:
        ${readLengthSource}
        readEntry${field.number}(${name}, b, p, e, depth);
        p = e;
        break;`;
  }
  const { wire } = valueTypes[field.type];
  const store = field.shape === "list" ? `${name}.push(x);` : storeSource(field, name);
  const single = `
      case ${tagOf(field, wire)}: {
        ${readSource(field, mergeTarget(field, name))}
        ${store}
        break;
      }`;
  if (field.wireTypes.length === 1) return single;
  return `${single}
      case ${tagOf(field, wireType.len)}: {
        ${readLengthSource}
        const list = ${name};
        ${packedSource(field)}
        break;
      }`;
}

function storeSource(field: FieldPlan, name: string): string {
  if (field.oneof === undefined) return `${name} = x;`;
  const oneof = `m[${JSON.stringify(field.oneof)}]`;
  return `${oneof} = { case: ${JSON.stringify(field.name)}, value: x };`;
}

/** The message into which another occurrence of a message field is merged, as an expression. */
function mergeTarget(field: FieldPlan, name: string): string {
  if (field.shape === "list") return "undefined";
  if (field.oneof === undefined) return name;
  const oneof = `m[${JSON.stringify(field.oneof)}]`;
  return `${oneof}.case === ${JSON.stringify(field.name)} ? ${oneof}.value : undefined`;
}

function packedSource(field: FieldPlan): string {
  return `{
          const end = e;
          while (p < end) { ${readSource(field, "undefined")} list.push(x); }
          if (p !== end) broken();
        }`;
}

/**
 * Source of `readEntryN`, which adds one entry of a map. The last key and value win; values of
 * messages merge.
 */
function entrySource(field: FieldPlan): string {
  const key = { ...field, type: field.keyType };
  const zero =
    field.type === "message" ? `nested${field.nested}.create()` : valueTypes[field.type].zero;
  return `
function readEntry${field.number}(map, b, p, end, depth) {
  const d = dataViewOf(b);
  let key = ${valueTypes[field.keyType].zero}, value, x, n, e, tag;
  while (p < end) {
    ${readTagSource}
    switch (tag) {
      case ${8 + valueTypes[field.keyType].wire}: {
        ${readSource(key, "undefined")}
        key = x;
        break;
      }
      case ${16 + valueTypes[field.type].wire}: {
        ${readSource(field, "value")}
        value = x;
        break;
      }
      default:
        switch (tag >>> 3) { case 1: case 2: broken(); }
        p = skipValue(b, p, end, tag, ${nestingMax} - depth);
    }
  }
  if (p !== end) broken();
  setEntry(map, key, value === undefined ? ${zero} : value);
}`;
}

/** Source that puts the value at `p` into `x` and moves `p` behind it. `target` is for messages. */
function readSource(field: FieldPlan, target: string): string {
  if (field.type !== "message") return readScalarSource(field.type);
  const nested = `nested${field.nested}`;
  const merging = target === "undefined" ? "" : `if ((x = ${target}) === undefined) `;
  return `${readLengthSource}
        ${merging}x = ${nested}.create();
        ${nested}.read(x, b, p, e, depth + 1);
        p = e;`;
}

/** Expressions for a varint of one byte, in `x`, and of more, in the cursor. */
export const varintForms: Partial<Record<ValueType, readonly [short: string, long: string]>> = {
  int32: ["x", "cursor.low"],
  enum: ["x", "cursor.low"],
  uint32: ["x", "cursor.low >>> 0"],
  sint32: ["(x >>> 1) ^ -(x & 1)", "(cursor.low >>> 1) ^ -(cursor.low & 1)"],
  int64: ["BigInt(x)", "cursorToInt64()"],
  uint64: ["BigInt(x)", "cursorToUint64()"],
  sint64: ["BigInt((x >>> 1) ^ -(x & 1))", "cursorToSint64()"],
  bool: ["x !== 0", "(cursor.low | cursor.high) !== 0"],
};

/** Expressions for a value of fixed size at `p`. */
export const fixedForms: Partial<Record<ValueType, string>> = {
  float: "d.getFloat32(p, true)",
  fixed32: "d.getUint32(p, true)",
  sfixed32: "d.getInt32(p, true)",
  double: "d.getFloat64(p, true)",
  fixed64: "d.getBigUint64(p, true)",
  sfixed64: "d.getBigInt64(p, true)",
};

function readScalarSource(type: ValueType): string {
  const varint = varintForms[type];
  if (varint !== undefined) {
    const [short, long] = varint;
    return `if ((x = b[p]) < 128) { p++; x = ${short}; }
        else { readVarint(b, p, end); p = cursor.position; x = ${long}; }`;
  }
  const fixed = fixedForms[type];
  if (fixed !== undefined) {
    const { sizeMax } = valueTypes[type];
    return `if (p + ${sizeMax} > end) broken();
        x = ${fixed}; p += ${sizeMax};`;
  }
  const value = type === "string" ? "readString(b, d, p, e)" : "copyBytes(b, p, e)";
  return `${readLengthSource}
        x = ${value};
        p = e;`;
}
