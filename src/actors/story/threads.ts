import {
  StoryChoiceEventSchema,
  StoryNodeEventSchema,
  type StoryThread as StoryThreadMessage,
  ThreadStatus,
} from "../../gen/tellurion/v1/story_pb.ts";
import type { Plain } from "../common/plain.ts";
import { changeFact, type Outlet } from "./canon.ts";
import { append } from "./chronicle.ts";
import { type DialogueChoice, type DialogueNode, nodeNamed } from "./dialogues.ts";
import type { Player, Story } from "./players.ts";

export type Thread = Plain<StoryThreadMessage>;

/** Dialogues that one player may have begun, and steps in one that are remembered. */
export const threadsMax = 512;
export const stepsMax = 256;

export function threadOf(player: Player | undefined, dialogue: string): Thread | undefined {
  return player?.threads.find((thread) => thread.dialogue === dialogue);
}

/** Opens a dialogue for a player at a node, whatever it stood at before. */
export function openAt(
  story: Story,
  player: Player,
  where: { readonly dialogue: string; readonly node: DialogueNode; readonly cause: string },
  out: Outlet,
): Thread | undefined {
  const { dialogue, node, cause } = where;
  let thread = threadOf(player, dialogue);
  if (thread === undefined) {
    if (player.threads.length >= threadsMax) {
      out.log("warn", `dialogue=${dialogue} is not opened: ${threadsMax} are open or were`);
      return undefined;
    }
    thread = { dialogue, status: ThreadStatus.UNSPECIFIED, steps: [], step: 0, cause };
    player.threads.push(thread);
  }
  const left = thread.steps.at(-1);
  if (thread.status === ThreadStatus.OPEN && left !== undefined) {
    tellNode(story, player, dialogue, left.node, false, out);
  }
  thread.cause = cause;
  stepTo(story, player, thread, node, out);
  return thread;
}

/** Makes a choice that has been checked. Its consequences take effect together, with this handler. */
export function take(
  story: Story,
  player: Player,
  thread: Thread,
  made: { readonly node: DialogueNode; readonly number: number; readonly to: DialogueNode },
  out: Outlet,
): void {
  const { node, number, to } = made;
  const { gameMs } = story;
  const choice = node.choices[number] as DialogueChoice;
  const step = thread.steps.at(-1);
  if (step !== undefined) step.chosen = number + 1;
  tellNode(story, player, thread.dialogue, node.id, false, out);
  out.publish(StoryChoiceEventSchema, {
    player: player.player,
    dialogue: thread.dialogue,
    node: node.id,
    choice: number,
    region: player.region,
    tags: choice.tags,
    gameMs,
  });
  const cause = `choice/${player.player}/${thread.dialogue}`;
  const isFirst = thread.steps.every(
    ({ chosen }, i) => chosen === 0 || i === thread.steps.length - 1,
  );
  append(story, {
    kind: "choice",
    id: cause,
    because: isFirst ? thread.cause : cause,
    region: player.region,
    player: player.player,
    subject: thread.dialogue,
    text: choice.text,
    gameMs,
  });
  for (const { fact, holds } of factsOf(choice)) {
    changeFact(story, { fact, holds, cause, player: player.player, gameMs }, out);
  }
  stepTo(story, player, thread, to, out);
}

/** What a choice's tags make true and not true: `fact:<name>` and `nofact:<name>`. */
export function factsOf({
  tags,
}: Pick<DialogueChoice, "tags">): { fact: string; holds: boolean }[] {
  return tags.flatMap((tag) => {
    if (tag.startsWith("fact:")) return { fact: tag.slice(5).trim(), holds: true };
    if (tag.startsWith("nofact:")) return { fact: tag.slice(7).trim(), holds: false };
    return [];
  });
}

/** After other dialogues were loaded: a thread stays where it is, or ends because that is gone. */
export function settle(story: Story, player: Player, thread: Thread, out: Outlet): boolean {
  const step = thread.steps.at(-1);
  if (thread.status !== ThreadStatus.OPEN || step === undefined) return true;
  const node = nodeNamed(story, thread.dialogue, step.node);
  if (node !== undefined && node.choices.length > 0) return true;
  thread.status = node === undefined ? ThreadStatus.ABANDONED : ThreadStatus.DONE;
  tellNode(story, player, thread.dialogue, step.node, false, out);
  return node !== undefined;
}

function stepTo(
  story: Story,
  player: Player,
  thread: Thread,
  node: DialogueNode,
  out: Outlet,
): void {
  const { steps, dialogue } = thread;
  steps.push({ node: node.id, chosen: 0, gameMs: story.gameMs });
  if (steps.length > stepsMax) steps.shift();
  thread.step += 1;
  tellNode(story, player, dialogue, node.id, true, out);
  const isEnd = node.choices.length === 0;
  thread.status = isEnd ? ThreadStatus.DONE : ThreadStatus.OPEN;
  if (isEnd) tellNode(story, player, dialogue, node.id, false, out);
}

function tellNode(
  story: Story,
  { player }: Player,
  dialogue: string,
  node: string,
  opened: boolean,
  out: Outlet,
): void {
  const { gameMs } = story;
  out.publish(StoryNodeEventSchema, { player, dialogue, node, opened, gameMs });
}
