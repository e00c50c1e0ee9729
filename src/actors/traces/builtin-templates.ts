import type { Template } from "./region.ts";

/** Templates of a pack must not be called so. */
export const builtinPrefix = "builtin.";

const outdoors = { halfLifeHours: 72, rain: 2, snow: 1.3, wind: 1.4, dust: 1.3 };
const lasting = { halfLifeHours: 336, rain: 1.2, snow: 1, wind: 1.1, dust: 1.1 };

function builtin(
  cause: string,
  kind: string,
  weight: number,
  texts: readonly string[],
  material: Pick<Template, "halfLifeHours" | "rain" | "snow" | "wind" | "dust"> = outdoors,
): Template {
  const name = `${builtinPrefix}${cause.replaceAll(":", ".")}`;
  return {
    ...{ name, cause, kind, weight },
    ...material,
    texts: [...texts],
    asset: kind,
    concepts: [],
  };
}

/** What events leave for which a pack has no template. */
export const builtinTemplates: readonly Template[] = [
  builtin("occurrence", "tracks", 0.6, [
    "[Many feet|A crowd] came together at {place} for the {subject}, on day {day}.",
    "A [scrap of paper|chalk mark] at {place} tells of the {subject} of day {day}.",
  ]),
  builtin("aftermath", "remains", 0.6, [
    "What the {subject} left behind at {place}: [trampled grass|broken crates|cold embers].",
  ]),
  builtin(
    "quest:completed",
    "token",
    0.6,
    [
      "{player} [carved|scratched] a mark at {place}: “{subject}”, done on day {day}.",
      "A [ribbon|small stone pile] at {place} stands for “{subject}”, done on day {day}.",
    ],
    lasting,
  ),
  builtin("quest", "torn-note", 0.4, [
    "A torn note at {place}: “{subject}”. The rest of it [is missing|was never written].",
  ]),
  builtin("fight:won", "scuffle", 0.7, [
    "The ground at {place} is torn up. {player} stood up to the {subject} here.",
    "[Broken twigs|Deep prints] at {place}: the {subject} ran from here.",
  ]),
  builtin("fight:lost", "scuffle", 0.7, [
    "Hurried footprints lead away from {place}. The {subject} had the better of {player}.",
    "[A torn strap|A lost glove] at {place}, where the {subject} was.",
  ]),
  builtin(
    "work",
    "handiwork",
    0.6,
    ["Fresh [mortar|timber|nails] at {place}, from day {day}."],
    lasting,
  ),
  builtin("deliver", "bundle", 0.4, [
    "[String|Straw] from a bundle lies at {place}: somebody brought {subject}.",
    "[String|Straw] from a bundle lies at {place}.",
  ]),
  builtin("storm", "damage", 0.7, [
    "[Torn branches|Loose shingles|A bent fence] at {place}. The {subject} of day {day} did it.",
  ]),
  builtin("lightning", "scorch", 0.7, ["[A blackened trunk|Scorched earth] at {place}."], lasting),
  builtin("beat", "sign", 0.3, [
    "Something was [in the air|about] at {place} on day {day}, people say: the {subject}.",
    "People at {place} still talk of day {day}.",
  ]),
  builtin("record", "note", 0.5, ["A note at {place}, from day {day}."], lasting),
];
