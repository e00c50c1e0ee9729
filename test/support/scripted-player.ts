import type { DescMessage, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import {
  type Objective,
  type PlayerObjective,
  type QuestDefinition,
  QuestRunStatus,
  QuestService,
  type QuestState,
  QuestStepStatus,
} from "../../src/gen/tellurion/v1/quest_pb.ts";
import { type StoryNode, StoryService } from "../../src/gen/tellurion/v1/story_pb.ts";
import {
  type PlayerState,
  Verb,
  WorldService,
  type WorldState,
} from "../../src/gen/tellurion/v1/world_pb.ts";
import type { CallOutcome, TestWorld } from "../../src/runtime/testkit/index.ts";

const careful = 0.4;
/** Chance that an encounter in the region is gone for before anything else. */
const bold = 0.35;
const questsAtOnce = 3;
/** What was refused is not tried again for so long. */
const patienceMs = 60n * 60_000n;
const restMinutes = 30;
const ownWays: readonly (readonly [number, Way])[] = [
  [0.3, "travel"],
  [0.5, "search"],
  [0.65, "talk"],
  [0.75, "gather"],
  [0.8, "work"],
];
type Way = "travel" | "search" | "talk" | "gather" | "work";
type Act = { readonly verb: Verb; readonly target?: string; readonly item?: string };

/**
 * Plays a player through the commands that clients have, as somebody would who takes every quest, does what it asks for,
 * fights what stands in the way, rests when hurt and looks around otherwise. The same seed does the same.
 */
export class ScriptedPlayer {
  readonly name: string;
  /** How often each command was refused, by method and code. */
  readonly refusals = new Map<string, number>();
  readonly #world: TestWorld;
  #asked: { readonly what: string; readonly outcome: () => CallOutcome<DescMessage> }[] = [];
  #chance: number;
  /** Acts that were refused, and until when they are left alone. */
  readonly #refused = new Map<string, bigint>();
  #lastAct = "";

  constructor(world: TestWorld, name: string, seed: number) {
    this.name = name;
    this.#world = world;
    this.#chance = (Math.imul(seed, 2_654_435_761) + 97) >>> 0;
  }

  /** Comes into the world, in the next frame. */
  enter(region: string): void {
    this.#ask(WorldService.method.enter, { player: this.name, region });
  }

  /** What comes next, in the next frame. Call it once a game minute; a busy player does nothing. */
  act(): void {
    const world = this.#stateOf<WorldState>("world/main");
    this.#hearAnswers(world?.gameMs ?? 0n);
    const me = world?.players.find(({ id }) => id === this.name);
    if (!world || !me?.present || me.unconscious || me.busyUntilMs > world.gameMs) return;
    this.#takeQuests();
    this.#chooseInDialogues();
    this.#forget(world.gameMs);
    const act = this.#survive(world, me) ?? this.#pursue(world, me) ?? this.#wander(world, me);
    if (!act) return;
    this.#lastAct = nameOf(act);
    this.#ask(WorldService.method.act, { player: this.name, ...act });
  }

  #survive(world: WorldState, me: PlayerState): (Act & { amount?: number }) | undefined {
    if (me.health < careful) return { verb: Verb.REST, amount: restMinutes };
    const here = world.encounters.find(({ place }) => place === me.place);
    if (here) return { verb: Verb.FIGHT, target: here.id };
    const region = regionOf(world, me.place);
    const near = world.encounters.find(({ place }) => regionOf(world, place) === region);
    return near && this.#next() < bold ? { verb: Verb.TRAVEL, target: near.place } : undefined;
  }

  #takeQuests(): void {
    const quests = this.#stateOf<QuestState>("quest/main");
    if (!quests) return;
    const mine = quests.runs.filter(({ player }) => player === this.name);
    const active = mine.filter(({ status }) => status === QuestRunStatus.ACTIVE).length;
    const offered = mine.find(({ status }) => status === QuestRunStatus.OFFERED);
    if (!offered || active >= questsAtOnce) return;
    this.#ask(QuestService.method.acceptQuest, { id: `q${offered.number}`, player: this.name });
  }

  #chooseInDialogues(): void {
    if (this.#next() > 0.2) return;
    const outcome = this.#world.ask(StoryService.method.next, { player: this.name });
    this.#asked.push({ what: "next", outcome: outcome as never });
  }

  #answerDialogue(nodes: readonly StoryNode[]): void {
    const open = nodes.find(({ options }) => options.some(({ missing }) => missing.length === 0));
    if (!open) return;
    const { dialogue, node, step } = open;
    const options = open.options.filter(({ missing }) => missing.length === 0);
    const choice = options[Math.floor(this.#next() * options.length)]?.choice ?? 0;
    this.#ask(StoryService.method.choose, { player: this.name, dialogue, node, choice, step });
  }

  #pursue(world: WorldState, me: PlayerState): Act | undefined {
    const quests = this.#stateOf<QuestState>("quest/main");
    for (const run of quests?.runs ?? []) {
      if (run.status !== QuestRunStatus.ACTIVE) continue;
      const isMine =
        run.player === this.name || run.participants.some(({ player }) => player === this.name);
      const definition = definitionOf(quests as QuestState, run.quest, run.version);
      if (!definition || (!isMine && run.player !== "world")) continue;
      for (const [i, progress] of run.steps.entries()) {
        const step = definition.steps[i];
        if (!step || step.fails || progress.status !== QuestStepStatus.OPEN) continue;
        for (const objective of step.objectives) {
          const act = this.#actFor(world, me, objective);
          if (act && !this.#refused.has(nameOf(act))) return act;
        }
      }
    }
    return undefined;
  }

  #actFor(world: WorldState, me: PlayerState, { what }: Objective): Act | undefined {
    if (what.case === "player") return this.#doFor(world, me, what.value);
    if (what.case !== "discovery") return undefined;
    const { region } = what.value;
    if (region === "" || region === regionOf(world, me.place)) return { verb: Verb.SEARCH };
    return this.#goTo(world, me, (place) => place.region === region);
  }

  #doFor(world: WorldState, me: PlayerState, wanted: PlayerObjective): Act | undefined {
    const { verb, region, place, placeKind, target, targetKind, item } = wanted;
    const fits = (at: { id: string; region: string; kind: string }) =>
      (place === "" || at.id === place) &&
      (region === "" || at.region === region) &&
      (placeKind === "" || at.kind === placeKind);
    const isHere = world.map?.places.some((at) => at.id === me.place && fits(at)) ?? false;
    switch (verb) {
      case Verb.TRAVEL:
        return this.#goTo(world, me, fits) ?? this.#goTo(world, me, () => true);
      case Verb.GATHER:
        return this.#gather(world, me, item, fits);
      case Verb.DELIVER:
        if (!me.inventory.some(({ good }) => good === item)) {
          return this.#gather(world, me, item, () => true);
        }
        return (
          this.#meet(world, me, target, targetKind, region, (npc) => ({
            ...{ verb, item, target: npc },
          })) ?? (isHere ? { verb, item, target: me.place } : this.#goTo(world, me, fits))
        );
      case Verb.TALK:
        return this.#meet(world, me, target, targetKind, region, (npc) => ({ verb, target: npc }));
      case Verb.FIGHT: {
        const found = world.encounters.find(
          (one) => (targetKind === "" || one.kind === targetKind) && one.strength > 0,
        );
        if (!found) return undefined;
        return this.#goTo(world, me, (at) => at.id === found.place);
      }
      default:
        return isHere ? { verb } : this.#goTo(world, me, fits);
    }
  }

  #gather(
    world: WorldState,
    me: PlayerState,
    item: string,
    fits: (at: { id: string; region: string; kind: string }) => boolean,
  ): Act | undefined {
    const kinds = world.definition?.goods.find(({ name }) => name === item)?.gatheredAt ?? [];
    const here = world.map?.places.find(({ id }) => id === me.place);
    if (here && kinds.includes(here.kind) && fits(here)) return { verb: Verb.GATHER, item };
    return this.#goTo(world, me, (at) => kinds.includes(at.kind) && fits(at));
  }

  /** Finds an NPC by its id or role and does it there. */
  #meet(
    world: WorldState,
    me: PlayerState,
    target: string,
    role: string,
    region: string,
    act: (npc: string) => Act,
  ): Act | undefined {
    if (target === "" && role === "") return undefined;
    const [shard, number] = splitNpc(target);
    const home = world.roster.find((entry) =>
      target === ""
        ? entry.role === role && (region === "" || entry.region === region) && entry.count > 0
        : entry.shard === shard && number >= entry.first && number < entry.first + entry.count,
    );
    if (!home) return undefined;
    if (home.region === regionOf(world, me.place)) {
      return act(target === "" ? `${home.shard}.${home.first}` : target);
    }
    return this.#goTo(world, me, (at) => at.region === home.region);
  }

  #goTo(
    world: WorldState,
    me: PlayerState,
    fits: (at: { id: string; region: string; kind: string }) => boolean,
  ): Act | undefined {
    const places = (world.map?.places ?? []).filter((at) => at.id !== me.place && fits(at));
    const region = regionOf(world, me.place);
    const near = places.filter((at) => at.region === region);
    const from = near.length > 0 ? near : places;
    const chosen = from[Math.floor(this.#next() * from.length)];
    return chosen && { verb: Verb.TRAVEL, target: chosen.id };
  }

  #wander(world: WorldState, me: PlayerState): Act | undefined {
    const drawn = this.#next();
    const way = ownWays.find(([until]) => drawn < until)?.[1];
    const region = regionOf(world, me.place);
    switch (way) {
      case "travel":
        return this.#goTo(
          world,
          me,
          this.#next() < 0.7 ? (at) => at.region === region : () => true,
        );
      case "search":
        return { verb: Verb.SEARCH };
      case "talk": {
        const here = world.roster.filter((entry) => entry.region === region && entry.count > 0);
        const entry = here[Math.floor(this.#next() * here.length)];
        if (!entry) return undefined;
        const number = entry.first + Math.floor(this.#next() * entry.count);
        return { verb: Verb.TALK, target: `${entry.shard}.${number}` };
      }
      case "gather": {
        const kind = world.map?.places.find(({ id }) => id === me.place)?.kind ?? "";
        const good = world.definition?.goods.find(({ gatheredAt }) => gatheredAt.includes(kind));
        return good && { verb: Verb.GATHER, item: good.name };
      }
      case "work":
        return { verb: Verb.WORK };
      default:
        return undefined;
    }
  }

  #ask<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): void {
    const outcome = this.#world.ask(method, request);
    this.#asked.push({ what: method.localName, outcome: outcome as never });
  }

  #forget(nowMs: bigint): void {
    for (const [act, untilMs] of this.#refused) if (untilMs <= nowMs) this.#refused.delete(act);
  }

  #hearAnswers(nowMs: bigint): void {
    for (const { what, outcome } of this.#asked.splice(0)) {
      const answer = outcome();
      if (!answer.ok) {
        if (what === "act") this.#refused.set(this.#lastAct, nowMs + patienceMs);
        const name = `${what} ${answer.code}`;
        this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
      } else if (what === "next") {
        this.#answerDialogue((answer.value as unknown as { nodes: StoryNode[] }).nodes);
      }
    }
  }

  #stateOf<State>(address: "world/main" | "quest/main"): State | undefined {
    const cell = this.#world.cellAt(address);
    return cell === undefined || cell.fresh ? undefined : (cell.state as State);
  }

  /** A number from 0 to 1. */
  #next(): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance / 2 ** 32;
  }
}

function regionOf(world: WorldState, place: string): string {
  return world.map?.places.find(({ id }) => id === place)?.region ?? "";
}

function splitNpc(id: string): [string, number] {
  const dot = id.lastIndexOf(".");
  return [id.slice(0, dot), Number(id.slice(dot + 1))];
}

function definitionOf(
  { quests, generated }: QuestState,
  name: string,
  version: number,
): QuestDefinition | undefined {
  return [...quests, ...generated].find((one) => one.name === name && one.version === version);
}

function nameOf({ verb, target = "", item = "" }: Act): string {
  return `${verb} ${item} ${target}`;
}
