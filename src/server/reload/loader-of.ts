import type { DescField, DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { Bootstrap, Catalogue, MethodEntry } from "../../runtime/host.ts";
import { codecOf, parseAddress } from "../../runtime/index.ts";

/** How an actor takes new content: a command, and the request that carries what it takes of it. */
export interface Loader {
  readonly method: MethodEntry;
  readonly request: MessageInitShape<DescMessage>;
  /** What it takes: the same bytes, the same content. */
  readonly content: Uint8Array;
}

/**
 * The command by which an actor is given what it was set up with anew: one whose request has a field
 * for the whole message that sets it up, as LoadQuests, or for parts of it by the same names, as
 * LoadClimate. Undefined: its kind takes nothing new.
 */
export function loaderOf(
  { address, type, message }: Bootstrap,
  catalogue: Catalogue,
): Loader | undefined {
  const { kind, key } = parseAddress(address);
  const commands = catalogue.methods.filter(({ actor, isQuery }) => actor === kind && !isQuery);
  const values = message as Readonly<Record<string, unknown>>;
  for (const method of commands) {
    const whole = contentFields(method).find((field) => field.message === type);
    if (whole) return loader(method, key, { [whole.localName]: message });
  }
  for (const method of commands.filter(({ desc }) => desc.name.startsWith("Load"))) {
    const fields = contentFields(method);
    if (fields.length === 0 || !fields.every((field) => isPartOf(field, type))) continue;
    const parts = fields.map(({ localName }) => [localName, values[localName]]);
    return loader(method, key, Object.fromEntries(parts));
  }
  return undefined;
}

function loader(method: MethodEntry, key: string, content: Record<string, unknown>): Loader {
  const request = { ...content, ...(method.keyField && { [method.keyField]: key }) };
  return { method, request, content: codecOf(method.desc.input).toBytes(request) };
}

function contentFields({ desc, keyField }: MethodEntry): DescField[] {
  return desc.input.fields.filter(({ localName }) => localName !== keyField);
}

function isPartOf(field: DescField, type: DescMessage): boolean {
  return type.fields.some(
    ({ name, fieldKind, message }) =>
      name === field.name && fieldKind === field.fieldKind && message === field.message,
  );
}
