import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { decoderSource } from "./decoder.ts";
import { encoderSource } from "./encoder.ts";
import * as failures from "./failures.ts";
import { library, outside } from "./library.ts";
import { type FieldPlan, type MessagePlan, planOf } from "./plan.ts";
import { collectUnknown, withoutUnknown, writeUnknown } from "./records.ts";
import { sizeSource } from "./size.ts";
import type { AttachableView, Codec } from "./types.ts";
import { type Rules, rulesOf, validate } from "./validate.ts";
import { viewSource } from "./view.ts";
import { BROKEN, copyBytes, nestingMax } from "./wire.ts";

/** What the generated code of one message type offers that of others. */
interface Compiled {
  sizeBound(value: unknown, depth?: number): number;
  encode(value: unknown, bytes: Uint8Array, offset: number, depth?: number): number;
  create(): object;
  read(message: object, bytes: Uint8Array, start: number, end: number, depth: number): object;
  createView(depth: number): AttachableView<DescMessage>;
  rules: Rules;
  codec: Codec;
}

/** Codecs by descriptor. */
const codecs = new WeakMap<DescMessage, Codec>();
const compiledTypes = new WeakMap<DescMessage, Compiled>();

/**
 * The codec of a message type. The first call for a type compiles it, and those it nests. Throws
 * INVALID_DEFINITION for what the codec does not support.
 */
export function codecOf<Desc extends DescMessage>(desc: Desc): Codec<Desc> {
  return (codecs.get(desc) ?? compile(desc)) as unknown as Codec<Desc>;
}

/** Types that are known to be supported. */
const checkedTypes = new WeakSet<DescMessage>();

/**
 * Whether there can be a codec of a type and what it nests, without compiling it. Throws
 * INVALID_DEFINITION for what the codec does not support.
 */
export function checkCodec(desc: DescMessage): void {
  if (checkedTypes.has(desc)) return;
  const { nested } = planOf(desc);
  checkedTypes.add(desc);
  for (const type of nested) checkCodec(type);
}

/**
 * Compiles a type and what it nests, all or nothing: a recursive type finds itself among the
 * unfinished ones.
 */
function compile(desc: DescMessage): Codec {
  const unfinished = new Map<DescMessage, Compiled>();
  const { codec } = compileType(desc, unfinished);
  for (const [type, compiled] of unfinished) {
    compiledTypes.set(type, compiled);
    codecs.set(type, compiled.codec);
  }
  return codec;
}

function compileType(desc: DescMessage, unfinished: Map<DescMessage, Compiled>): Compiled {
  const known = compiledTypes.get(desc) ?? unfinished.get(desc);
  if (known !== undefined) return known;
  const plan = planOf(desc);
  const compiled = {} as Compiled;
  unfinished.set(desc, compiled);
  const nested = plan.nested.map((type) => compileType(type, unfinished));
  compiled.rules = rulesOf(plan, nested);
  Object.assign(compiled, evaluate(plan, compiled, nested));
  compiled.codec = makeCodec(plan, compiled);
  return compiled;
}

/**
 * Runs the sources. They contain nothing of the descriptor but numbers and names, the latter as
 * JSON strings.
 */
function evaluate(plan: MessagePlan, compiled: Compiled, nested: readonly Compiled[]): object {
  const scope: Record<string, unknown> = { ...library, ...helpersOf(plan, compiled) };
  nested.forEach((type, index) => {
    scope[`nested${index}`] = type;
  });
  const source = `"use strict";
const { ${Object.keys(scope).join(", ")} } = scope;
${sizeSource(plan)}
${encoderSource(plan)}
${decoderSource(plan)}
${viewSource(plan)}
return { sizeBound, encode, create, read, createView: (depth) => new View(depth) };`;
  return new Function("scope", source)(scope) as object;
}

/** What else it uses, bound to its message type. */
function helpersOf(plan: MessagePlan, compiled: Compiled): Record<string, unknown> {
  const field = (index: number) => plan.fields[index] as FieldPlan;
  return {
    plan,
    refuse: (index: number, value: unknown, place?: number | string) =>
      failures.refuseValue(plan, field(index), value, place),
    refuseKey: (index: number, key: string) => failures.refuseKey(plan, field(index), key),
    refuseMessage: failures.refuseMessage,
    refuseNesting: failures.refuseNesting,
    stale: () => failures.refuseStaleView(plan),
    writeUnknown(bytes: Uint8Array, position: number, unknown: unknown) {
      const end = writeUnknown(bytes, position, unknown);
      return end === -1 ? failures.refuseUnknown(plan, unknown) : end;
    },
    collectUnknown: (bytes: Uint8Array, start: number, end: number, depth: number) =>
      collectUnknown(compiled.rules.fields, bytes, start, end, nestingMax - depth),
    explain: (...rest: Parameters<typeof explain> extends [Rules, ...infer R] ? R : never) =>
      explain(compiled.rules, ...rest),
    decodeAt: (bytes: Uint8Array, start: number, end: number, depth: number) =>
      decodeAt(compiled, bytes, start, end, depth),
  };
}

/**
 * Turns BROKEN, thrown while reading `bytes[start, end)`, into an error that says what is wrong.
 */
function explain(
  rules: Rules,
  error: unknown,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  deep: boolean,
): never {
  if (error !== BROKEN) throw error;
  validate(rules, bytes, start, end, depth, deep);
  throw failures.malformed(rules.plan, undefined, 0, "the record cannot be read");
}

function decodeAt(
  compiled: Compiled,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
): object {
  if (start < 0 || end < start || end > bytes.length) outside(bytes, start, end);
  try {
    return compiled.read(compiled.create(), bytes, start, end, depth);
  } catch (error) {
    return explain(compiled.rules, error, bytes, start, end, depth, true);
  }
}

/**
 * Where messages are encoded whose size is not known yet: one of this many bytes is kept, larger
 * ones are not. Nobody shares it; it is of shared memory to be of the same kind as what records are
 * read from.
 */
const workspaceSize = 65_536;
const workspace = new Uint8Array(new SharedArrayBuffer(workspaceSize));

function makeCodec(plan: MessagePlan, compiled: Compiled): Codec {
  const { sizeBound, encode, rules } = compiled;
  const room = (size: number) => (size <= workspaceSize ? workspace : new Uint8Array(size));
  return {
    desc: plan.desc,
    sizeBound: sizeBound as Codec["sizeBound"],
    encode: encode as Codec["encode"],
    toBytes(value) {
      const bytes = room(sizeBound(value));
      return copyBytes(bytes, 0, encode(value, bytes, 0));
    },
    decode: (bytes, start = 0, end = bytes.length) =>
      decodeAt(compiled, bytes, start, end, 1) as MessageShape<DescMessage>,
    decodeKnown: (bytes) =>
      withoutUnknown(
        () => decodeAt(compiled, bytes, 0, bytes.length, 1) as MessageShape<DescMessage>,
      ),
    validate(bytes, start = 0, end = bytes.length) {
      if (start < 0 || end < start || end > bytes.length) outside(bytes, start, end);
      validate(rules, bytes, start, end, 1, true);
    },
    createView: () => compiled.createView(1),
    complete(value: MessageInitShape<DescMessage>) {
      const bytes = room(sizeBound(value));
      const end = encode(value, bytes, 0);
      return decodeAt(compiled, bytes, 0, end, 1) as MessageShape<DescMessage>;
    },
  };
}
