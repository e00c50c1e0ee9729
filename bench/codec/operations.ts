import { type CodecCase, count, each, range, total } from "./cases.ts";
import { type Kind, type KindName, kinds } from "./kinds.ts";
import { type Library, type LibraryName, libraries } from "./libraries.ts";

/** What every library does with messages of every kind. */
export const operations = ["encode", "full-decode", "one-field"] as const;

/** What each operation is measured by. */
export async function operationsOf(kindName: KindName, name: LibraryName): Promise<CodecCase[]> {
  const kind: Kind = kinds[kindName];
  const library: Library = await libraries[name](kind);
  const messages = range(count, library.at) as never[];
  const bytes = messages.map((message) => library.toBytes(message).slice());
  const encoded = (library.place?.(bytes) ?? bytes) as never[];
  const { weigh, glance } = kind;
  const plain = range(count, kind.plainAt) as never[];
  const encode = library.encode ?? ((message) => library.toBytes(message).length);
  const { decode, view: read = decode } = library;
  return [
    each(messages, encode, total(bytes.map(({ length }) => length))),
    each(encoded, (one) => weigh(decode(one) as never), total(plain.map(weigh))),
    each(encoded, (one) => glance(read(one) as never), total(plain.map(glance))),
  ];
}
