import { caseSource, fixedForms, readTagSource, varintForms } from "./decoder.ts";
import { type FieldPlan, type MessagePlan, type OneofPlan, valueTypes } from "./plan.ts";
import { nestingMax, wireType } from "./wire.ts";

/**
 * Sources of the parts of a view that read values. For the slots (#o, #e and so on) see view.ts.
 */

export function isNested(field: FieldPlan): boolean {
  return field.shape === "singular" && field.type === "message";
}

/** Body of the getter of a field outside of oneofs, with the bytes in `b`. */
export function getterSource(field: FieldPlan): string {
  const { number } = field;
  if (field.shape !== "singular") {
    const empty = field.shape === "list" ? "[]" : "{}";
    return `if (this.#v${number} !== undefined) return this.#v${number};
      if (this.#e${number} === 0) return this.#v${number} = ${empty};
      try {
        const p = this.#o${number}, e = this.#e${number};
        return this.#v${number} = collect${number}(b, p, e, this.#depth);
      } catch (error) {
        explain(error, b, this.#start, this.#end, this.#depth, true);
      }`;
  }
  if (isNested(field)) {
    return `if (this.#e${number} === 0) return undefined;
      return this.#a${number} ? this.#m${number} : this.#open${number}(b);`;
  }
  const zero = field.explicit ? "undefined" : valueTypes[field.type].zero;
  if (valueTypes[field.type].wire !== wireType.len) {
    return `const p = this.#o${number};
      if (p === 0) return ${zero};
      ${readNumberSource(field)}
      return x;`;
  }
  return `if (this.#v${number} !== undefined) return this.#v${number};
      const e = this.#e${number};
      if (e === 0) return ${zero};
      ${readDelimitedSource(field, `this.#o${number}`)}
      return this.#v${number} = x;`;
}

/** Puts the number at `p` into a new `x`. */
function readNumberSource({ type }: FieldPlan): string {
  const varint = varintForms[type];
  if (varint !== undefined) {
    const [short, long] = varint;
    return `let x = b[p];
      if (x < 128) x = ${short};
      else { readVarint(b, p, this.#end); x = ${long}; }`;
  }
  return `const d = this.#d, x = ${fixedForms[type]};`;
}

/** Puts the string, or a copy of the bytes, between `start` and `e` into a new `x`. */
function readDelimitedSource({ type }: FieldPlan, start: string): string {
  if (type === "bytes") return `const x = copyBytes(b, ${start}, e);`;
  return `let x;
      try {
        x = readString(b, this.#d, ${start}, e);
      } catch (error) {
        explain(error, b, this.#start, this.#end, this.#depth, true);
      }`;
}

/** Body of the getter of a oneof. */
export function oneofGetterSource({ slot, fields }: OneofPlan): string {
  const cases = fields.map((field) => {
    const { number, name } = field;
    return `
        case ${number}: {
          ${memberSource(field, slot)}
          return this.#v${slot} = { case: ${JSON.stringify(name)}, value: x };
        }`;
  });
  return `if (this.#v${slot} !== undefined) return this.#v${slot};
      const p = this.#o${slot}, e = this.#e${slot};
      switch (this.#c${slot}) {${cases.join("")}
        default: return NO_CASE;
      }`;
}

function memberSource(field: FieldPlan, slot: number): string {
  if (field.type === "message") return `const x = this.#open${field.number}(b);`;
  if (valueTypes[field.type].wire !== wireType.len) return readNumberSource(field);
  return readDelimitedSource(field, `this.#o${slot}`);
}

/** Method that attaches the view of a nested message. */
export function openSource(field: FieldPlan, plan: MessagePlan): string {
  const { number } = field;
  const siblings = plan.members.find(({ oneof }) => oneof?.name === field.oneof)?.oneof;
  const slot = siblings === undefined ? number : siblings.slot;
  const others = (siblings?.fields ?? []).filter((other) => other !== field);
  return `
  #open${number}(b) {
    const view = this.#m${number} ??= nested${field.nested}.createView(this.#depth + 1);
    if (this.#d${slot} === 0) {
      view[attach](b, this.#o${slot}, this.#e${slot});
    } else {
      const others = [${others.map((other) => other.number).join(", ")}];
      const merged = mergePieces(b, this.#start, this.#end, ${number}, others);
      view[attach](merged, 0, merged.length);
    }
    this.#a${number} = true;
    this.#opened = true;
    return view;
  }`;
}

/**
 * Source of `collectN`, which reads the list or map of field N, all of whose fields lie in `b[p,
 * end)`.
 */
export function collectorSource(field: FieldPlan): string {
  const name = JSON.stringify(field.name);
  return `
function collect${field.number}(b, p, end, depth) {
  const m = { ${name}: ${field.shape === "list" ? "[]" : "{}"} };
  const d = dataViewOf(b);
  let x, n, e, tag;
  while (p < end) {
    ${readTagSource}
    switch (tag) {${caseSource(field)}
      default:
        p = skipValue(b, p, end, tag, ${nestingMax});
    }
  }
  return m[${name}];
}`;
}
