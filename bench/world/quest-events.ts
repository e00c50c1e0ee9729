import { create } from "@bufbuild/protobuf";
import type { Book, Outlet } from "../../src/actors/quest/book.ts";
import { hearDeed, type PlayerActed } from "../../src/actors/quest/deeds.ts";
import { liveOf } from "../../src/actors/quest/live.ts";
import { accept, offer } from "../../src/actors/quest/runs.ts";
import { turnOf } from "../../src/actors/quest/turn.ts";
import {
  ConfigureQuestsSchema,
  QuestAdvancedEventSchema,
  QuestStateSchema,
} from "../../src/gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { check } from "../table.ts";

const runs = 1_000;
const quests = 20;
const questsOfPlayer = 4;
/** Each run is advanced as often as this at most, and none of them comes to its end. */
const eventsMost = 80_000;
const warmEvents = 20_000;
const stepCount = 1_000;
/** Nodes of the index that an event looks at: far fewer than there are quests. */
const visitsMost = 40;

/** Each quest wants something else: a verb, at a kind of place, of a good or of a role. */
const verbs = [Verb.TRAVEL, Verb.GATHER, Verb.FIGHT, Verb.TALK] as const;

function questNumber(i: number) {
  const verb = verbs[i % verbs.length] ?? Verb.TRAVEL;
  const value = { verb, targetKind: "", item: "", region: "", place: `place.${i}` };
  if (verb === Verb.GATHER) Object.assign(value, { item: "grain", place: "" });
  if (verb === Verb.FIGHT || verb === Verb.TALK) Object.assign(value, { targetKind: `kind.${i}` });
  const objectives = [{ what: { case: "player" as const, value } }];
  return { name: `quest.${i}`, version: 1, steps: [{ id: "do", count: stepCount, objectives }] };
}

/** A book with 1,000 quests under way, of 250 players. */
function prepare(out: Outlet): Book {
  const configuration = create(ConfigureQuestsSchema, {
    regions: ["moor"],
    places: Array.from({ length: quests }, (_, i) => ({
      ...{ id: `place.${i}`, region: "moor", kind: "mill" },
    })),
    quests: Array.from({ length: quests }, (_, i) => questNumber(i)),
  });
  const { regions, places, quests: defined } = configuration;
  const state = { configured: true, regions, places, quests: defined };
  const book: Book = codecOf(QuestStateSchema).complete(state);
  const turn = turnOf(book, out);
  for (let i = 0; i < runs; i += 1) {
    const player = `player.${Math.floor(i / questsOfPlayer)}`;
    const definition = book.quests[i % quests];
    if (definition === undefined) continue;
    const offering = { player, region: "moor", place: "", giver: "", cause: "" };
    accept(turn, offer(turn, definition, offering));
  }
  return book;
}

/** What the player of a run does for it, or something else that nobody waits for. */
function deedFor(book: Book, i: number, matches: boolean): PlayerActed {
  const run = book.runs[i % runs];
  const quest = book.quests[(i % runs) % quests];
  const what = quest?.steps[0]?.objectives[0]?.what;
  const wanted = what?.case === "player" ? what.value : undefined;
  return {
    player: run?.player ?? "",
    verb: wanted?.verb ?? Verb.REST,
    region: "moor",
    place: matches ? wanted?.place || "place.0" : "place.unknown",
    target: `npc.${i}`,
    targetKind: wanted?.targetKind ?? "",
    item: matches ? "grain" : "stone",
    amount: 1,
    success: true,
    gameMs: BigInt(i),
  };
}

/** Microseconds that an event takes: p50 and p99. */
export function measureQuestEvents(scale: number, which: "match" | "other"): [number, number] {
  let advanced = 0;
  const out: Outlet = {
    random: { integer: () => 0 },
    log: () => {},
    publish(type) {
      if (type.typeName === QuestAdvancedEventSchema.typeName) advanced += 1;
    },
  };
  const book = prepare(out);
  const matches = which === "match";
  const warm = Math.ceil(warmEvents * scale);
  const count = Math.ceil(eventsMost * scale);
  const deeds = Array.from({ length: warm + count }, (_, i) => deedFor(book, i, matches));
  const times = new Float64Array(count);
  advanced = 0;
  const visitedBefore = liveOf(book).trees.player.visited;
  deeds.forEach((deed, i) => {
    const startedMs = performance.now();
    hearDeed(turnOf(book, out), deed);
    if (i >= warm) times[i - warm] = (performance.now() - startedMs) * 1_000;
  });
  const visits = liveOf(book).trees.player.visited - visitedBefore;
  check(book.runs.length === runs, `${book.runs.length} quests are under way`);
  check(advanced === (matches ? deeds.length : 0), `${advanced} of ${deeds.length} events counted`);
  check(visits <= visitsMost * deeds.length, `${visits / deeds.length} nodes visited an event`);
  times.sort();
  return [times[Math.floor(count * 0.5)] ?? 0, times[Math.floor(count * 0.99)] ?? 0];
}
