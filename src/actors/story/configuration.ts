import type { ConfigureStory as ConfigureStoryMessage } from "../../gen/tellurion/v1/story_pb.ts";
import { isKey } from "../../runtime/index.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { worldFactsMax } from "./canon.ts";
import type { Dialogue, DialogueChoice, DialogueNode } from "./dialogues.ts";
import { factsOf } from "./threads.ts";

export type ConfigureStory = Plain<ConfigureStoryMessage>;

export const dialoguesMax = 1_024;
export const nodesMax = 4_096;
const linesMax = 256;
const choicesMax = 64;
const tagsMax = 64;
const requiresMax = 32;
const textCharsMax = 4_096;
const nodeIdCharsMax = 128;
const storyletsMax = 4_096;
const storyletFactsMax = 64;
const titlesMax = 65_536;
const titleCharsMax = 256;
const minutesPerDayMax = 1_000_000;
export const minutesPerDayDefault = 1_440;

/** Refuses what no story can be configured with. Says where in the message it stands. */
export function checkConfiguration(message: ConfigureStory, path = ""): void {
  const at = path === "" ? "" : `${path}.`;
  const { dialogues, facts, storylets, titles } = message;
  checkCount(`${at}dialogues`, dialogues.length, 0, dialoguesMax);
  checkNames(`${at}dialogues`, dialogues);
  dialogues.forEach((dialogue, i) => {
    checkDialogue(dialogue, `${at}dialogues[${i}]`);
  });
  checkCount(`${at}facts`, facts.length, 0, worldFactsMax);
  facts.forEach((fact, i) => {
    checkId(`${at}facts[${i}]`, fact);
  });
  checkBigint(`${at}game_ms`, message.gameMs, 0n, gameMsMax);
  checkCount(`${at}storylets`, storylets.length, 0, storyletsMax);
  storylets.forEach(({ storylet, facts: sets }, i) => {
    checkId(`${at}storylets[${i}].storylet`, storylet);
    checkCount(`${at}storylets[${i}].facts`, sets.length, 0, storyletFactsMax);
    sets.forEach((fact, j) => {
      checkId(`${at}storylets[${i}].facts[${j}]`, fact);
    });
  });
  checkCount(`${at}titles`, titles.length, 0, titlesMax);
  titles.forEach(({ id, title }, i) => {
    checkId(`${at}titles[${i}].id`, id);
    checkText(`${at}titles[${i}].title`, title, 1, titleCharsMax);
  });
  checkInteger(`${at}minutes_per_day`, message.minutesPerDay, 0, minutesPerDayMax);
}

function checkDialogue({ nodes }: Dialogue, path: string): void {
  checkCount(`${path}.nodes`, nodes.length, 1, nodesMax);
  const ids = new Set<string>();
  nodes.forEach((node, i) => {
    const place = `${path}.nodes[${i}]`;
    checkText(`${place}.id`, node.id, 1, nodeIdCharsMax);
    if (ids.has(node.id)) refuse(`${place}.id`, node.id, "are ids that no other node has");
    ids.add(node.id);
    checkNode(node, nodes.length, place);
  });
}

function checkNode({ lines, tags, choices }: DialogueNode, count: number, path: string): void {
  checkTexts(`${path}.lines`, lines, linesMax);
  checkTexts(`${path}.tags`, tags, tagsMax);
  checkCount(`${path}.choices`, choices.length, 0, choicesMax);
  choices.forEach((choice, i) => {
    const place = `${path}.choices[${i}]`;
    if (choice.to >= count) {
      refuse(`${place}.to`, choice.to, `are numbers of nodes, 0 to ${count - 1}`);
    }
    checkTexts(`${place}.tags`, choice.tags, tagsMax);
    checkText(`${place}.text`, choice.text, 0, textCharsMax);
    checkChoiceFacts(choice, place);
  });
}

function checkChoiceFacts(choice: DialogueChoice, path: string): void {
  checkCount(`${path}.requires`, choice.requires.length, 0, requiresMax);
  choice.requires.forEach((required, i) => {
    const fact = required.startsWith("!") ? required.slice(1) : required;
    if (!isKey(fact)) {
      refuse(`${path}.requires[${i}]`, required, "are facts of a-z, 0-9, _ . : and -, or !fact");
    }
  });
  for (const { fact } of factsOf(choice)) checkId(`${path}.tags fact`, fact);
}

function checkTexts(path: string, texts: readonly string[], max: number): void {
  checkCount(path, texts.length, 0, max);
  texts.forEach((text, i) => {
    checkText(`${path}[${i}]`, text, 0, textCharsMax);
  });
}

function checkText(path: string, text: string, min: number, max: number): void {
  if (text.length >= min && text.length <= max) return;
  refuse(path, text, `are texts of ${min} to ${max} characters`);
}
