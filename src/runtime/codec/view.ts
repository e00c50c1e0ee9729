import { knownSource, readLengthSource, readTagSource } from "./decoder.ts";
import { type FieldPlan, type MessagePlan, type OneofPlan, valueTypes } from "./plan.ts";
import {
  collectorSource,
  getterSource,
  isNested,
  oneofGetterSource,
  openSource,
} from "./view-getters.ts";
import { nestingMax, wireType } from "./wire.ts";

/**
 * Source of `class View`. Attaching notes where each field's value is; a property reads it from
 * there. What is noted sits in private slots, so that no field can have the name of one. Of the
 * field with number N:
 *
 *     #oN  offset of the value; of the tag of the first field of a list or map
 *     #eN  end of the value, if it has a length; of the last field of a list or map. 0: absent
 *     #dN  1 if a nested message came in more than one piece, which are to be merged
 *     #vN  what was read and is kept: a string, list, map or copy of bytes. undefined: not read yet
 *     #mN  the view of the nested message, kept from one record to the next
 *     #aN  whether that view is attached
 *
 * The members of a oneof share #o, #e, #d and #v, under the number of the first one, and have #cN,
 * the number of the member that came last, 0 for none.
 *
 * The properties are the view's own and enumerable, so that spreading, printing and comparing a
 * view, and @bufbuild/protobuf, see what they would see in a message.
 */
