export type Manner = "stop" | "affricate" | "fricative" | "nasal" | "liquid" | "glide" | "vowel";
/** Where in the mouth, from the lips inwards; for vowels from the front to the back. */
export type Place = "labial" | "dental" | "alveolar" | "palatal" | "velar" | "glottal";
/** Shapes of a mouth, as many as lip-sync needs. */
export type Viseme = "closed" | "teeth" | "tongue" | "narrow" | "wide" | "open" | "round" | "back";

/** A sound that languages are made of. */
export interface Sound {
  readonly ipa: string;
  readonly spelling: string;
  readonly manner: Manner;
  readonly place: Place;
  readonly voiced: boolean;
  /** Share of the languages of the Earth that have it, roughly (PHOIBLE 2.0). */
  readonly share: number;
  readonly viseme: Viseme;
  /** Of vowels: 0 (close) to 3 (open). */
  readonly height: number;
  readonly rounded: boolean;
}

/** A word as it sounds. */
export type Word = readonly Sound[];

const consonantRows: readonly (readonly [
  string,
  string,
  Manner,
  Place,
  boolean,
  number,
  Viseme,
])[] = [
  ["m", "m", "nasal", "labial", true, 0.96, "closed"],
  ["n", "n", "nasal", "alveolar", true, 0.95, "tongue"],
  ["t", "t", "stop", "alveolar", false, 0.93, "tongue"],
  ["k", "k", "stop", "velar", false, 0.9, "back"],
  ["j", "y", "glide", "palatal", true, 0.9, "narrow"],
  ["p", "p", "stop", "labial", false, 0.86, "closed"],
  ["w", "w", "glide", "labial", true, 0.82, "round"],
  ["s", "s", "fricative", "alveolar", false, 0.8, "narrow"],
  ["l", "l", "liquid", "alveolar", true, 0.72, "tongue"],
  ["r", "r", "liquid", "alveolar", true, 0.7, "tongue"],
  ["b", "b", "stop", "labial", true, 0.63, "closed"],
  ["ŋ", "ng", "nasal", "velar", true, 0.6, "back"],
  ["d", "d", "stop", "alveolar", true, 0.6, "tongue"],
  ["g", "g", "stop", "velar", true, 0.57, "back"],
  ["h", "h", "fricative", "glottal", false, 0.56, "back"],
  ["f", "f", "fricative", "labial", false, 0.44, "teeth"],
  ["ɲ", "ny", "nasal", "palatal", true, 0.42, "narrow"],
  ["tʃ", "ch", "affricate", "palatal", false, 0.4, "narrow"],
  ["ʃ", "sh", "fricative", "palatal", false, 0.37, "narrow"],
  ["z", "z", "fricative", "alveolar", true, 0.3, "narrow"],
  ["dʒ", "j", "affricate", "palatal", true, 0.27, "narrow"],
  ["v", "v", "fricative", "labial", true, 0.27, "teeth"],
  ["ts", "ts", "affricate", "alveolar", false, 0.22, "narrow"],
  ["x", "kh", "fricative", "velar", false, 0.19, "back"],
  ["ʒ", "zh", "fricative", "palatal", true, 0.16, "narrow"],
  ["ɣ", "gh", "fricative", "velar", true, 0.14, "back"],
  ["q", "q", "stop", "glottal", false, 0.08, "back"],
  ["θ", "th", "fricative", "dental", false, 0.06, "tongue"],
  ["ð", "dh", "fricative", "dental", true, 0.05, "tongue"],
  ["ɬ", "lh", "fricative", "dental", false, 0.05, "tongue"],
];

const vowelRows: readonly (readonly [string, string, Place, number, boolean, number, Viseme])[] = [
  ["i", "i", "labial", 0, false, 0.92, "wide"],
  ["u", "u", "velar", 0, true, 0.88, "round"],
  ["a", "a", "palatal", 3, false, 0.86, "open"],
  ["e", "e", "labial", 1, false, 0.61, "wide"],
  ["o", "o", "velar", 1, true, 0.6, "round"],
  ["ɛ", "è", "labial", 2, false, 0.37, "wide"],
  ["ɔ", "ò", "velar", 2, true, 0.35, "round"],
  ["ə", "ë", "palatal", 1, false, 0.22, "open"],
  ["ɨ", "ï", "palatal", 0, false, 0.16, "narrow"],
  ["æ", "ä", "labial", 3, false, 0.08, "open"],
  ["y", "ü", "labial", 0, true, 0.06, "round"],
  ["ø", "ö", "labial", 1, true, 0.05, "round"],
];

export const consonants: readonly Sound[] = consonantRows.map(
  ([ipa, spelling, manner, place, voiced, share, viseme]) => ({
    ...{ ipa, spelling, manner, place, voiced, share, viseme },
    height: 0,
    rounded: false,
  }),
);

export const vowels: readonly Sound[] = vowelRows.map(
  ([ipa, spelling, place, height, rounded, share, viseme]) => ({
    ...{ ipa, spelling, place, height, rounded, share, viseme },
    manner: "vowel",
    voiced: true,
  }),
);

const all = [...consonants, ...vowels];
const byName = new Map([
  // A spelling wins over the IPA sign of another sound: `y` is the glide, and its vowel is `ü`.
  ...all.map((sound) => [sound.ipa, sound] as const),
  ...all.map((sound) => [sound.spelling, sound] as const),
]);
const byIpa = new Map(all.map((sound) => [sound.ipa, sound]));

const sonorities: Readonly<Record<Manner, number>> = {
  stop: 1,
  affricate: 1,
  fricative: 2,
  nasal: 3,
  liquid: 4,
  glide: 5,
  vowel: 6,
};

/** The sound of that spelling or, where none is spelt so, of that IPA sign. */
export function soundNamed(name: string): Sound | undefined {
  return byName.get(name);
}

/** The sound of an IPA sign that is known to be one. */
export function soundOfIpa(ipa: string): Sound {
  return byIpa.get(ipa) as Sound;
}

export function isVowel(sound: Sound): boolean {
  return sound.manner === "vowel";
}

/** How loud a sound is by nature: syllables rise to their vowel and fall after it. */
export function sonorityOf(sound: Sound): number {
  return sonorities[sound.manner];
}

/** Voice matters to it: `p` and `b`, not `m`. */
export function isObstruent(sound: Sound): boolean {
  return sonorities[sound.manner] <= 2;
}

/** Spelt sounds that are valid, for messages. */
export function spellings(of: readonly Sound[]): string {
  return of.map((sound) => sound.spelling).join(" ");
}
