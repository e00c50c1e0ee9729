import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { tongueOf } from "../../actors/language/lineage.ts";
import { nameOf, namesMax } from "../../actors/language/naming.ts";
import { ConfigureLanguageSchema } from "../../gen/tellurion/v1/language_pb.ts";
import { lineageOf } from "./lineage.ts";
import type { Pack } from "./pack.ts";

type Tongue = ReturnType<typeof tongueOf>;

/** What a language is told: its family, all concepts, where it is spoken, and what inscriptions in it may say. */
export function languageOfPack(
  pack: Pack,
  name: string,
  regions: readonly { readonly name: string }[],
): MessageInitShape<typeof ConfigureLanguageSchema> {
  const languages = pack.parts.languages.map(({ value }) => value);
  const inscribed = pack.parts.traces.filter(({ value }) => value.concepts.length > 0);
  const byKind = new Map(inscribed.map(({ value }) => [value.kind, value.concepts]));
  return {
    lineage: lineageOf(languages, name),
    concepts: [...pack.concepts],
    regions: regions.map((region) => region.name),
    inscriptions: [...byKind].map(([kind, concepts]) => ({ kind, concepts })),
  };
}

/** The languages of a pack, made from their seeds, by name. */
export function tonguesOf(pack: Pack): ReadonlyMap<string, Tongue> {
  return new Map(
    pack.parts.languages.map(({ value }) => {
      const configuration = create(ConfigureLanguageSchema, languageOfPack(pack, value.name, []));
      return [value.name, tongueOf(configuration)] as const;
    }),
  );
}

/** The name of a person: of their own where they have a language, a number otherwise. */
export function personName(tongue: Tongue | undefined, n: number): string {
  if (tongue === undefined) return `${n + 1}`;
  const { text } = nameOf(tongue, "person", n % namesMax);
  // More than the language has names for: the second one of a name has a number.
  const round = Math.floor(n / namesMax);
  return round === 0 ? text : `${text} ${round + 1}`;
}
