import { QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Definition } from "./book.ts";
import { checkStructure } from "./check-structure.ts";
import type { Known } from "./known.ts";
import { coinsMax, textLengthMax, titleLengthMax } from "./limits.ts";
import { alone, planOf } from "./plan.ts";
import {
  bringNews,
  type Chance,
  type Draft,
  defend,
  fetch,
  mend,
  type Occasion,
  type Template,
  visit,
} from "./templates.ts";

/** What answers a need best, first. */
const templatesFor: Readonly<Record<string, readonly Template[]>> = {
  food: [fetch, visit],
  goods: [fetch, visit],
  safety: [defend, mend, visit],
  repair: [mend, visit],
  news: [bringNews, visit],
  company: [visit],
};
const anyTemplate: readonly Template[] = [fetch, defend, mend, bringNews, visit];

/** Game minutes that a generated quest leaves: seven days of 24 hours. */
const generatedMinutes = 10_080;
const generatedReputation = 0.05;

/**
 * Makes up a quest. It has been proved step by step that it can be done with what is known.
 * Undefined where a region has nothing to make one of.
 */
export function generate(
  name: string,
  occasion: Occasion,
  known: Known,
  chance: Chance,
): Definition | undefined {
  for (const template of orderOf(occasion, chance)) {
    const draft = template(occasion, known, chance);
    if (draft === undefined) continue;
    const definition = definitionFrom(name, occasion, draft);
    checkStructure(definition, `${name}.`);
    if (isSolvable(definition, known)) return definition;
  }
  return undefined;
}

export function isSolvable(definition: Definition, known: Known): boolean {
  return planOf(definition, alone(known)).stuck.length === 0;
}

/** Without a need, a template of chance comes first. */
function orderOf({ need }: Occasion, chance: Chance): readonly Template[] {
  const templates = templatesFor[need];
  if (templates !== undefined) return templates;
  const first = chance.integer(anyTemplate.length);
  return [...anyTemplate.slice(first), ...anyTemplate.slice(0, first)];
}

function definitionFrom(name: string, occasion: Occasion, draft: Draft): Definition {
  const { region, giver } = occasion;
  return {
    ...{ name, version: 1, scope: QuestScope.PLAYER, regions: [region] },
    title: draft.title.slice(0, titleLengthMax),
    summary: draft.summary.slice(0, textLengthMax),
    steps: draft.steps.map((step) => ({ ...step, text: step.text.slice(0, textLengthMax) })),
    ...{ giverRole: "", dialogue: "", offer: undefined, migrations: [] },
    ...{ minutes: generatedMinutes, againAfterMinutes: 0 },
    reward: {
      coins: clamp(draft.coins, 0, coinsMax),
      ...{ items: [], facts: [] },
      reputation: giver === "" ? 0 : generatedReputation,
    },
  };
}

/** Chance that follows from a seed alone: the same quest for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return {
    integer(bound: number) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
    },
  };
}
