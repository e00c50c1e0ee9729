import { QuestRunStatus, QuestScope, QuestStepStatus } from "../../gen/tellurion/v1/quest_pb.ts";
import { type Book, type Definition, type Player, type Run, worldPlayer } from "./book.ts";
import { Deadlines } from "./deadlines.ts";
import { stepsMax } from "./limits.ts";
import { ObjectiveTree } from "./objective-tree.ts";
import { type ObjectiveCase, patternOf } from "./patterns.ts";

/** An open step of a run that is under way. */
export interface OpenStep {
  readonly number: number;
  readonly step: number;
  readonly run: Run;
}

/**
 * What follows from the state and makes it quick to find things in. It is not state: it is made
 * anew where it is missing, and nothing that is found depends on the order in which it grew.
 */
export interface Live {
  readonly definitions: Map<string, Definition>;
  readonly players: Map<string, Player>;
  readonly facts: Set<string>;
  readonly runs: Map<number, Run>;
  /** Of a player: those offered, and those that the player takes part in. */
  readonly runsOf: Map<string, Set<Run>>;
  readonly trees: Readonly<Record<ObjectiveCase, ObjectiveTree<OpenStep>>>;
  deadlines: Deadlines;
  readonly placeKinds: Map<string, string>;
  /** By region; under the empty one those that are offered anywhere. */
  readonly onArrival: Map<string, Definition[]>;
  /** By kind of occurrence. */
  readonly onOccurrence: Map<string, Definition[]>;
  /** By the giver's role. */
  readonly onTalk: Map<string, Definition[]>;
}

const lives = new WeakMap<Book, Live>();

export function liveOf(book: Book): Live {
  const known = lives.get(book);
  if (known !== undefined) return known;
  const live = makeLive(book);
  lives.set(book, live);
  return live;
}

/** After a change that the index does not follow: it is made anew when it is needed. */
export function forgetLive(book: Book): void {
  lives.delete(book);
}

function makeLive(book: Book): Live {
  const tree = () => new ObjectiveTree<OpenStep>();
  const live: Live = {
    definitions: new Map([...book.quests, ...book.generated].map((quest) => [quest.name, quest])),
    players: new Map(book.players.map((player) => [player.player, player])),
    facts: new Set(book.facts),
    runs: new Map(),
    runsOf: new Map(),
    trees: {
      ...{ player: tree(), occurrence: tree(), weather: tree() },
      ...{ discovery: tree(), quest: tree(), choice: tree() },
    },
    deadlines: new Deadlines(),
    placeKinds: new Map(book.places.map(({ id, kind }) => [id, kind])),
    onArrival: new Map(),
    onOccurrence: new Map(),
    onTalk: new Map(),
  };
  for (const quest of book.quests) indexOffer(live, quest);
  for (const run of book.runs) addRun(live, run);
  return live;
}

function indexOffer(live: Live, quest: Definition): void {
  const when = quest.offer?.when;
  if (when?.case === "onArrival") {
    const regions = quest.regions.length > 0 ? quest.regions : [""];
    for (const region of regions) pushTo(live.onArrival, region, quest);
  }
  if (when?.case === "onOccurrence") pushTo(live.onOccurrence, when.value, quest);
  if (when?.case === "onTalk") pushTo(live.onTalk, quest.giverRole, quest);
}

function pushTo(map: Map<string, Definition[]>, key: string, quest: Definition): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [quest]);
  else list.push(quest);
}

export function addRun(live: Live, run: Run): void {
  live.runs.set(run.number, run);
  linkPlayer(live, run.player, run);
  addDeadline(live, run, -1, run.dueMs);
  if (run.status !== QuestRunStatus.ACTIVE) return;
  for (const { player } of run.participants) linkPlayer(live, player, run);
  run.steps.forEach(({ status }, step) => {
    if (status === QuestStepStatus.OPEN) addStep(live, run, step);
  });
}

export function removeRun(live: Live, run: Run): void {
  live.runs.delete(run.number);
  unlinkPlayer(live, run.player, run);
  for (const { player } of run.participants) unlinkPlayer(live, player, run);
  run.steps.forEach(({ status }, step) => {
    if (status === QuestStepStatus.OPEN) removeStep(live, run, step);
  });
}

export function addStep(live: Live, run: Run, step: number): void {
  for (const who of whoseDoingsCount(live, run)) addStepFor(live, run, step, who);
  addDeadline(live, run, step, run.steps[step]?.dueMs ?? 0n);
}

export function removeStep(live: Live, run: Run, step: number): void {
  for (const who of whoseDoingsCount(live, run)) removeStepFor(live, run, step, who);
}

export function linkPlayer(live: Live, player: string, run: Run): void {
  // Whoever does something for the whole world has not taken it upon themselves.
  if (run.player === worldPlayer && player !== worldPlayer) return;
  const runs = live.runsOf.get(player);
  if (runs === undefined) live.runsOf.set(player, new Set([run]));
  else runs.add(run);
}

export function unlinkPlayer(live: Live, player: string, run: Run): void {
  const runs = live.runsOf.get(player);
  runs?.delete(run);
  if (runs?.size === 0) live.runsOf.delete(player);
}

export function addStepFor(live: Live, run: Run, step: number, who: string): void {
  const scopeOf = (quest: string) => scopeIn(live, quest);
  const waiting = { number: run.number, step, run };
  for (const objective of objectivesOf(live, run, step)) {
    const { case: kind } = objective.what;
    if (kind) live.trees[kind].add(patternOf(objective, who, scopeOf), waiting);
  }
}

export function removeStepFor(live: Live, run: Run, step: number, who: string): void {
  const scopeOf = (quest: string) => scopeIn(live, quest);
  for (const objective of objectivesOf(live, run, step)) {
    const { case: kind } = objective.what;
    const waiting = { number: run.number, step };
    if (kind) live.trees[kind].remove(patternOf(objective, who, scopeOf), waiting);
  }
}

export function addDeadline(live: Live, run: Run, step: number, dueMs: bigint): void {
  if (dueMs === 0n) return;
  live.deadlines.add({ dueMs: Number(dueMs), number: run.number, step });
  const wanted = (stepsMax + 1) * (live.runs.size + 1);
  if (live.deadlines.size > 2 * wanted) refillDeadlines(live);
}

/** Leaves out deadlines that have become void. */
function refillDeadlines(live: Live): void {
  live.deadlines = new Deadlines();
  for (const run of live.runs.values()) {
    const own = { number: run.number, step: -1 };
    if (run.dueMs !== 0n) live.deadlines.add({ ...own, dueMs: Number(run.dueMs) });
    run.steps.forEach(({ status, dueMs }, step) => {
      if (status !== QuestStepStatus.OPEN || dueMs === 0n) return;
      live.deadlines.add({ ...own, step, dueMs: Number(dueMs) });
    });
  }
}

export function definitionOf(live: Live, run: Pick<Run, "quest">): Definition {
  return live.definitions.get(run.quest) as Definition;
}

export function scopeIn(live: Live, quest: string): QuestScope {
  const scope = live.definitions.get(quest)?.scope ?? QuestScope.PLAYER;
  return scope === QuestScope.UNSPECIFIED ? QuestScope.PLAYER : scope;
}

function objectivesOf(live: Live, run: Run, step: number) {
  return definitionOf(live, run).steps[step]?.objectives ?? [];
}

function whoseDoingsCount(live: Live, run: Run): readonly string[] {
  if (scopeIn(live, run.quest) === QuestScope.WORLD) return [""];
  return run.participants.map(({ player }) => player);
}
