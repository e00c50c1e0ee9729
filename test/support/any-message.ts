import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";

type Value = unknown;

const nestingMax = 3;
const listMax = 3;
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("", "north-marsh", "a.b:c_d-0", "é", "😀"),
);
/** JSON knows no negative zero. */
const positiveZero = (value: number) => value + 0;
const double = fc
  .oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 0.1, -1, 1e300, 5e-324))
  .map(positiveZero);
const float = fc
  .oneof(fc.float({ noNaN: true }), fc.constantFrom(0, Math.fround(0.1), -1))
  .map(positiveZero);
const scalars: Record<ScalarType, fc.Arbitrary<Value>> = {
  [ScalarType.DOUBLE]: double,
  [ScalarType.FLOAT]: float,
  [ScalarType.INT64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.SINT64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.SFIXED64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.UINT64]: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  [ScalarType.FIXED64]: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  [ScalarType.INT32]: fc.integer(),
  [ScalarType.SINT32]: fc.integer(),
  [ScalarType.SFIXED32]: fc.integer(),
  [ScalarType.UINT32]: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  [ScalarType.FIXED32]: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: fc.uint8Array({ maxLength: 40 }),
};

/** Messages of any type, as `create` takes them: some fields left out, others with values of all sizes. */
export function anyMessage(desc: DescMessage, depth = 0): fc.Arbitrary<Record<string, Value>> {
  const alone = desc.fields.filter(({ oneof }) => oneof === undefined);
  const fields = Object.fromEntries(
    alone.map((field) => [field.localName, anyField(field, depth)]),
  );
  const groups = Object.fromEntries(
    desc.oneofs.map((oneof) => {
      const cases = oneof.fields.map((field) =>
        anyField(field, depth).map((value) => ({ case: field.localName, value })),
      );
      return [oneof.localName, fc.oneof(...cases)];
    }),
  );
  return fc.record({ ...fields, ...groups }, { requiredKeys: [] }).map(withoutNothing);
}

function anyField(field: DescField, depth: number): fc.Arbitrary<Value> {
  switch (field.fieldKind) {
    case "scalar":
      return scalars[field.scalar];
    case "enum":
      return fc.constantFrom(...field.enum.values.map(({ number }) => number));
    case "message":
      return depth >= nestingMax ? fc.constant(undefined) : anyMessage(field.message, depth + 1);
    case "list":
      return fc.array(anyItem(field, depth), { maxLength: listMax });
    case "map":
      throw new Error(`${field}: the schema has no maps, whose order differs between runs`);
  }
}

function anyItem(field: DescField & { fieldKind: "list" }, depth: number): fc.Arbitrary<Value> {
  if (field.listKind === "scalar") return scalars[field.scalar];
  if (field.listKind === "enum") {
    return fc.constantFrom(...field.enum.values.map(({ number }) => number));
  }
  return depth >= nestingMax ? fc.constant({}) : anyMessage(field.message, depth + 1);
}

function withoutNothing(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
