import {
  StoryChoiceEventSchema,
  StoryNodeEventSchema,
  type StoryThread as StoryThreadMessage,
  ThreadStatus,
} from "../../gen/tellurion/v1/story_pb.ts";
import type { Plain } from "../common/plain.ts";
import { changeFact, type Outlet } from "./canon.ts";
import { append } from "./chronicle.ts";
import { type DialogueChoice, dialogueNamed, type NodePlace } from "./dialogues.ts";
import { keep, type Player, type Story } from "./players.ts";

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
  where: NodePlace & { readonly dialogue: string; readonly cause: string },
  out: Outlet,
): Thread | undefined {
  const { dialogue, cause } = where;
  let thread = threadOf(player, dialogue);
  if (thread === undefined) {
    if (player.threads.length >= threadsMax) {
      out.log("warn", `dialogue=${dialogue} is not opened: ${threadsMax} are open or were`);
      return undefined;
    }
    thread = { dialogue, status: ThreadStatus.UNSPECIFIED, steps: [], step: 0, cause };
    player.threads.push(thread);
  }
  const left = thread.status === ThreadStatus.OPEN ? thread.steps.at(-1) : undefined;
  thread.cause = cause;
  stepTo(story, thread, where);
  keep(player);
  if (left !== undefined) tellNode(story, player, dialogue, left.node, false, out);
  tellArrival(story, player, thread, out);
  return thread;
}

/** Makes a choice that has been checked. Its consequences take effect together, with this handler. */
export function take(
  story: Story,
  player: Player,
  thread: Thread,
  made: { readonly from: NodePlace; readonly number: number; readonly to: NodePlace },
  out: Outlet,
): void {
  const { from, number, to } = made;
  const { gameMs } = story;
  const { dialogue } = thread;
  const { player: name, region } = player.stored;
  const choice = from.node.choices[number] as DialogueChoice;
  const cause = `choice/${name}/${dialogue}`;
  // Whoever came here by a choice was led on by that; whoever did not, by what opened the dialogue.
  const isFirst = (thread.steps.at(-2)?.chosen ?? 0) === 0;
  const step = thread.steps.at(-1);
  if (step !== undefined) step.chosen = number + 1;
  stepTo(story, thread, to);
  keep(player);
  append(story, {
    kind: "choice",
    id: cause,
    because: isFirst ? thread.cause : cause,
    player: name,
    subject: dialogue,
    text: choice.text,
    ...{ region, gameMs },
  });
  tellNode(story, player, dialogue, from.node.id, false, out);
  out.publish(StoryChoiceEventSchema, {
    player: name,
    node: from.node.id,
    choice: number,
    tags: choice.tags,
    ...{ dialogue, region, gameMs },
  });
  for (const { fact, holds } of factsOf(choice)) {
    changeFact(story, { fact, holds, cause, player: name, gameMs }, out);
  }
  tellArrival(story, player, thread, out);
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
  const place = dialogueNamed(story, thread.dialogue)?.named(step.node, step.at);
  if (place !== undefined) step.at = place.at;
  const isOpen = place !== undefined && place.node.choices.length > 0;
  if (!isOpen) thread.status = place === undefined ? ThreadStatus.ABANDONED : ThreadStatus.DONE;
  keep(player);
  if (!isOpen) tellNode(story, player, thread.dialogue, step.node, false, out);
  return place !== undefined;
}

function stepTo(story: Story, thread: Thread, { at, node }: NodePlace): void {
  const { steps } = thread;
  steps.push({ node: node.id, chosen: 0, gameMs: story.gameMs, at });
  if (steps.length > stepsMax) steps.shift();
  thread.step += 1;
  thread.status = node.choices.length === 0 ? ThreadStatus.DONE : ThreadStatus.OPEN;
}

/** A node has opened; an end is done at once. */
function tellArrival(story: Story, player: Player, thread: Thread, out: Outlet): void {
  const node = thread.steps.at(-1)?.node ?? "";
  tellNode(story, player, thread.dialogue, node, true, out);
  if (thread.status !== ThreadStatus.DONE) return;
  tellNode(story, player, thread.dialogue, node, false, out);
}

function tellNode(
  story: Story,
  { stored: { player } }: Player,
  dialogue: string,
  node: string,
  opened: boolean,
  out: Outlet,
): void {
  const { gameMs } = story;
  out.publish(StoryNodeEventSchema, { player, dialogue, node, opened, gameMs });
}
