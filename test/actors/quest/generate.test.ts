import { describe, expect, it } from "vitest";
import type { Definition, Objective, Outlet } from "../../../src/actors/quest/book.ts";
import { checkDefinitions } from "../../../src/actors/quest/check-definitions.ts";
import { hearDeed } from "../../../src/actors/quest/deeds.ts";
import { chanceOf, generate } from "../../../src/actors/quest/generate.ts";
import { accept, offer } from "../../../src/actors/quest/runs.ts";
import { turnOf } from "../../../src/actors/quest/turn.ts";
import {
  QuestOutcome,
  QuestStateSchema,
  QuestStepStatus,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { PlayerActedEventSchema } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { Bot, type Surroundings } from "./bot.ts";
import { known, method, Rig } from "./rig.ts";

const needs = ["", "food", "safety", "company", "goods", "repair", "news", "riddles"];
const kinds = ["mill", "field", "inn", "harbour", "wood"];
const seeds = 1_000;

/** A world that follows from a seed: sometimes with no goods, no foes or one place only. */
function worldOf(seed: number) {
  const chance = chanceOf(seed * 7 + 1);
  const some = <T>(list: readonly T[]) => list.filter(() => chance.integer(3) > 0);
  const regions = ["moor", "coast", "hill"].slice(0, 1 + chance.integer(3));
  const places = regions.flatMap((region) =>
    Array.from({ length: 1 + chance.integer(4) }, (_, i) => ({
      ...{ id: `${region}.${i}`, region, kind: kinds[chance.integer(kinds.length)] ?? "" },
    })),
  );
  const encounterKinds = some([
    ...known.encounterKinds,
    {
      ...known.encounterKinds[0],
      name: "bandits",
      title: "",
      places: [],
      climates: [],
      drops: [],
      cost: 1,
      strength: 0.5,
    },
  ]);
  return { regions, places, goods: some(known.goods), encounterKinds };
}

function occasionOf(seed: number, { regions, places, goods }: ReturnType<typeof worldOf>) {
  const chance = chanceOf(seed * 13 + 5);
  const region = regions[chance.integer(regions.length)] ?? "";
  const here = places.filter((place) => place.region === region);
  return {
    region,
    place: chance.integer(2) === 0 ? "" : (here[chance.integer(here.length)]?.id ?? ""),
    giver: chance.integer(2) === 0 ? "" : `${region}.npc.1`,
    need: needs[seed % needs.length] ?? "",
    good: goods[0]?.name ?? "gold",
  };
}

/** What the bot does next: it takes what it gathers, so it must not try all ways. */
function wayOf(bot: Bot, objectives: readonly Objective[]) {
  for (const objective of objectives) {
    const deeds = bot.deedsFor(objective);
    if (deeds.length > 0) return deeds;
  }
  return undefined;
}

/** Lets a bot do a quest. Returns the outcome, or where it was stuck. */
function play(definition: Definition, surroundings: Surroundings): string {
  const book = codecOf(QuestStateSchema).complete({
    ...{ configured: true, quests: [definition], places: [...surroundings.places] },
  } as never);
  const out: Outlet = { random: chanceOf(1), publish: () => {}, log: () => {} };
  const turn = turnOf(book, out);
  const run = offer(turn, definition, {
    ...{ player: "bot", region: "moor", place: "", giver: "", cause: "" },
  });
  accept(turn, run);
  const bot = new Bot(surroundings);
  for (let deeds = 0; deeds < 200; ) {
    if (run.outcome !== QuestOutcome.UNSPECIFIED) break;
    const open = definition.steps.filter((_, i) => run.steps[i]?.status === QuestStepStatus.OPEN);
    const way = wayOf(
      bot,
      open.flatMap((step) => step.objectives),
    );
    if (way === undefined) return `stuck at ${open.map(({ id }) => id).join()}`;
    for (const deed of way) {
      deeds += 1;
      book.gameMs += 60_000n;
      const event = { ...deed, player: "bot", gameMs: book.gameMs };
      hearDeed(turn, codecOf(PlayerActedEventSchema).complete(event));
    }
  }
  return run.outcome === QuestOutcome.COMPLETED ? "completed" : `outcome ${run.outcome}`;
}

describe("quests that are made up", () => {
  it(`can be done: a bot does those of ${seeds} seeds`, () => {
    const titles = new Set<string>();
    for (let seed = 0; seed < seeds; seed += 1) {
      const world = worldOf(seed);
      const occasion = occasionOf(seed, world);
      const definition = generate(`gen.${seed}`, occasion, world, chanceOf(seed));
      expect(definition, `seed ${seed}`).toBeDefined();
      if (definition === undefined) continue;
      const home =
        occasion.place || (world.places.find(({ region }) => region === occasion.region)?.id ?? "");
      const npcs = [
        ...world.places.map(({ id }) => ({ id: `${id}.npc`, role: "villager", place: id })),
        { id: `${occasion.region}.npc.1`, role: "host", place: home },
      ];
      expect(play(definition, { ...world, npcs }), `seed ${seed}`).toBe("completed");
      const errors = checkDefinitions([definition], world).filter((f) => f.severity === "error");
      expect(errors, `seed ${seed}`).toEqual([]);
      titles.add(definition.steps.map(({ id }) => id.replace(/[.].*/, "")).join());
    }
    expect(titles.size).toBeGreaterThan(6);
  });

  it("are the same for the same seed", () => {
    const made = [7, 7, 8].map((seed) => {
      const rig = new Rig([]);
      const outcome = rig.world.call(method.generateQuest, {
        seed,
        player: "anna",
        region: "moor",
      });
      return outcome.ok ? JSON.stringify(outcome.value.definition) : outcome.message;
    });
    expect(made[0]).toBe(made[1]);
    expect(made[0]).not.toBe(made[2]);
  });

  it("are not made of nothing", () => {
    const nowhere = { regions: ["moor"], places: [], goods: known.goods, encounterKinds: [] };
    const occasion = { region: "moor", place: "", giver: "", need: "", good: "" };
    expect(generate("gen.1", occasion, nowhere, chanceOf(1))).toBeUndefined();
  });

  it("are no more than three for a player", () => {
    const rig = new Rig([]);
    const outcomes = [1, 2, 3, 4].map((seed) =>
      rig.world.call(method.generateQuest, { seed, player: "anna", region: "moor" }),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, false]);
    expect(outcomes[3]).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    expect(rig.state?.generated).toHaveLength(3);
    expect(rig.world.call(method.getQuest, { id: "q2" })).toMatchObject({ ok: true });
    rig.world.call(method.abandonQuest, { id: "q2", player: "anna" });
    expect(rig.state?.generated.map(({ name }) => name)).toEqual(["gen.1", "gen.3"]);
  });
});
