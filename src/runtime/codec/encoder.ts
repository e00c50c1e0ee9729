import { type FieldPlan, type MessagePlan, type ValueType, valueTypes } from "./plan.ts";
import { nestingMax, wireType } from "./wire.ts";

/**
 * Source of `encode(v, b, p, depth)`, which writes message `v` into `b` at `p` and returns the
 * offset after it. Locals: d the same bytes as a DataView, x a field's value, k a place in a list,
 * s where a length goes.
 */
export function encoderSource(plan: MessagePlan): string {
  const oneofs = plan.members.flatMap(({ oneof }, index) =>
    oneof === undefined ? [] : [{ ...oneof, index }],
  );
  const caseOf = new Map(oneofs.map(({ name, index }) => [name, `case${index}`]));
  const reads = oneofs.map(({ name, index }) => {
    const value = `v[${JSON.stringify(name)}]`;
    return `
  const oneof${index} = ${value};
  const case${index} = oneof${index} == null ? undefined : oneof${index}.case;`;
  });
  const fields = plan.fields.map((field, index) => {
    const caseName = field.oneof === undefined ? undefined : caseOf.get(field.oneof);
    return caseName === undefined
      ? fieldSource(field, index)
      : memberSource(field, index, caseName, caseName.replace("case", "oneof"));
  });
  return `
function encode(v, b, p, depth) {
  if (typeof v !== "object" || v === null) refuseMessage(plan, v);
  if (v.$typeName !== undefined && v.$typeName !== ${JSON.stringify(plan.typeName)}) {
    refuseMessage(plan, v);
  }
  if (depth >= ${nestingMax}) refuseNesting(plan);
  const d = dataViewOf(b);
  let x, s;${reads.join("")}
${fields.join("")}
  if (v.$unknown !== undefined) p = writeUnknown(b, p, v.$unknown);
  return p;
}`;
}

/** A value's tag, as stores of its bytes. */
function tagSource(number: number, wire: number): string {
  const bytes = [];
  let rest = number * 8 + wire;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes.map((byte) => `b[p++] = ${byte};`).join(" ");
}

function fieldSource(field: FieldPlan, index: number): string {
  const value = `v[${JSON.stringify(field.name)}]`;
  switch (field.shape) {
    case "list":
      return `
  if ((x = ${value}) != null) {
    if (!Array.isArray(x)) refuse(${index}, x);
    if (x.length !== 0) {${listSource(field, index)}
    }
  }`;
    case "map":
      return `
  if ((x = ${value}) != null) {
    if (typeof x !== "object") refuse(${index}, x);
    for (const key of Object.keys(x)) {${entrySource(field, index)}
    }
  }`;
    default:
      return `
  if ((x = ${value}) != null${field.explicit ? "" : notZero(field.type)}) {
    ${checkSource(field.type, "x", `refuse(${index}, x)`)}
    ${tagSource(field.number, valueTypes[field.type].wire)}
    ${writeSource(field, "x")}
  }`;
  }
}

/** Zero values that have no presence of their own are not written; -0 is not zero. */
function notZero(type: ValueType): string {
  switch (type) {
    case "double":
    case "float":
      return " && (x !== 0 || Object.is(x, -0))";
    case "bytes":
      return " && x.length !== 0";
    case "int64":
    case "uint64":
    case "sint64":
    case "fixed64":
    case "sfixed64":
      return ' && x !== 0n && x !== 0 && x !== "0"';
    default:
      return ` && x !== ${valueTypes[type].zero}`;
  }
}

function memberSource(field: FieldPlan, index: number, caseName: string, oneof: string): string {
  return `
  if (${caseName} === ${JSON.stringify(field.name)}) {
    x = ${oneof}.value;
    ${checkSource(field.type, "x", `refuse(${index}, x)`)}
    ${tagSource(field.number, valueTypes[field.type].wire)}
    ${writeSource(field, "x")}
  }`;
}

function listSource(field: FieldPlan, index: number): string {
  const check = checkSource(field.type, "item", `refuse(${index}, item, k)`);
  const { wire, sizeMin } = valueTypes[field.type];
  if (!field.packed) {
    return `
      for (let k = 0; k < x.length; k++) {
        let item = x[k];
        ${check}
        ${tagSource(field.number, wire)}
        ${writeSource(field, "item")}
      }`;
  }
  return `
      ${tagSource(field.number, wireType.len)}
      const start = p, room = varintSize(x.length * ${sizeMin});
      p += room;
      for (let k = 0; k < x.length; k++) {
        let item = x[k];
        ${check}
        ${writeSource(field, "item")}
      }
      p = closeLength(b, start, room, p);`;
}

