import type { Dialogue } from "../../../gen/tellurion/v1/story_pb.ts";
import { areNames } from "../fault.ts";
import type { Faults } from "../faults.ts";
import type { PackNames } from "../names.ts";
import type { PackDialogue } from "../pack.ts";
import type { PackCheck } from "./check-pack.ts";

/** Dead ends, knots that are never come to, loops without a way out, and tags that name nothing. */
export const checkDialogues: PackCheck = ({ dialogues, names }, findings, { facts }) => {
  for (const dialogue of dialogues) {
    const { value, file, unvisited, doubts } = dialogue;
    const at = (line: number, text: string) =>
      findings.add({ file: file.path, line: Math.max(line, 1), column: 1, text: `ink: ${text}` });
    for (const { line, text } of doubts) at(line, text);
    for (const { name, line } of unvisited) at(line, `no way leads to ${name}`);
    for (const id of endless(value)) at(1, `from node ${id} no way leads to an end`);
    for (const { id, choices } of value.nodes) {
      if (choices.length > 0 && choices.every(({ requires }) => requires.length > 0)) {
        at(1, `all choices of node ${id} require something: a player may be stuck there`);
      }
    }
    checkTags(dialogue, names, facts, findings);
  }
};

/** Nodes from which no end can be reached. */
function endless({ nodes }: Dialogue): string[] {
  const ending = new Set(nodes.filter(({ choices }) => choices.length === 0));
  for (let grown = true; grown; ) {
    grown = false;
    for (const node of nodes) {
      const leads = node.choices.some(({ to }) => nodes[to] && ending.has(nodes[to]));
      if (ending.has(node) || !leads) continue;
      ending.add(node);
      grown = true;
    }
  }
  return nodes.filter((node) => !ending.has(node)).map(({ id }) => id);
}

function checkTags(
  { value, file }: PackDialogue,
  names: PackNames,
  facts: ReadonlySet<string>,
  findings: Faults,
): void {
  const told = new Set<string>();
  const say = (tag: string, valid: string) => {
    if (told.has(tag)) return;
    told.add(tag);
    const place = file.positionAt(Math.max(file.text.indexOf(tag), 0));
    const text = `ink: tag ${tag} is not valid; valid ${valid}`;
    findings.add({ file: file.path, ...place, text });
  };
  const choices = value.nodes.flatMap((node) => node.choices);
  for (const tag of [
    ...value.nodes.flatMap(({ tags }) => tags),
    ...choices.flatMap((one) => one.tags),
  ]) {
    const [word = "", name = ""] = tag.split(/:(.*)/s).map((part) => part.trim());
    if ((word === "accept" || word === "refuse") && !names.quest.has(name)) {
      say(tag, areNames(names.quest, name));
    }
    if (word === "give" && !names.good.has(name)) say(tag, areNames(names.good, name));
  }
  for (const fact of choices.flatMap(({ requires }) => requires)) {
    if (facts.has(fact.replace(/^!/, ""))) continue;
    say(`requires:${fact}`, "are facts that something makes true");
  }
}
