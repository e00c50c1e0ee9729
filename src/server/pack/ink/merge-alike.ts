import type { DialogueNode } from "../../../gen/tellurion/v1/story_pb.ts";

/**
 * For each node, the number of the first node that is like it: what is said, what can be chosen, and
 * all that comes after is the same. States of a story differ by visits that it counts and never looks
 * at again. Classes of nodes are split until nothing in a class can be told apart.
 */
export function alikeNodes(nodes: readonly DialogueNode[]): number[] {
  let classes = classesBy(nodes, (node) => JSON.stringify([node.lines, node.tags]));
  for (let count = 0; ; ) {
    const before = classes;
    classes = classesBy(nodes, (node, number) =>
      JSON.stringify([
        before[number],
        node.choices.map(({ text, tags, requires, to }) => [text, tags, requires, before[to]]),
      ]),
    );
    const now = new Set(classes).size;
    if (now === count) return classes;
    count = now;
  }
}

/** Merges nodes that are alike, and numbers those that are left. */
export function mergeAlike(nodes: readonly DialogueNode[]): DialogueNode[] {
  const alike = alikeNodes(nodes);
  const kept = nodes.filter((_, number) => alike[number] === number);
  const numbers = new Map(kept.map((node, number) => [node, number]));
  for (const node of kept) {
    for (const choice of node.choices) {
      const first = nodes[alike[choice.to] as number] as DialogueNode;
      choice.to = numbers.get(first) as number;
    }
  }
  return kept;
}

function classesBy(
  nodes: readonly DialogueNode[],
  keyOf: (node: DialogueNode, number: number) => string,
): number[] {
  const firsts = new Map<string, number>();
  return nodes.map((node, number) => {
    const key = keyOf(node, number);
    const first = firsts.get(key) ?? number;
    firsts.set(key, first);
    return first;
  });
}
