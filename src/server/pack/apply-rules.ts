import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isMessage, ScalarType } from "@bufbuild/protobuf";
import { StoryletSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { under } from "./decode.ts";
import { type FieldRules, type RuleContext, words } from "./rule.ts";
import { rules } from "./rules.ts";
import { subjectRule } from "./storylet-rules.ts";

const textMax = 4_096;
const listMax = 10_000;

const anyText = words(textMax);

/** Looks at all fields of a message and of those in it; `path` is where it stands in its file. */
export function applyRules(
  desc: DescMessage,
  message: Message,
  path: string,
  context: RuleContext,
): void {
  const own: FieldRules = rules[desc.typeName] ?? {};
  const fields = message as unknown as Readonly<Record<string, unknown>>;
  for (const oneof of desc.oneofs) own[oneof.localName]?.(fields[oneof.localName], path, context);
  for (const field of desc.fields) {
    const place = under(path, field.jsonName);
    const value = fieldValue(field, fields);
    if (value === undefined && field.oneof) continue;
    (own[field.localName] ?? byType(field))?.(value, place, context);
    for (const [inner, innerPath] of messagesIn(field, value, place)) {
      applyRules(field.message as DescMessage, inner, innerPath, context);
    }
  }
  if (isMessage(message, StoryletSchema)) {
    subjectRule(message)?.(message.subject, under(path, "subject"), context);
  }
}

/** A field of a oneof has a value only where it is the one that is set. */
function fieldValue(field: DescField, fields: Readonly<Record<string, unknown>>): unknown {
  if (field.oneof === undefined) return fields[field.localName];
  const chosen = fields[field.oneof.localName] as { case?: string; value?: unknown };
  return chosen.case === field.localName ? chosen.value : undefined;
}

function messagesIn(field: DescField, value: unknown, path: string): [Message, string][] {
  if (field.message === undefined || value === undefined) return [];
  if (field.fieldKind !== "list") return [[value as Message, path]];
  return (value as readonly Message[]).map((item, i) => [item, `${path}[${i}]`]);
}

/** What holds of every field, where nothing more is said of it. */
function byType(field: DescField): FieldRules[string] | undefined {
  const one = byScalar(field);
  if (field.fieldKind !== "list") return one;
  return (value, path, context) => {
    const items = value as readonly unknown[];
    if (items.length > listMax) {
      context.refuse(path, `${items.length} items`, `are up to ${listMax} items`);
    } else if (one) {
      for (const [i, item] of items.entries()) one(item, `${path}[${i}]`, context);
    }
  };
}

function byScalar({ scalar }: DescField): FieldRules[string] | undefined {
  if (scalar === ScalarType.STRING) return anyText;
  if (scalar !== ScalarType.DOUBLE && scalar !== ScalarType.FLOAT) return undefined;
  return (value, path, { refuse }) => {
    if (!Number.isFinite(value)) refuse(path, String(value), "are numbers that are finite");
  };
}
