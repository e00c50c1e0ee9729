export type PluralCategory = "zero" | "one" | "two" | "few" | "many" | "other";

export const pluralCategories: readonly PluralCategory[] = [
  "zero",
  "one",
  "two",
  "few",
  "many",
  "other",
];

type Rule = (n: number, whole: boolean) => PluralCategory;

const oneOrOther: Rule = (n) => (n === 1 ? "one" : "other");
const never: Rule = () => "other";

/** `1, 21, 31 …` one, `2–4, 22–24 …` few, other whole ones many. */
const eastSlavic: Rule = (n, whole) => {
  if (!whole) return "other";
  const tens = n % 100;
  const ones = n % 10;
  if (ones === 1 && tens !== 11) return "one";
  return ones >= 2 && ones <= 4 && !(tens >= 12 && tens <= 14) ? "few" : "many";
};

const polish: Rule = (n, whole) => {
  if (!whole) return "other";
  if (n === 1) return "one";
  const tens = n % 100;
  const ones = n % 10;
  return ones >= 2 && ones <= 4 && !(tens >= 12 && tens <= 14) ? "few" : "many";
};

const czech: Rule = (n, whole) =>
  !whole ? "many" : n === 1 ? "one" : n >= 2 && n <= 4 ? "few" : "other";

const french: Rule = (n) => (n >= 0 && n < 2 ? "one" : "other");

const arabic: Rule = (n, whole) => {
  if (!whole) return "other";
  if (n === 0) return "zero";
  if (n === 1) return "one";
  if (n === 2) return "two";
  const tens = n % 100;
  if (tens >= 3 && tens <= 10) return "few";
  return tens >= 11 ? "many" : "other";
};

/** Rules of CLDR for cardinals, by language. Intl would give those of the machine that it runs on. */
const rules: ReadonlyMap<string, Rule> = new Map([
  ...["ja", "zh", "ko", "th", "vi", "id", "ms"].map((locale) => [locale, never] as const),
  ...["ru", "uk", "be"].map((locale) => [locale, eastSlavic] as const),
  ...["cs", "sk"].map((locale) => [locale, czech] as const),
  ...["fr", "pt", "hy"].map((locale) => [locale, french] as const),
  ["pl", polish],
  ["ar", arabic],
]);

/** The category of a number in a locale: by its language, before the first `-`. */
export function pluralOf(locale: string, n: number): PluralCategory {
  const language = locale.split("-", 1)[0] as string;
  return (rules.get(language) ?? oneOrOther)(n, Number.isInteger(n));
}
