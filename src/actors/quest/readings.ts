import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ListQuestsResponseSchema,
  type QuestReadingSchema,
  QuestRunStatus,
  QuestScope,
  QuestStepStatus,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import {
  type Book,
  type Definition,
  idOf,
  neededOf,
  numberOf,
  placeOf,
  type Run,
  worldPlayer,
} from "./book.ts";

type Reading = MessageInitShape<typeof QuestReadingSchema>;

/** A list stays well below the largest message: so many characters of text, and so many steps. */
const listedTextMax = 400_000;
const listedStepsMax = 2_000;

/** A run as clients see it. Of a generated one that has ended, the texts are gone. */
export function readingOf(book: Book, run: Run): Reading {
  const definition = definitionIn(book, run.quest);
  const { quest, status, outcome, reason, player, region, giver, cause } = run;
  const scope = definition?.scope || QuestScope.PLAYER;
  return {
    ...{ id: idOf(run), quest, status, outcome, reason, player, region, giver, cause, scope },
    title: definition?.title ?? "",
    summary: definition?.summary ?? "",
    offeredMs: run.offeredMs,
    dueMs: run.dueMs,
    steps: (definition?.steps ?? []).map((step, i) => ({
      ...{ id: step.id, text: step.text, optional: step.optional, fails: step.fails },
      status: run.steps[i]?.status ?? QuestStepStatus.WAITING,
      count: run.steps[i]?.count ?? 0,
      needed: neededOf(step),
      dueMs: run.steps[i]?.dueMs ?? 0n,
    })),
    participants: run.participants,
    ...(definition?.reward ? { reward: definition.reward } : {}),
  };
}

function definitionIn(book: Book, name: string): Definition | undefined {
  const isIt = (quest: Definition) => quest.name === name;
  return book.quests.find(isIt) ?? book.generated.find(isIt);
}

export function listQuests(
  book: Book,
  player: string,
): MessageInitShape<typeof ListQuestsResponseSchema> {
  const own = book.runs.filter((run) => concerns(run, player));
  const quests: Reading[] = [];
  let [text, steps] = [0, 0];
  for (const run of own) {
    const reading = readingOf(book, run);
    steps += reading.steps?.length ?? 0;
    text += (reading.title?.length ?? 0) + (reading.summary?.length ?? 0);
    for (const step of reading.steps ?? []) text += step.text?.length ?? 0;
    if (text > listedTextMax || steps > listedStepsMax) break;
    quests.push(reading);
  }
  const ended = book.players.find((other) => other.player === player)?.quests ?? [];
  return { quests, total: own.length, ended };
}

function concerns(run: Run, player: string): boolean {
  if (run.player === player || run.player === worldPlayer) return true;
  return (
    run.status === QuestRunStatus.ACTIVE &&
    run.participants.some((other) => other.player === player)
  );
}

/** A run, ended or not. Throws a Rejection when there is none. */
export function findRun(book: Book, id: string): Run {
  const number = numberOf(id);
  const run = book.runs[placeOf(book.runs, number)];
  const found = run ?? book.ended.find((other) => other.number === number);
  if (found !== undefined && number !== 0) return found;
  throw new Rejection(
    "NOT_FOUND",
    `id=${JSON.stringify(id.slice(0, 80))} is no run of a quest, or ended long ago; ` +
      "valid are those that ListQuests and QuestOfferedEvent tell",
  );
}
