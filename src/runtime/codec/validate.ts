import { malformed } from "./failures.ts";
import { type FieldPlan, type MessagePlan, type ValueType, valueTypes } from "./plan.ts";
import { findInvalidUtf8 } from "./text-reader.ts";
import { cursor, nestingMax, readTag, readVarint, wireType } from "./wire.ts";

/** What the validator knows of a message type. */
export interface Rules {
  readonly plan: MessagePlan;
  readonly fields: ReadonlyMap<number, FieldPlan>;
  /** Rules of the nested types, in the order of `plan.nested`. */
  readonly nested: readonly { readonly rules: Rules }[];
}

/** A walk through a record that says what is wrong with it. */
interface Walk {
  readonly bytes: Uint8Array;
  /** Where the record starts: errors count from here. */
  readonly origin: number;
  /** Whether to look into strings, lists and nested messages. */
  readonly deep: boolean;
}

/**
 * Throws MALFORMED_MESSAGE unless `bytes[start, end)` is a message, saying where and what. `depth`
 * is how deep the message is nested, 1 if it is the outermost. A walk that is not deep does what
 * attaching a view does.
 */
export function validate(
  rules: Rules,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  deep: boolean,
): void {
  checkMessage({ bytes, origin: start, deep }, rules, start, end, depth);
}

function checkMessage(walk: Walk, rules: Rules, start: number, end: number, depth: number): void {
  const { plan } = rules;
  if (depth > nestingMax) fail(walk, plan, undefined, start, `nested deeper than ${nestingMax}`);
  let position = start;
  while (position < end) {
    const tagAt = position;
    const tag = takeTag(walk, plan, position, end);
    position = cursor.position;
    const field = rules.fields.get(tag >>> 3);
    if (field === undefined) {
      position = skip(walk, plan, tag, tagAt, position, end, nestingMax - depth);
      continue;
    }
    const wire = tag & 7;
    if (!field.wireTypes.includes(wire)) {
      const wanted = field.wireTypes.map((type) => wireNames[type]).join(" or ");
      fail(walk, plan, field, tagAt, `its wire type is ${wireNames[wire]}, not ${wanted}`);
    }
    position = takeValue(walk, plan, field, wire, position, end);
    if (walk.deep && wire === wireType.len) {
      checkContent(walk, rules, field, position - cursor.low, position, depth);
    }
  }
}

const wireNames = ["VARINT", "I64", "LEN", "START_GROUP", "END_GROUP", "I32", "6", "7"];

function fail(
  walk: Walk,
  plan: MessagePlan,
  field: FieldPlan | undefined,
  position: number,
  what: string,
): never {
  throw malformed(plan, field, position - walk.origin, what);
}

function takeTag(walk: Walk, plan: MessagePlan, position: number, end: number): number {
  let tag = 0;
  try {
    tag = readTag(walk.bytes, position, end);
  } catch {
    fail(walk, plan, undefined, position, "the tag is cut short or takes more than 32 bits");
  }
  if (tag >>> 3 === 0) fail(walk, plan, undefined, position, "there is no field number 0");
  return tag;
}

/**
 * Takes one value and returns the offset after it. If it has a length, that is left in
 * `cursor.low`.
 */
function takeValue(
  walk: Walk,
  plan: MessagePlan,
  field: FieldPlan | undefined,
  wire: number,
  position: number,
  end: number,
): number {
  let after = position;
  switch (wire) {
    case wireType.varint:
      return takeVarint(walk, plan, field, position, end);
    case wireType.len: {
      after = takeVarint(walk, plan, field, position, end);
      const { low, high } = cursor;
      const left = end - after;
      if (high !== 0 || low < 0 || low > left) {
        const length = (high >>> 0) * 2 ** 32 + (low >>> 0);
        fail(
          walk,
          plan,
          field,
          position,
          `its length is ${length}, but only ${left} bytes are left`,
        );
      }
      return after + low;
    }
    default: {
      const size = wire === wireType.i64 ? 8 : 4;
      if (end - position < size) {
        fail(
          walk,
          plan,
          field,
          position,
          `it takes ${size} bytes, but only ${end - position} are left`,
        );
      }
      return position + size;
    }
  }
}

