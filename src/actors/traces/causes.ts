import { beatKinds, questOutcomes } from "./happening.ts";

/** What a cause may say after its family: names of the pack, or one of a few words before them. */
type Family = { readonly words?: readonly string[]; readonly names: keyof KnownNames | undefined };

/** What a pack has, for templates that speak of it. A list that is left out is not looked at. */
export interface KnownNames {
  readonly occurrences?: readonly string[];
  readonly quests?: readonly string[];
  readonly encounters?: readonly string[];
  readonly conditions?: readonly string[];
  readonly goods?: readonly string[];
}

const families: Readonly<Record<string, Family>> = {
  occurrence: { names: "occurrences" },
  aftermath: { names: "occurrences" },
  quest: { words: questOutcomes, names: "quests" },
  fight: { words: ["won", "lost"], names: "encounters" },
  work: { words: ["done", "failed"], names: undefined },
  deliver: { words: ["done", "failed"], names: "goods" },
  storm: { names: "conditions" },
  lightning: { names: undefined },
  beat: { words: beatKinds, names: undefined },
};

/** Things that happen to nobody in particular: no text about them can name a player. */
export const withoutPlayer: readonly string[] = ["storm", "lightning"];

/** What is wrong with a template's cause, as far as these names tell. Undefined: nothing. */
export function causeFault(cause: string, known: KnownNames = {}): string | undefined {
  const [first = "", ...parts] = cause.split(":");
  const family = Object.hasOwn(families, first) ? families[first] : undefined;
  if (family === undefined) return `valid causes begin with ${Object.keys(families).join(", ")}`;
  const word = family.words === undefined ? undefined : parts.shift();
  if (word !== undefined && !family.words?.includes(word)) {
    return `valid after ${first}: are ${family.words?.join(", ")}`;
  }
  if (first === "occurrence" && parts.at(-1) === "ended") parts.pop();
  const name = parts.join(":");
  const names = family.names && known[family.names];
  if (name === "" || names === undefined || names.includes(name)) return undefined;
  return `there is no ${name} among the ${family.names}`;
}
