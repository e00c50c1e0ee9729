import { checkDefinitions } from "../../../actors/quest/check-definitions.ts";
import { checkDialogues } from "../../../actors/story/check-dialogues.ts";
import { checkStoryletsIn } from "../../../actors/storyteller/check-storylets.ts";
import { checkTemplates } from "../../../actors/traces/check-templates.ts";
import { under } from "../decode.ts";
import type { Pack } from "../pack.ts";
import type { Located } from "../parts.ts";
import type { PackCheck } from "./check-pack.ts";
import type { Surroundings } from "./surroundings.ts";

/** What services look for in their own definitions: each in its words, by the knowledge of its folder. */
export const serviceChecks: readonly PackCheck[] = [
  (pack, findings, around) => {
    const { quests } = pack.parts;
    for (const { path, text } of checkDefinitions(valuesOf(quests), questWorld(pack, around))) {
      const [, number = "", rest = ""] = /^quests\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
      const quest = quests[Number(number)];
      if (quest) findings.sayOnce(quest.file, under(quest.path, rest), text);
    }
  },
  (pack, findings, around) => {
    const { storylets, encounters, occurrences, quests, personalities } = pack.parts;
    const found = checkStoryletsIn(valuesOf(storylets), {
      encounterKinds: valuesOf(encounters),
      occurrenceKinds: namesOf(occurrences),
      quests: namesOf(quests),
      storyNodes: pack.dialogues.flatMap(({ value }) => [
        value.name,
        ...value.nodes.map(({ id }) => id),
      ]),
      ...{ regions: around.regions, places: [...around.places.values()] },
      personalities: valuesOf(personalities),
      facts: [...around.facts],
    });
    for (const { storylet, path, text } of found) {
      const at = storylets.find(({ value }) => value.name === storylet);
      if (at) findings.sayOnce(at.file, under(at.path, path), `storylet ${storylet}: ${text}`);
    }
  },
  (pack, findings, around) => {
    const settable = [...around.facts, "quest.*", "beat.*"];
    for (const { dialogue, path, text } of checkDialogues(valuesOf(pack.dialogues), settable)) {
      const at = pack.dialogues.find(({ value }) => value.name === dialogue);
      if (at) findings.sayOnce(at.file, at.path, `${path}: ${text}`);
    }
  },
  (pack, findings) => {
    const { traces, occurrences, quests, encounters, goods } = pack.parts;
    const found = checkTemplates(valuesOf(traces), {
      ...{ occurrences: namesOf(occurrences), quests: namesOf(quests) },
      ...{ encounters: namesOf(encounters), goods: namesOf(goods) },
    });
    for (const { template, path, text } of found) {
      const at = traces.find(({ value }) => value.name === template);
      if (at) findings.sayOnce(at.file, under(at.path, path), `trace ${template}: ${text}`);
    }
  },
];

function questWorld(pack: Pack, around: Surroundings) {
  const { goods, encounters, roles, occurrences, traces } = pack.parts;
  return {
    regions: around.regions,
    places: [...around.places.values()].map(({ id, region, kind }) => ({ id, region, kind })),
    ...{ goods: valuesOf(goods), encounterKinds: valuesOf(encounters) },
    ...{ roles: namesOf(roles), occurrenceKinds: namesOf(occurrences) },
    traceKinds: traces.map(({ value }) => value.kind),
    facts: [...around.facts],
    dialogues: [...around.tagsOf].map(([name, tags]) => ({ name, tags: [...tags] })),
  };
}

function valuesOf<Value>(items: readonly Located<Value>[]): Value[] {
  return items.map(({ value }) => value);
}

function namesOf(items: readonly Located<{ readonly name: string }>[]): string[] {
  return items.map(({ value }) => value.name);
}