function takeVarint(
  walk: Walk,
  plan: MessagePlan,
  field: FieldPlan | undefined,
  position: number,
  end: number,
): number {
  try {
    readVarint(walk.bytes, position, end);
  } catch {
    const what =
      end - position < 10 ? "the varint is cut short" : "the varint takes more than 10 bytes";
    fail(walk, plan, field, position, what);
  }
  return cursor.position;
}

/** Skips the value of a field that is not known, whose tag is at `tagAt`. */
function skip(
  walk: Walk,
  plan: MessagePlan,
  tag: number,
  tagAt: number,
  position: number,
  end: number,
  groupsMax: number,
): number {
  const wire = tag & 7;
  if (wire === wireType.startGroup) {
    return skipGroup(walk, plan, tag >>> 3, tagAt, position, end, groupsMax);
  }
  if (wire === wireType.endGroup)
    fail(walk, plan, undefined, tagAt, "a group ends that never began");
  if (wire > wireType.i32) fail(walk, plan, undefined, tagAt, `there is no wire type ${wire}`);
  return takeValue(walk, plan, undefined, wire, position, end);
}

function skipGroup(
  walk: Walk,
  plan: MessagePlan,
  number: number,
  tagAt: number,
  start: number,
  end: number,
  groupsMax: number,
): number {
  if (groupsMax <= 0) fail(walk, plan, undefined, tagAt, `nested deeper than ${nestingMax}`);
  let position = start;
  for (;;) {
    const innerAt = position;
    const tag = takeTag(walk, plan, position, end);
    position = cursor.position;
    if ((tag & 7) === wireType.endGroup) {
      if (tag >>> 3 === number) return position;
      fail(walk, plan, undefined, innerAt, `group ${number} ends as group ${tag >>> 3}`);
    }
    position = skip(walk, plan, tag, innerAt, position, end, groupsMax - 1);
  }
}

/** Looks into what has a length. */
function checkContent(
  walk: Walk,
  rules: Rules,
  field: FieldPlan,
  start: number,
  end: number,
  depth: number,
): void {
  if (field.shape === "map") {
    checkEntry(walk, rules, field, start, end, depth);
  } else if (field.type === "string") {
    checkText(walk, rules.plan, field, start, end);
  } else if (field.type === "message") {
    checkMessage(walk, nestedRules(rules, field), start, end, depth + 1);
  } else if (field.wireTypes.length > 1) {
    const { wire } = valueTypes[field.type];
    let position = start;
    while (position < end) position = takeValue(walk, rules.plan, field, wire, position, end);
  }
}

function nestedRules(rules: Rules, field: FieldPlan): Rules {
  return (rules.nested[field.nested] as { rules: Rules }).rules;
}

function checkText(
  walk: Walk,
  plan: MessagePlan,
  field: FieldPlan,
  start: number,
  end: number,
): void {
  const invalid = findInvalidUtf8(walk.bytes, start, end);
  if (invalid !== -1) fail(walk, plan, field, invalid, "this is not UTF-8");
}

/** A map's entry is a message of a key, number 1, and a value, number 2. */
function checkEntry(
  walk: Walk,
  rules: Rules,
  field: FieldPlan,
  start: number,
  end: number,
  depth: number,
): void {
  const { plan } = rules;
  let position = start;
  while (position < end) {
    const tagAt = position;
    const tag = takeTag(walk, plan, position, end);
    position = cursor.position;
    const number = tag >>> 3;
    if (number > 2) {
      position = skip(walk, plan, tag, tagAt, position, end, nestingMax - depth);
      continue;
    }
    const type: ValueType = number === 1 ? field.keyType : field.type;
    const { wire } = valueTypes[type];
    if ((tag & 7) !== wire) {
      const what = number === 1 ? "key" : "value";
      const found = `${wireNames[tag & 7]}, not ${wireNames[wire]}`;
      fail(walk, plan, field, tagAt, `the wire type of an entry's ${what} is ${found}`);
    }
    position = takeValue(walk, plan, field, wire, position, end);
    const first = position - cursor.low;
    if (type === "string") checkText(walk, plan, field, first, position);
    if (type === "message") {
      checkMessage(walk, nestedRules(rules, field), first, position, depth + 1);
    }
  }
}

/** Rules without their nested ones, which may not exist yet. */
export function rulesOf(plan: MessagePlan, nested: readonly { rules: Rules }[]): Rules {
  return { plan, fields: new Map(plan.fields.map((field) => [field.number, field])), nested };
}
