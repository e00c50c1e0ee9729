import { type CodecCase, count, each, range, total } from "./cases.ts";
import { type Kind, type KindName, kinds } from "./kinds.ts";
import { type LibraryName, libraries } from "./libraries.ts";

/** What every library does with messages of every kind. */
export const operations = ["encode", "full-decode", "one-field"] as const;

/** What each operation is measured by, and the mean size of a message's encoding. */
export async function operationsOf(kindName: KindName, name: LibraryName): Promise<CodecCase[]> {
  const kind: Kind = kinds[kindName];
  const library = await libraries[name](kind);
  const messages = range(count, library.at);
  const encoded = messages.map((message) => library.encode(message as never).slice());
  const sizes = total(encoded.map(({ length }) => length));
  const { weigh, glance } = kind;
  const plain = range(count, kind.plainAt);
  const read = library.view ?? library.decode;
  return [
    each(messages, (message) => library.encode(message as never).length, sizes),
    each(
      encoded,
      (bytes) => weigh(library.decode(bytes) as never),
      total(plain.map(weigh as Weigh)),
    ),
    each(encoded, (bytes) => glance(read(bytes) as never), total(plain.map(glance as Weigh))),
  ];
}

type Weigh = (message: object) => number;
