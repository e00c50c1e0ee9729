import { ThreadStatus } from "../../gen/tellurion/v1/story_pb.ts";
import type { Graph } from "./dialogues.ts";
import type { Thread } from "./threads.ts";

const labelMax = 40;

/** A dialogue in Graphviz's language: where the player has been is filled, where the player stands is framed twice. */
export function dotOf(dialogue: Graph, thread: Thread | undefined): string {
  const seen = new Set(thread?.steps.map(({ node }) => node));
  const made = new Set(thread?.steps.map(({ node, chosen }) => `${node} ${chosen - 1}`));
  const current = thread?.status === ThreadStatus.OPEN ? thread.steps.at(-1)?.node : undefined;
  const lines = [`digraph ${quoted(dialogue.name)} {`, "  rankdir=LR;", "  node [shape=box];"];
  dialogue.nodes().forEach(({ id, lines: said, choices }, i) => {
    const marks = [
      `label=${quoted(`${id}\n${said[0] ?? ""}`)}`,
      ...(choices.length === 0 ? ["shape=oval"] : []),
      ...(seen.has(id) ? ["style=filled"] : []),
      ...(id === current ? ["peripheries=2"] : []),
    ];
    lines.push(`  n${i} [${marks.join(", ")}];`);
    choices.forEach(({ text, to, requires }, choice) => {
      const label = [text, ...requires.map((required) => `[${required}]`)].join(" ");
      const bold = made.has(`${id} ${choice}`) ? ", style=bold" : "";
      lines.push(`  n${i} -> n${to} [label=${quoted(label)}${bold}];`);
    });
  });
  return [...lines, "}", ""].join("\n");
}

function quoted(text: string): string {
  const short = text.length > labelMax ? `${text.slice(0, labelMax)}…` : text;
  return `"${short.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
