import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/** A value that is not the same in two worlds: `state.weather.intensity`. Undefined: it is not there. */
export interface FieldDifference {
  readonly path: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What became of an actor between two frames. */
export interface ActorDifference {
  readonly address: string;
  readonly what: "started" | "stopped" | "changed";
  /** Of one that changed. */
  readonly fields: readonly FieldDifference[];
}

/** The actors that are not the same, in the order of their addresses. */
export function actorDifferences(
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
): ActorDifference[] {
  const addresses = [...new Set([...before.keys(), ...after.keys()])].sort();
  return addresses.flatMap((address): ActorDifference[] => {
    const was = before.get(address);
    const is = after.get(address);
    if (was === undefined) return [{ address, what: "started", fields: [] }];
    if (is === undefined) return [{ address, what: "stopped", fields: [] }];
    const fields = fieldDifferences(was, is);
    return fields.length > 0 ? [{ address, what: "changed", fields }] : [];
  });
}

/** The innermost values that are not the same, by their paths. */
export function fieldDifferences(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path = "",
): FieldDifference[] {
  if (Object.is(before, after)) return [];
  if (!isNested(before) || !isNested(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const parts = (value: object) => value as Record<string, JsonValue | undefined>;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const named = path === "" ? name : `${path}.${name}`;
    const inner = Array.isArray(before) ? `${path}[${name}]` : named;
    return fieldDifferences(parts(before)[name], parts(after)[name], inner);
  });
}

function isNested(value: JsonValue | undefined): value is JsonObject | JsonValue[] {
  return typeof value === "object" && value !== null;
}
