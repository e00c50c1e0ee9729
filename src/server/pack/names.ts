/** What definitions may refer to by name. */
export const nameKinds = [
  "region",
  "place",
  "place kind",
  "climate",
  "condition",
  "season",
  "faction",
  "good",
  "occurrence",
  "encounter",
  "role",
  "quest",
  "dialogue",
  "language",
  "concept",
  "personality",
  "trace kind",
] as const;

export type NameKind = (typeof nameKinds)[number];

/** All names of a pack, by what they name. */
export type PackNames = Readonly<Record<NameKind, ReadonlySet<string>>>;
