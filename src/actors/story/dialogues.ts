import {
  type Dialogue as DialogueMessage,
  DialogueSchema,
  type StoredDialogue as StoredDialogueMessage,
} from "../../gen/tellurion/v1/story_pb.ts";
import { codecOf, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import type { Story } from "./players.ts";

export type Dialogue = Plain<DialogueMessage>;
export type DialogueNode = Dialogue["nodes"][number];
export type DialogueChoice = DialogueNode["choices"][number];
export type StoredDialogue = Plain<StoredDialogueMessage>;

const namesShownMax = 12;

interface ReadDialogue {
  readonly dialogue: Dialogue;
  readonly nodes: ReadonlyMap<string, DialogueNode>;
}

/**
 * Dialogues as they were read from their bytes, which never change. Derived. The state holds bytes
 * so that a query, which gets a copy of the state, copies only the dialogues that it looks into.
 */
const readings = new WeakMap<StoredDialogue, ReadDialogue>();

export function store(dialogue: Dialogue): StoredDialogue {
  return { name: dialogue.name, content: codecOf(DialogueSchema).toBytes(dialogue) };
}

function read(stored: StoredDialogue): ReadDialogue {
  const known = readings.get(stored);
  if (known !== undefined) return known;
  const dialogue = codecOf(DialogueSchema).decode(stored.content);
  const nodes = new Map(dialogue.nodes.map((node) => [node.id, node]));
  const reading = { dialogue, nodes };
  readings.set(stored, reading);
  return reading;
}

function storedNamed(story: Story, name: string): StoredDialogue | undefined {
  return story.dialogues.find((stored) => stored.name === name);
}

export function dialogueNamed(story: Story, name: string): Dialogue | undefined {
  const stored = storedNamed(story, name);
  return stored && read(stored).dialogue;
}

/** The dialogue of that name. Throws a Rejection that says which ones there are. */
export function dialogueOf(story: Story, name: string): Dialogue {
  const dialogue = dialogueNamed(story, name);
  if (dialogue !== undefined) return dialogue;
  const names = story.dialogues.slice(0, namesShownMax).map((stored) => stored.name);
  const rest = story.dialogues.length - names.length;
  throw new Rejection(
    "NOT_FOUND",
    `dialogue=${JSON.stringify(name.slice(0, 80))} is none of the story's; ` +
      `valid are ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`,
  );
}

export function nodeNamed(story: Story, dialogue: string, id: string): DialogueNode | undefined {
  const stored = storedNamed(story, dialogue);
  return stored && read(stored).nodes.get(id);
}

/**
 * What a beat's subject names: a dialogue, or a node of one as `<dialogue>.<node>`, with any of
 * `.`, `:` and `/` between them.
 */
export function placeNamed(
  story: Story,
  subject: string,
): { readonly dialogue: string; readonly node: DialogueNode } | undefined {
  const whole = dialogueNamed(story, subject);
  if (whole?.nodes[0]) return { dialogue: whole.name, node: whole.nodes[0] };
  for (const stored of story.dialogues) {
    const { name } = stored;
    if (!subject.startsWith(name) || !".:/".includes(subject[name.length] ?? " ")) continue;
    const node = read(stored).nodes.get(subject.slice(name.length + 1));
    if (node !== undefined) return { dialogue: name, node };
  }
  return undefined;
}
