import { changeFact, type Outlet } from "./canon.ts";
import { checkDialogues } from "./check-dialogues.ts";
import { type ConfigureStory, minutesPerDayDefault } from "./configuration.ts";
import { store } from "./dialogues.ts";
import { read, type Story } from "./players.ts";
import { settle } from "./threads.ts";

/** Positions that are named in an answer. */
const abandonedToldMax = 1_000;
const findingsToldMax = 1_000;

/** The cause of facts that hold from the beginning. */
const packCause = "pack";

/** Takes over a configuration that has been checked. Returns the positions that were given up. */
export function load(story: Story, message: ConfigureStory, out: Outlet): string[] {
  story.dialogues = message.dialogues.map(store);
  story.storylets = message.storylets;
  story.titles = message.titles;
  story.minutesPerDay = message.minutesPerDay || minutesPerDayDefault;
  if (!story.configured) {
    story.configured = true;
    story.gameMs = message.gameMs;
    const { gameMs } = story;
    // Only at first: what happened since then may have made them untrue.
    for (const fact of message.facts) {
      changeFact(story, { fact, holds: true, cause: packCause, player: "", gameMs }, out);
    }
  }
  const abandoned: string[] = [];
  for (const stored of story.players) {
    const player = read(stored);
    for (const thread of player.threads) {
      if (settle(story, player, thread, out)) continue;
      abandoned.push(`${stored.player}/${thread.dialogue}/${thread.steps.at(-1)?.node ?? ""}`);
    }
  }
  return abandoned.slice(0, abandonedToldMax);
}

/** What is doubtful about the dialogues, as text. Facts of quests and beats are set by others. */
export function findingsOf({ dialogues, facts, storylets }: ConfigureStory): string[] {
  const settable = [...facts, ...storylets.flatMap((sets) => sets.facts), "quest.*", "beat.*"];
  return checkDialogues(dialogues, settable)
    .slice(0, findingsToldMax)
    .map(({ dialogue, path, text }) => `${dialogue}: ${path}: ${text}`);
}
