import { minuteMs } from "../common/units.ts";
import { type Entry, entriesThat } from "./chronicle.ts";
import type { Story } from "./players.ts";

/** Sentences of one text. */
export const sentencesMax = 12;

/** Ways to say what happened, by the kind of the entry: the longest beginning of it that is here. */
const sentences: Readonly<Record<string, readonly string[]>> = {
  occurrence: ["the {subject} began{where}", "{at} saw the {subject}"],
  "occurrence:ended": ["the {subject} came to an end{where}", "the {subject} was over{where}"],
  "quest:completed": ["{who} completed “{subject}”{where}", "“{subject}” was done by {who}{where}"],
  "quest:failed": ["{who} failed at “{subject}”{where}", "“{subject}” was lost on {who}{where}"],
  "quest:expired": ["the time for “{subject}” ran out for {who}{where}"],
  "quest:abandoned": ["{who} gave up “{subject}”{where}"],
  "fight:won": ["{who} won against the {subject}{where}", "{who} drove off the {subject}{where}"],
  "fight:lost": ["{who} lost against the {subject}{where}", "the {subject} drove off {who}{where}"],
  "beat:encounter": ["the {subject} was seen{where}", "word came of the {subject}{where}"],
  "beat:story": ["there was something to talk about{where}: “{subject}”"],
  choice: ["{who} said “{text}”{where}", "“{text}”, said {who}{where}"],
  storm: ["severe weather, the {subject}, came over {region}", "the {subject} struck {region}"],
  "storm:ended": ["the {subject} over {region} passed", "{region} had the {subject} behind it"],
  discovery: ["{who} understood what the traces tell{where}"],
};

export interface Narration {
  readonly text: string;
  /** Numbers of the entries that it is made of. */
  readonly entries: bigint[];
}

type Subject = { readonly region: string; readonly player: string; readonly sinceMs: bigint };

/** The newest things that happened, told in the order in which they did. */
export function tell(story: Story, what: Subject): Narration {
  const canBeSaid = (entry: Entry) => waysToSay(entry) !== undefined;
  const told = entriesThat(story, { ...what, untilMs: 0n }, sentencesMax, canBeSaid).reverse();
  let day = -1n;
  const parts = told.map((entry) => {
    const of = dayOf(story, entry);
    const isNewDay = of !== day;
    day = of;
    return `${isNewDay ? `Day ${of}. ` : ""}${sentenceOf(story, entry)}.`;
  });
  return { text: parts.join(" "), entries: told.map(({ number }) => number) };
}

/** An entry in words. Which ones is a matter of its number: an entry is always told in the same way. */
export function sentenceOf(story: Story, entry: Entry): string {
  const ways = waysToSay(entry) ?? ["{subject}{where}"];
  const way = ways[Number(entry.number % BigInt(ways.length))] as string;
  return capital(way.replace(/\{([a-z]+)\}/g, (_, slot: string) => wordsFor(story, entry, slot)));
}

function waysToSay({ kind }: Entry): readonly string[] | undefined {
  const isEnd = kind.endsWith(":ended");
  const [first = "", second = ""] = kind.split(":");
  return (
    sentences[`${first}:${isEnd ? "ended" : second}`] ?? (isEnd ? undefined : sentences[first])
  );
}

function wordsFor(story: Story, entry: Entry, slot: string): string {
  const { player, place, region, subject, text } = entry;
  if (slot === "who") return player === "" ? "somebody" : nameOf(story, player);
  if (slot === "region") return region === "" ? "the land" : nameOf(story, region);
  if (slot === "text") return text;
  if (slot === "subject") return subject === "" ? "trouble" : titleOf(story, subject);
  const where = place === "" ? region : place;
  if (slot === "at") return where === "" ? "the land" : nameOf(story, where);
  return where === "" ? "" : ` at ${nameOf(story, where)}`;
}

/** What an id is called. */
function titleOf({ titles }: Story, id: string): string {
  const known = titles.find((title) => title.id === id);
  return known?.title ?? id.replaceAll(/[-_.:]+/g, " ").trim();
}

/** What a player, a place or a region is called: their names begin with capitals. */
function nameOf(story: Story, id: string): string {
  const title = titleOf(story, id);
  return story.titles.some((known) => known.id === id)
    ? title
    : title.split(" ").map(capital).join(" ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function dayOf({ minutesPerDay }: Story, { gameMs }: Entry): bigint {
  return gameMs / BigInt(minutesPerDay * minuteMs) + 1n;
}
