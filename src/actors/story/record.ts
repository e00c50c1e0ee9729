import { type QuestEndedEvent, QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import { ThreadStatus } from "../../gen/tellurion/v1/story_pb.ts";
import { BeatKind, type StoryBeatEvent } from "../../gen/tellurion/v1/storyteller_pb.ts";
import {
  type OccurrenceEvent,
  type PlayerActedEvent,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";
import { changeFact, type Outlet } from "./canon.ts";
import { append, lastEntry } from "./chronicle.ts";
import { placeNamed } from "./dialogues.ts";
import { playerFor, read, type Story } from "./players.ts";
import { openAt, threadOf } from "./threads.ts";

/** Players of a region for whom a beat without a player opens a node. */
export const beatPlayersMax = 256;

/** What a quest of the whole world has instead of a player. */
const worldPlayer = "world";

export const outcomeNames: Readonly<Record<QuestOutcome, string>> = {
  [QuestOutcome.UNSPECIFIED]: "ended",
  [QuestOutcome.COMPLETED]: "completed",
  [QuestOutcome.FAILED]: "failed",
  [QuestOutcome.EXPIRED]: "expired",
  [QuestOutcome.ABANDONED]: "abandoned",
};

const beatNames: Readonly<Record<BeatKind, string>> = {
  [BeatKind.UNSPECIFIED]: "unknown",
  [BeatKind.ENCOUNTER]: "encounter",
  [BeatKind.OCCURRENCE]: "occurrence",
  [BeatKind.QUEST]: "quest",
  [BeatKind.WEATHER]: "weather",
  [BeatKind.STORY]: "story",
  [BeatKind.QUIET]: "quiet",
};

export function recordOccurrence(story: Story, event: Plain<OccurrenceEvent>): void {
  const { kind, region, place, started, gameMs } = event;
  const id = `occurrence/${event.id}`;
  append(story, {
    kind: `occurrence:${kind}${started ? "" : ":ended"}`,
    id,
    because: started ? event.cause : id,
    player: playerOf(event.cause),
    subject: kind,
    ...{ region, place, gameMs },
  });
}

/** Of `player/anna`: anna. */
function playerOf(cause: string): string {
  return cause.startsWith("player/") ? (cause.split("/")[1] ?? "") : "";
}

export function recordQuest(story: Story, event: Plain<QuestEndedEvent>, out: Outlet): void {
  const { quest, player, outcome, region, place, gameMs } = event;
  const id = `quest/${event.id}`;
  const name = outcomeNames[outcome] ?? "ended";
  const because = lastEntry(story, (entry) => entry.id === id) === undefined ? "" : id;
  append(story, {
    kind: `quest:${name}`,
    subject: quest,
    ...{ id, because, region, place, player, gameMs },
  });
  const owners =
    player === worldPlayer || player === ""
      ? [""]
      : new Set([player, ...event.contributions.map((contribution) => contribution.player)]);
  const facts = [`quest.${quest}.${name}`, ...factsOf(event)];
  for (const owner of owners) {
    for (const fact of facts) {
      changeFact(story, { fact, holds: true, cause: id, player: owner, gameMs }, out);
    }
  }
}

/** Facts that the event itself brings, as soon as its schema has them. */
function factsOf(
  event: Plain<QuestEndedEvent> & { readonly facts?: readonly string[] },
): readonly string[] {
  return event.facts ?? [];
}

export function recordBeat(story: Story, event: Plain<StoryBeatEvent>, out: Outlet): void {
  const { kind, storylet, region, place, player, subject, gameMs } = event;
  const cause = `beat/${event.beat}`;
  if (kind !== BeatKind.QUIET) {
    const name = beatNames[kind] ?? beatNames[BeatKind.UNSPECIFIED];
    append(story, {
      kind: `beat:${name}`,
      id: cause,
      ...{ region, place, player, subject, gameMs },
    });
  }
  if (storylet !== "") {
    const more = story.storylets.find((known) => known.storylet === storylet)?.facts ?? [];
    for (const fact of [`beat.${storylet}`, ...more]) {
      changeFact(story, { fact, holds: true, cause, player, gameMs }, out);
    }
  }
  if (kind === BeatKind.STORY) openFor(story, event, cause, out);
}

function openFor(story: Story, beat: Plain<StoryBeatEvent>, cause: string, out: Outlet): void {
  const where = placeNamed(story, beat.subject);
  if (where === undefined) {
    out.log(
      "warn",
      `subject=${beat.subject} of ${cause} is no dialogue, nor a node of one: not opened`,
    );
    return;
  }
  const names =
    beat.player !== ""
      ? [beat.player]
      : story.players
          .filter(({ region }) => region === beat.region)
          .slice(0, beatPlayersMax)
          .map(({ player }) => player);
  for (const name of names) {
    const stored = playerFor(story, name, out);
    if (stored === undefined) continue;
    const player = read(stored);
    const thread = threadOf(player, where.dialogue);
    // Whoever stands there already was led there before.
    const isOpen = thread?.status === ThreadStatus.OPEN;
    if (isOpen && thread.steps.at(-1)?.node === where.node.id) continue;
    openAt(story, player, { ...where, cause }, out);
  }
}

/** Notes where the player is, and writes down fights. Called for all that all players do. */
export function recordAct(story: Story, event: Plain<PlayerActedEvent>, out: Outlet): void {
  const { player: name, region, place, verb, success, gameMs } = event;
  const player = playerFor(story, name, out);
  if (player !== undefined && region !== "" && player.region !== region) player.region = region;
  if (verb !== Verb.FIGHT) return;
  append(story, {
    kind: success ? "fight:won" : "fight:lost",
    id: `fight/${name}/${gameMs}`,
    because: beatOf(story, event),
    player: name,
    subject: event.targetKind,
    ...{ region, place, gameMs },
  });
}

/** The newest beat that brought such an encounter to that place, for this player or for anybody. */
function beatOf(
  story: Story,
  { region, place, player, targetKind }: Plain<PlayerActedEvent>,
): string {
  const beat = lastEntry(
    story,
    (entry) =>
      entry.kind === "beat:encounter" &&
      entry.subject === targetKind &&
      entry.region === region &&
      (entry.place === "" || entry.place === place) &&
      (entry.player === "" || entry.player === player),
  );
  return beat?.id ?? "";
}

export function recordStorm(
  story: Story,
  event: {
    readonly region: string;
    readonly condition: string;
    readonly started: boolean;
    readonly gameMs: bigint;
  },
): void {
  const { region, condition, started, gameMs } = event;
  // What it was is known from its beginning: its end tells of the weather that followed.
  const last = started
    ? undefined
    : lastEntry(story, (entry) => entry.region === region && entry.kind.startsWith("storm:"));
  const began = last?.kind.endsWith(":ended") ? undefined : last;
  const subject = started ? condition : (began?.subject ?? "");
  append(story, {
    kind: `storm:${subject}${started ? "" : ":ended"}`,
    id: `storm/${region}/${gameMs}`,
    because: began?.id ?? "",
    player: "",
    ...{ subject, region, gameMs },
  });
}
