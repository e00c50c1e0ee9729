import type { LanguageDefinition } from "../../gen/tellurion/v1/language_pb.ts";

/** A language and those that it comes from, the oldest first. A circle is followed once. */
export function lineageOf(
  languages: readonly LanguageDefinition[],
  name: string,
): LanguageDefinition[] {
  const lineage: LanguageDefinition[] = [];
  let next = languages.find((language) => language.name === name);
  while (next !== undefined && !lineage.includes(next)) {
    lineage.unshift(next);
    const { parent } = next;
    next = languages.find((language) => language.name === parent);
  }
  return lineage;
}
