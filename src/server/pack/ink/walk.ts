import { create } from "@bufbuild/protobuf";
import {
  type Dialogue,
  DialogueChoiceSchema,
  type DialogueNode,
  DialogueNodeSchema,
  DialogueSchema,
} from "../../../gen/tellurion/v1/story_pb.ts";
import { messageOf } from "../../calls.ts";
import type { CompiledStory, Doubt } from "./compile.ts";
import type { Story } from "./inkjs.ts";
import { mergeAlike } from "./merge-alike.ts";
import { stateKey } from "./state-key.ts";

/** Nodes of a dialogue, at most: all ways that it can go. */
export const dialogueNodesMax = 512;
/** States that are walked through, at most, before those that are alike are merged. */
const statesMax = 4_096;
/** Lines that are said between two choices, at most. */
const linesMax = 256;
/** Time that a line may take to come: one that diverts in circles never does. */
const lineMsMax = 2_000;
const requiresPrefix = "requires:";

/** A dialogue that was walked through, and what was found on the way. */
export interface Walk {
  readonly dialogue: Dialogue;
  /** Paths of the containers that were come to. */
  readonly visited: ReadonlySet<string>;
  readonly doubts: readonly Doubt[];
}

/** A story that cannot be walked through to its ends: `message` says why. */
export class EndlessStory extends Error {}

/** Something that was said, up to the next choices. */
interface Passage {
  readonly lines: string[];
  readonly tags: string[];
  /** The knot in which its first line stands. */
  readonly knot: string;
}

/**
 * Walks all ways through a story, breadth first, into a graph: a node is what is said up to the next
 * choices, and ways that come to the same share their nodes. Throws EndlessStory.
 */
export function walkStory(name: string, compiled: CompiledStory): Walk {
  const { story } = compiled;
  const doubts = new Map<string, Doubt>();
  story.onError = (message) => {
    const [, line = "0", text = message] = /line (\d+): (.*)$/s.exec(message) ?? [];
    doubts.set(message, { line: Number(line), text });
  };
  // What is drawn by chance is drawn here, once and for all: the same in every run.
  story.state.storySeed = 0;
  story.state.previousRandom = 0;
  const graph = new Graph(compiled);
  graph.nodeHere();
  for (let number = 0; number < graph.nodes.length; number += 1) graph.walkOn(number);
  const nodes = mergeAlike(graph.nodes);
  if (nodes.length > dialogueNodesMax) {
    throw new EndlessStory(`has ${nodes.length} nodes; valid are up to ${dialogueNodesMax}`);
  }
  const ids = new Map<string, number>();
  for (const node of nodes) node.id = idFor(node.id, ids);
  const dialogue = create(DialogueSchema, { name, nodes });
  return { dialogue, visited: graph.visited, doubts: [...doubts.values()] };
}

/** The nodes that have been come to, and the states in which they are. */
class Graph {
  readonly nodes: DialogueNode[] = [];
  readonly visited = new Set<string>();
  readonly #story: Story;
  readonly #visitsMax: number;
  readonly #states: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** The container that was come to last. */
  #latest = "";

  constructor({ story, visitsMax }: CompiledStory) {
    this.#story = story;
    this.#visitsMax = visitsMax;
    // Ink counts visits where a story asks for them. Where the walk has been is heard here.
    const visit = story.VisitContainer.bind(story);
    story.VisitContainer = (container, atStart) => {
      this.#latest = container.path.toString();
      this.visited.add(this.#latest);
      visit(container, atStart);
    };
  }

  /** Lets the story go on, and gives the number of the node that it comes to. */
  nodeHere(): number {
    const { lines, tags, knot } = continued(this.#story, () => this.#latest);
    const state = this.#story.state.ToJson() as string;
    const key = JSON.stringify([lines, tags, stateKey(state, this.#visitsMax)]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.nodes.length;
    if (number === statesMax) {
      throw new EndlessStory(`comes to more than ${statesMax} states, or never ends`);
    }
    this.#numbers.set(key, number);
    this.#states.push(state);
    this.nodes.push(create(DialogueNodeSchema, { id: knot, lines, tags }));
    return number;
  }

  /** Takes all choices of a node. */
  walkOn(number: number): void {
    const story = this.#story;
    const state = this.#states[number] as string;
    this.#goBackTo(state);
    const choices = story.currentChoices.map(({ text, tags }) => ({ text, tags: tags ?? [] }));
    for (const [i, { text, tags }] of choices.entries()) {
      if (i > 0) this.#goBackTo(state);
      story.ChooseChoiceIndex(i);
      const requires = tags.filter((tag) => tag.startsWith(requiresPrefix));
      const choice = create(DialogueChoiceSchema, {
        text: text.trim(),
        tags: tags.filter((tag) => !tag.startsWith(requiresPrefix)),
        to: this.nodeHere(),
        requires: requires.map((tag) => tag.slice(requiresPrefix.length).trim()),
      });
      this.nodes[number]?.choices.push(choice);
    }
  }

  /** Ink's own reader of saved states takes ten times as long to read the JSON. */
  #goBackTo(state: string): void {
    this.#story.state.LoadJsonObj(JSON.parse(state));
  }
}

/** Lets the story go on up to its next choices. */
function continued(story: Story, latest: () => string): Passage {
  const lines: string[] = [];
  const tags: string[] = [];
  let knot = knotOf(story.state.currentPathString ?? "");
  while (story.canContinue) {
    if (lines.length === linesMax) {
      throw new EndlessStory(`says more than ${linesMax} lines without a choice, or never ends`);
    }
    const line = continuedLine(story).trim();
    if (lines.length === 0) {
      const path = story.state.previousPointer.path?.toString();
      knot = knotOf(path ?? latest()) || knot;
    }
    if (line !== "") lines.push(line);
    tags.push(...(story.currentTags ?? []));
  }
  return { lines, tags, knot };
}

function continuedLine(story: Story): string {
  try {
    story.ContinueAsync(lineMsMax);
  } catch (error) {
    throw new EndlessStory(`cannot go on: ${messageOf(error)}`);
  }
  if (!story.asyncContinueComplete) throw new EndlessStory("goes round in circles without a line");
  return story.currentText ?? "";
}

/** `gate.west` of the path `gate.west.0.c-1`: knot and stitch, without what ink counts. */
function knotOf(path: string): string {
  const parts = path.split(".");
  const end = parts.findIndex((part) => /^(\d+|[a-z]-\d+|s|\$.*)$/.test(part));
  const named = parts.slice(0, end < 0 ? parts.length : Math.min(end, 2));
  const id = named
    .join(".")
    .toLowerCase()
    .replace(/[^a-z0-9_.:-]/g, "-");
  return id.slice(0, 56);
}

function idFor(knot: string, used: Map<string, number>): string {
  const name = knot || "start";
  const count = (used.get(name) ?? 0) + 1;
  used.set(name, count);
  return count === 1 ? name : `${name}:${count}`;
}
