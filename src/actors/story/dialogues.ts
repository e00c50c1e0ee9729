import {
  DialogueContentSchema,
  type Dialogue as DialogueMessage,
  DialogueNodeSchema,
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

export function store({ name, nodes }: Dialogue): StoredDialogue {
  const codec = codecOf(DialogueNodeSchema);
  const content = { nodes: nodes.map((node) => codec.toBytes(node)) };
  return { name, content: codecOf(DialogueContentSchema).toBytes(content) };
}

/** A node, and its number in its dialogue. */
export interface NodePlace {
  readonly at: number;
  readonly node: DialogueNode;
}

/** A dialogue whose nodes are read from their bytes when they are looked at. */
export class Graph {
  readonly name: string;
  readonly #stored: readonly Uint8Array[];
  readonly #nodes: (DialogueNode | undefined)[] = [];
  #numbers: ReadonlyMap<string, number> | undefined;

  constructor({ name, content }: StoredDialogue) {
    this.name = name;
    this.#stored = codecOf(DialogueContentSchema).decode(content).nodes;
  }

  /** The node of that number. Numbers have been checked when the dialogue was loaded. */
  node(at: number): DialogueNode {
    const known = this.#nodes[at];
    if (known !== undefined) return known;
    const node: DialogueNode = codecOf(DialogueNodeSchema).decode(this.#stored[at] as Uint8Array);
    this.#nodes[at] = node;
    return node;
  }

  /** The node of that id, which is sought at `first` before anywhere else. */
  named(id: string, first = 0): NodePlace | undefined {
    if (first < this.#stored.length && this.node(first).id === id) {
      return { at: first, node: this.node(first) };
    }
    this.#numbers ??= new Map(this.#stored.map((_, i) => [this.node(i).id, i]));
    const at = this.#numbers.get(id);
    return at === undefined ? undefined : { at, node: this.node(at) };
  }

  nodes(): DialogueNode[] {
    return this.#stored.map((_, i) => this.node(i));
  }
}

/** Dialogues as they were read from their bytes, which never change. Derived. */
const readings = new WeakMap<StoredDialogue, Graph>();

function read(stored: StoredDialogue): Graph {
  const known = readings.get(stored);
  if (known !== undefined) return known;
  const graph = new Graph(stored);
  readings.set(stored, graph);
  return graph;
}

export function dialogueNamed(story: Story, name: string): Graph | undefined {
  const stored = story.dialogues.find((dialogue) => dialogue.name === name);
  return stored && read(stored);
}

/** The dialogue of that name. Throws a Rejection that says which ones there are. */
export function dialogueOf(story: Story, name: string): Graph {
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

/**
 * What a beat's subject names: a dialogue, or a node of one as `<dialogue>.<node>`, with any of
 * `.`, `:` and `/` between them.
 */
export function placeNamed(
  story: Story,
  subject: string,
): (NodePlace & { readonly dialogue: string }) | undefined {
  const whole = dialogueNamed(story, subject);
  if (whole !== undefined) return { dialogue: subject, at: 0, node: whole.node(0) };
  for (const stored of story.dialogues) {
    const { name } = stored;
    if (!subject.startsWith(name) || !".:/".includes(subject[name.length] ?? " ")) continue;
    const place = read(stored).named(subject.slice(name.length + 1));
    if (place !== undefined) return { dialogue: name, ...place };
  }
  return undefined;
}