function entrySource(field: FieldPlan, index: number): string {
  return `
      let item = x[key];
      ${tagSource(field.number, wireType.len)}
      const start = p++;
      ${keySource(field, index)}
      ${checkSource(field.type, "item", `refuse(${index}, item, key)`)}
      ${tagSource(2, valueTypes[field.type].wire)}
      ${writeSource(field, "item")}
      p = closeLength(b, start, 1, p);`;
}

/** Keys are property names, always strings. */
function keySource(field: FieldPlan, index: number): string {
  const type = field.keyType;
  const tag = tagSource(1, valueTypes[type].wire);
  if (type === "string") return `${tag} p = writeString(b, d, p, key);`;
  const wide = valueTypes[type].zero === "0n";
  const convert = type === "bool" ? "keyToBool" : wide ? "keyToBigInt" : "keyToNumber";
  return `const id = ${convert}(key);
      ${checkSource(type, "id", `refuseKey(${index}, key)`)}
      ${tag} ${writeScalarSource(type, "id")}`;
}

/**
 * A statement that throws unless the variable `x` holds a value of the type. Some leave it in the
 * scratch.
 */
function checkSource(type: ValueType, x: string, refuse: string): string {
  switch (type) {
    case "double":
      return `if (typeof ${x} !== "number") ${refuse};`;
    case "float":
      return `if (typeof ${x} !== "number" || (${overflows(x)})) ${refuse};`;
    case "int32":
    case "sint32":
    case "sfixed32":
    case "enum":
      return `if (typeof ${x} !== "number" || (${x} | 0) !== ${x}) ${refuse};`;
    case "uint32":
    case "fixed32":
      return `if (typeof ${x} !== "number" || (${x} >>> 0) !== ${x}) ${refuse};`;
    case "int64":
    case "sint64":
    case "sfixed64":
      return `if (!loadInt64(${x})) ${refuse};`;
    case "uint64":
    case "fixed64":
      return `if (!loadUint64(${x})) ${refuse};`;
    case "bool":
      return `if (typeof ${x} !== "boolean") ${refuse};`;
    case "string":
      return `if (typeof ${x} !== "string") ${refuse};`;
    case "bytes":
      return `if (!(${x} instanceof Uint8Array)) {
      if (bytesOf(${x}) === undefined) ${refuse};
      ${x} = bytesOf(${x});
    }`;
    case "message":
      return `if (typeof ${x} !== "object" || ${x} === null) ${refuse};`;
  }
}

/** Numbers from here on, and their negatives, would be an infinity in 32 bits. */
const floatLimit = 2 ** 128 - 2 ** 103;

/**
 * Infinities themselves are fine, and so is NaN: subtracted from itself, neither of them gives 0.
 */
function overflows(x: string): string {
  return `!(${x} < ${floatLimit} && ${x} > -${floatLimit}) && ${x} - ${x} === 0`;
}

/** Statements that write the checked variable `x`. */
function writeSource(field: FieldPlan, x: string): string {
  if (field.type !== "message") return writeScalarSource(field.type, x);
  return `s = p; p = nested${field.nested}.encode(${x}, b, p + 1, (depth | 0) + 1);
    if (p - s <= 128) b[s] = p - s - 1; else p = closeLength(b, s, 1, p);`;
}

function writeScalarSource(type: ValueType, x: string): string {
  switch (type) {
    case "double":
      return `d.setFloat64(p, ${x}, true); p += 8;`;
    case "float":
      return `d.setFloat32(p, ${x}, true); p += 4;`;
    case "int32":
    case "enum":
      return `if (${x} >>> 0 < 128) b[p++] = ${x}; else p = writeInt32(b, p, ${x});`;
    case "uint32":
      return `if (${x} < 128) b[p++] = ${x}; else p = writeVarint32(b, p, ${x});`;
    case "sint32":
      return `p = writeVarint32(b, p, ((${x} << 1) ^ (${x} >> 31)) >>> 0);`;
    case "fixed32":
    case "sfixed32":
      return `d.setInt32(p, ${x}, true); p += 4;`;
    case "int64":
    case "uint64":
      return "p = writeLoadedVarint(b, p);";
    case "sint64":
      return "p = writeLoadedZigzag(b, p);";
    case "fixed64":
    case "sfixed64":
      return "d.setBigInt64(p, scratchBigInts[0], true); p += 8;";
    case "bool":
      return `b[p++] = ${x} ? 1 : 0;`;
    case "string":
      return `p = writeString(b, d, p, ${x});`;
    default:
      return `p = writeBytes(b, p, ${x});`;
  }
}
