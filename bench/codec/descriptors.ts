import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { compile } from "pbf/compile";
import protobufjs from "protobufjs";

/** The name that a field's type has in a .proto file. */
function typeOf(field: DescField): string {
  if (field.fieldKind === "message") return field.message.name;
  if (field.fieldKind === "list" && field.message) return field.message.name;
  if (field.fieldKind !== "enum" && field.fieldKind !== "map" && field.scalar) {
    return ScalarType[field.scalar].toLowerCase();
  }
  throw new Error(`${field} is of a kind that no benchmark has`);
}

/** A message's type, and those in it. */
function typesIn(schema: DescMessage, found = new Set<DescMessage>()): Set<DescMessage> {
  if (found.has(schema)) return found;
  found.add(schema);
  for (const { message } of schema.fields) if (message) typesIn(message, found);
  return found;
}

/** The same types for protobufjs, from what its documentation calls a JSON descriptor. */
export function protobufjsTypeOf(schema: DescMessage): protobufjs.Type {
  const nested = Object.fromEntries(
    [...typesIn(schema)].map(({ name, fields }) => [
      name,
      {
        fields: Object.fromEntries(
          fields.map((field) => [
            field.localName,
            {
              ...(field.fieldKind === "list" && { rule: "repeated" }),
              ...{ type: typeOf(field), id: field.number },
            },
          ]),
        ),
      },
    ]),
  );
  return protobufjs.Root.fromJSON({ nested }).resolveAll().lookupType(schema.name);
}

type Functions = ReturnType<typeof compile>;

/** Reader and writer that pbf generates, from a file's structure as its parser gives it. */
export function pbfFunctionsOf(schema: DescMessage): {
  read: Functions[string];
  write: Functions[string];
} {
  const messages = [...typesIn(schema)].map(({ name, fields }) => ({
    ...{ name, enums: [], messages: [] },
    fields: fields.map((field) => ({
      ...{ name: field.localName, tag: field.number, type: typeOf(field) },
      ...{ repeated: field.fieldKind === "list", options: {}, oneof: null, map: null },
    })),
  }));
  const functions = compile({ syntax: 3, enums: [], messages });
  const [read, write] = [functions[`read${schema.name}`], functions[`write${schema.name}`]];
  if (!read || !write) throw new Error(`pbf made no functions for ${schema.name}`);
  return { read, write };
}