export function viewSource(plan: MessagePlan): string {
  const slots = plan.members.map(({ field, oneof }) =>
    field ? fieldSlots(field) : oneofSlots(oneof),
  );
  const scanned = slots.flatMap((slot) => slot.scanned);
  const kept = slots.flatMap((slot) => slot.kept);
  const messages = plan.fields.filter(isNested);
  return `
class View {
  #b = null; #d = null; #start = 0; #end = 0; #depth;
  #opened = false; #hasUnknown = false; #unknown = undefined;
  ${scanned.map((slot) => `#${slot} = 0;`).join(" ")}
  ${kept.map((slot) => `#${slot} = undefined;`).join(" ")}
  ${messages.map(({ number }) => `#m${number} = undefined; #a${number} = false;`).join(" ")}
  static accessors = {${accessorsSource(plan)}
  };
  constructor(depth) {
    this.#depth = depth;
    Object.defineProperties(this, View.accessors);
  }
  [attach](b, start, end) {
    this.#b = null;
    if (this.#opened) this.#close();
    if (start < 0 || end < start || end > b.length) outside(b, start, end);
    let hasUnknown = false;
    ${scanned.map((slot) => `let ${slot} = 0;`).join(" ")}
    try {${scanSource(plan)}
    } catch (error) {
      explain(error, b, start, end, this.#depth, false);
    }
    ${scanned.map((slot) => `this.#${slot} = ${slot};`).join(" ")}
    ${kept.map((slot) => `this.#${slot} = undefined;`).join(" ")}
    this.#hasUnknown = hasUnknown;
    this.#unknown = undefined;
    this.#start = start;
    this.#end = end;
    this.#d = dataViewOf(b);
    this.#b = b;
    return this;
  }
  [detach]() {
    this.#b = null;
    if (this.#opened) this.#close();
  }
  #close() {
    this.#opened = false;${messages.map(closeSource).join("")}
  }
  toObject() {
    const b = this.#b;
    if (b === null) stale();
    return decodeAt(b, this.#start, this.#end, this.#depth);
  }${messages.map((field) => openSource(field, plan)).join("")}
}
${plan.fields
  .filter((field) => field.shape !== "singular")
  .map(collectorSource)
  .join("")}`;
}

interface Slots {
  /** Filled by every scan; also the names of the scan's locals. */
  readonly scanned: readonly string[];
  /** Emptied by every scan. */
  readonly kept: readonly string[];
}

function fieldSlots(field: FieldPlan): Slots {
  const { number } = field;
  const place = [`o${number}`, `e${number}`];
  if (isNested(field)) return { scanned: [...place, `d${number}`], kept: [] };
  if (field.shape === "singular" && valueTypes[field.type].wire !== wireType.len) {
    return { scanned: [`o${number}`], kept: [] };
  }
  return { scanned: place, kept: [`v${number}`] };
}

function oneofSlots({ slot }: OneofPlan): Slots {
  return { scanned: [`c${slot}`, `o${slot}`, `e${slot}`, `d${slot}`], kept: [`v${slot}`] };
}

function closeSource({ number }: FieldPlan): string {
  return `
    if (this.#a${number}) { this.#a${number} = false; this.#m${number}[detach](); }`;
}

function accessorsSource(plan: MessagePlan): string {
  const accessors = plan.members.map(({ field, oneof }) =>
    field
      ? accessorSource(field.name, getterSource(field))
      : accessorSource(oneof.name, oneofGetterSource(oneof)),
  );
  const unknown = `if (!this.#hasUnknown) return undefined;
      return this.#unknown ??= collectUnknown(b, this.#start, this.#end, this.#depth);`;
  return `
    $typeName: { enumerable: true, value: ${JSON.stringify(plan.typeName)} },
    ${accessors.join("")}${accessorSource("$unknown", unknown)}`;
}

function accessorSource(name: string, body: string): string {
  return `
    ${JSON.stringify(name)}: { enumerable: ${name !== "$unknown"}, get() {
      const b = this.#b;
      if (b === null) stale();
      ${body}
    } },`;
}

/**
 * The one pass over a record: notes where things are, in locals, and throws unless the structure is
 * sound.
 */
function scanSource(plan: MessagePlan): string {
  return `
      let p = start, n = 0, e = 0, tag = 0;
      if (this.#depth > ${nestingMax}) broken();${inOrderSource(plan)}
      while (p < end) {
        const first = p;
        ${readTagSource}
        switch (tag) {${plan.fields.map((field) => scanCasesSource(field, plan)).join("")}
          default:
            ${knownSource(plan)}
            p = skipValue(b, p, end, tag, ${nestingMax} - this.#depth);
            hasUnknown = true;
        }
      }
      if (p !== end) broken();`;
}

/** Tags below this take one byte. */
const shortTags = 128;

/**
 * Encoders write fields by number, each once or not at all: this goes through a record of that kind
 * without a branch that is hard to predict. Whatever is left is for the loop that follows.
 */
function inOrderSource(plan: MessagePlan): string {
  const steps = plan.fields.flatMap((field) => {
    const { wire } = valueTypes[field.type];
    const tag = field.number * 8 + wire;
    if (tag >= shortTags || field.shape !== "singular" || field.oneof !== undefined) return [];
    return [`if (p < end && b[p] === ${tag}) { p++; ${noteSource(field, wire)} }`];
  });
  return steps
    .map(
      (step) => `
      ${step}`,
    )
    .join("");
}

function scanCasesSource(field: FieldPlan, plan: MessagePlan): string {
  const cases = field.wireTypes.map((wire) => {
    const note =
      field.oneof === undefined ? noteSource(field, wire) : noteMemberSource(field, plan);
    return `
          case ${field.number * 8 + wire}: ${note} break;`;
  });
  return cases.join("");
}

function noteSource(field: FieldPlan, wire: number): string {
  const { number } = field;
  if (field.shape !== "singular") {
    return `if (e${number} === 0) o${number} = first; ${skipSource(wire)} e${number} = p;`;
  }
  if (wire !== wireType.len) return `o${number} = p; ${skipSource(wire)}`;
  const again = isNested(field) ? `if (e${number} !== 0) d${number} = 1; ` : "";
  return `${again}${readLengthSource} o${number} = p; e${number} = p = e;`;
}

function noteMemberSource(field: FieldPlan, plan: MessagePlan): string {
  const { slot } = oneofOf(field, plan);
  const { number, type } = field;
  const { wire } = valueTypes[type];
  if (wire !== wireType.len) return `c${slot} = ${number}; o${slot} = p; ${skipSource(wire)}`;
  const again = type === "message" ? `d${slot} = c${slot} === ${number} ? 1 : 0; ` : "";
  return `${again}c${slot} = ${number}; ${readLengthSource} o${slot} = p; e${slot} = p = e;`;
}

function oneofOf(field: FieldPlan, plan: MessagePlan): OneofPlan {
  const member = plan.members.find(({ oneof }) => oneof?.name === field.oneof);
  return member?.oneof as OneofPlan;
}

/** Moves `p` behind a value. Going beyond the end is found out after the last field. */
function skipSource(wire: number): string {
  switch (wire) {
    case wireType.varint:
      return "if (b[p] < 128) p++; else p = skipVarint(b, p, end);";
    case wireType.i64:
      return "p += 8;";
    case wireType.i32:
      return "p += 4;";
    default:
      return `${readLengthSource} p = e;`;
  }
}
