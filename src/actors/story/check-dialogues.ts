import type { Dialogue, DialogueNode } from "./dialogues.ts";
import { factsOf } from "./threads.ts";

/** Something doubtful about a dialogue: it can be loaded, and is not what anybody wants. */
export interface DialogueFinding {
  readonly dialogue: string;
  /** Where in the dialogue: `nodes[3].choices[1].to`. */
  readonly path: string;
  readonly text: string;
}

/**
 * What is wrong with dialogues: choices to nowhere, nodes that cannot be reached, ways that lead to no end, nodes where
 * a player may be stuck, requirements that nothing can fulfil. `settable`: facts that something else sets (quests,
 * beats, the pack); a name that ends in `*` stands for all that begin so.
 */
export function checkDialogues(
  dialogues: readonly Dialogue[],
  settable: Iterable<string> = [],
): DialogueFinding[] {
  const facts = new SettableFacts(settable);
  for (const { nodes } of dialogues) {
    for (const choice of nodes.flatMap(({ choices }) => choices)) {
      for (const { fact, holds } of factsOf(choice)) if (holds) facts.add(fact);
    }
  }
  return dialogues.flatMap((dialogue) => {
    const findings = [
      ...identity(dialogue),
      ...wrongTargets(dialogue),
      ...unreachable(dialogue),
      ...withoutEnd(dialogue),
      ...falseEnds(dialogue),
      ...stuck(dialogue),
      ...unmet(dialogue, facts),
    ];
    return findings.map(({ path, text }) => ({ dialogue: dialogue.name, path, text }));
  });
}

type Finding = Omit<DialogueFinding, "dialogue">;

class SettableFacts {
  readonly #names = new Set<string>();
  readonly #beginnings: string[] = [];

  constructor(names: Iterable<string>) {
    for (const name of names) {
      if (name.endsWith("*")) this.#beginnings.push(name.slice(0, -1));
      else this.#names.add(name);
    }
  }

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name) || this.#beginnings.some((begin) => name.startsWith(begin));
  }
}

function identity({ nodes }: Dialogue): Finding[] {
  if (nodes.length === 0) return [{ path: "nodes", text: "the dialogue has no nodes" }];
  const first = new Map<string, number>();
  return nodes.flatMap(({ id }, i) => {
    const other = first.get(id);
    if (other === undefined) first.set(id, i);
    if (other === undefined) return [];
    return [{ path: `nodes[${i}].id`, text: `id=${id} is the id of nodes[${other}] too` }];
  });
}

function wrongTargets({ nodes }: Dialogue): Finding[] {
  return nodes.flatMap((node, i) =>
    node.choices.flatMap(({ to }, j) =>
      nodes[to] === undefined
        ? [
            {
              path: `nodes[${i}].choices[${j}].to`,
              text: `to=${to} is no node; there are nodes 0 to ${nodes.length - 1}`,
            },
          ]
        : [],
    ),
  );
}

function unreachable({ nodes }: Dialogue): Finding[] {
  const reached = spread(nodes, nodes.length > 0 ? [0] : [], targetsOf);
  return nodes.flatMap(({ id }, i) =>
    reached.has(i) ? [] : [{ path: `nodes[${i}]`, text: `no way leads to node ${id}` }],
  );
}

/** Nodes from which no end can be reached: loops without a way out, and ways into them. */
function withoutEnd({ nodes }: Dialogue): Finding[] {
  const sources: number[][] = nodes.map(() => []);
  nodes.forEach((node, i) => {
    for (const to of targetsOf(node)) sources[to]?.push(i);
  });
  const ends = nodes.flatMap(({ choices }, i) => (choices.length === 0 ? [i] : []));
  const leading = spread(nodes, ends, (_, i) => sources[i] ?? []);
  return nodes.flatMap(({ id }, i) =>
    leading.has(i)
      ? []
      : [{ path: `nodes[${i}]`, text: `from node ${id} no way leads to an end of the dialogue` }],
  );
}

/** Where a dialogue marks its ends with the tag `end`, those without it are ends by mistake. */
function falseEnds({ nodes }: Dialogue): Finding[] {
  if (!nodes.some(({ tags }) => tags.includes("end"))) return [];
  return nodes.flatMap(({ id, choices, tags }, i) =>
    choices.length === 0 && !tags.includes("end")
      ? [{ path: `nodes[${i}]`, text: `node ${id} has no choices and is not marked as an end` }]
      : [],
  );
}

/** Nodes whose choices all require something that may not hold. */
function stuck({ nodes }: Dialogue): Finding[] {
  return nodes.flatMap(({ id, choices }, i) => {
    if (choices.length === 0 || choices.some(({ requires }) => requires.length === 0)) return [];
    const single = choices.flatMap(({ requires }) => (requires.length === 1 ? requires : []));
    if (single.some((required) => single.includes(`!${required}`))) return [];
    return [
      {
        path: `nodes[${i}].choices`,
        text: `all choices of node ${id} require something: a player may be stuck there`,
      },
    ];
  });
}

function unmet({ nodes }: Dialogue, facts: SettableFacts): Finding[] {
  return nodes.flatMap(({ choices }, i) =>
    choices.flatMap(({ requires }, j) =>
      requires.flatMap((required, k) => {
        const path = `nodes[${i}].choices[${j}].requires[${k}]`;
        const isNegative = required.startsWith("!");
        const fact = isNegative ? required.slice(1) : required;
        if (isNegative && requires.includes(fact)) {
          return [{ path, text: `${fact} and !${fact} are both required` }];
        }
        if (facts.has(fact)) return [];
        const text = isNegative ? "it always holds" : "it never holds";
        return [{ path, text: `nothing sets fact ${fact}, so that ${text}` }];
      }),
    ),
  );
}

function targetsOf({ choices }: DialogueNode): number[] {
  return choices.map(({ to }) => to);
}

/** All nodes that can be reached from some, themselves included. */
function spread(
  nodes: readonly DialogueNode[],
  from: readonly number[],
  neighbours: (node: DialogueNode, i: number) => readonly number[],
): Set<number> {
  const reached = new Set(from);
  const open = [...from];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const node = nodes[i];
    if (node === undefined) continue;
    for (const next of neighbours(node, i)) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}
