import {
  type StoryNode as StoryNodeMessage,
  ThreadStatus,
} from "../../gen/tellurion/v1/story_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { missingOf } from "./canon.ts";
import { dialogueNamed } from "./dialogues.ts";
import { type Player, playerNamed, type Story } from "./players.ts";
import { type Thread, threadOf } from "./threads.ts";

export type StoryNode = Plain<StoryNodeMessage>;

/** A step of a player's way through a dialogue, as the player finds it. The last one unless told otherwise. */
export function readingOf(
  story: Story,
  player: Player,
  thread: Thread,
  at: number = thread.steps.length - 1,
): StoryNode {
  const step = thread.steps[at];
  const id = step?.node ?? "";
  const node = dialogueNamed(story, thread.dialogue)?.named(id, step?.at)?.node;
  const isLast = at === thread.steps.length - 1;
  return {
    dialogue: thread.dialogue,
    node: id,
    step: thread.step - (thread.steps.length - 1 - at),
    status: isLast ? thread.status : ThreadStatus.DONE,
    lines: node?.lines ?? [],
    tags: node?.tags ?? [],
    options: (node?.choices ?? []).map(({ text, tags, requires }, choice) => ({
      choice,
      text,
      tags,
      missing: missingOf(story, player, requires),
    })),
  };
}

/** Where a player can go on. */
export function nextOf(story: Story, name: string): StoryNode[] {
  const player = playerNamed(story, name);
  if (player === undefined) return [];
  return player.threads
    .filter(({ status }) => status === ThreadStatus.OPEN)
    .map((thread) => readingOf(story, player, thread));
}

/** A player's way through a dialogue. Throws a Rejection when it was never begun. */
export function begunThread(
  story: Story,
  name: string,
  dialogue: string,
): { readonly player: Player; readonly thread: Thread } {
  const player = playerNamed(story, name);
  const thread = threadOf(player, dialogue);
  if (player !== undefined && thread !== undefined) return { player, thread };
  throw new Rejection(
    "FAILED_PRECONDITION",
    `dialogue=${JSON.stringify(dialogue)} has not been begun by player=${JSON.stringify(name)}; ` +
      "valid is to begin it first",
  );
}
