/** What a word can do in a sentence. */
export type Category = "noun" | "verb" | "modifier" | "adverb";

const verbs = new Set(
  words(`be have do go come see hear say speak tell ask know think want give take make find hold
    eat drink sleep wake work rest trade buy sell walk run travel ride sail fly swim climb
    fall stand sit lie live die kill fight flee hide seek search hunt gather
    plant sow grow build mend break burn cut cook bake brew weave spin sing dance play pray
    worship celebrate guard protect attack steal help thank greet welcome fear love hate
    hope trust wait stay leave return bring carry send meet follow lead open close begin end
    rise shine blow strike learn teach remember forget need shelter win lose warn
    call cry laugh`),
);

const modifiers = new Set(
  words(`good bad great small large big little long short high low deep wide narrow old new young
    strong weak hard soft hot cold warm cool wet dry dark bright white black red green
    blue yellow grey golden silver fast slow loud quiet brave kind wise mad glad sad angry
    afraid hungry thirsty tired sick poor rich true false holy wild free safe dangerous empty
    full clean dirty heavy sharp sweet bitter sour clear lost broken one two three four five
    six seven eight nine ten many few all some other first last this that my your our no every`),
);

const adverbs = new Set(
  words(`not now then today tomorrow yesterday soon always never often here there north south east
    west up down away back again near far together alone very too also yes quickly slowly
    inside outside home please`),
);

/** The commonest words of all, which are short in every language. */
const frequent = new Set(
  words(`i you we they he she it who what be have do go come see say know want give take make not
    no yes now here there this that one two many all good bad big small day night sun rain
    wind water fire earth stone tree man woman child people house hand eye food`),
);

/** What a concept is where nobody says it. */
export function categoryOf(concept: string): Category {
  // Some words are more than one thing: the first one counts.
  if (adverbs.has(concept)) return "adverb";
  if (verbs.has(concept)) return "verb";
  return modifiers.has(concept) ? "modifier" : "noun";
}

export function isFrequent(concept: string): boolean {
  return frequent.has(concept);
}

/** What names say of somebody or something: the first part of a name. */
export const nameQualities: readonly string[] =
  words(`bright dark white black red green blue grey golden silver old new young strong swift brave
    kind wise glad true holy wild free quiet sharp sweet high deep long great small cold warm
    wet dry early late lone proud noble still lucky hidden tall fair broad steep`);

/** What names compare with: the other part of a person's name, and the first part of a place's. */
export const nameThings: readonly string[] =
  words(`sun moon star sky cloud rain snow wind storm thunder frost dew fire ash smoke stone rock
    iron gold salt clay sand earth water wave spring tree oak ash-tree birch pine thorn leaf
    root flower reed grass grain apple berry honey wolf bear deer fox hare otter horse bull
    ram goat boar eagle hawk owl raven crow swan heron gull fish salmon eel bee snake spear
    sword shield bow axe hammer helm crown ring drum bell song dream oath hope peace friend
    guest child father mother elder king smith hunter`);

/** What places are: the last part of their names. */
export const namePlaces: readonly string[] =
  words(`hill mountain cliff valley plain meadow field forest wood grove marsh moor lake river
    brook ford bridge island shore bay harbour cape cave gate tower wall town village house
    hall farm mill market road`);

/** Concepts that names are made of. Every language has words for them, whether or not they are spoken. */
export const nameStock: readonly string[] = [
  ...new Set([...nameQualities, ...nameThings, ...namePlaces]),
];

function words(text: string): string[] {
  return text.split(/\s+/);
}
