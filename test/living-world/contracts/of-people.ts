import { newestFirst } from "../../../src/actors/story/chronicle.ts";
import {
  LanguageLearnedEventSchema,
  type LanguageState,
} from "../../../src/gen/tellurion/v1/language_pb.ts";
import { NpcNeedEventSchema, NpcSpeakEventSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import type { QuestState } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { StoryState } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { TraceDiscoveredEventSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { type Contract, contract } from "./contract.ts";
import { knowsAll, pointsIn, stepsThat, tongueOf } from "./readings.ts";

/** Who has not acted for so long is not taken to be anywhere. */
const presenceMs = 86_400_000n;

export const ofPeople: readonly Contract[] = [
  contract(
    NpcNeedEventSchema,
    "quest",
    "npc",
    "a need becomes a quest of that giver, for that good if it grows anywhere, or waits as it is",
    (state: QuestState, { npc, region, place, role, need, good, urgency, gameMs }) => {
      const cause = `need/${npc}/${need}`;
      const had = state.runs.some((run) => run.cause === cause);
      // For what is nowhere gathered, somebody is visited instead.
      const isGathered = state.goods.some(
        ({ name, gatheredAt }) =>
          name === good && state.places.some(({ kind }) => gatheredAt.includes(kind)),
      );
      return () => {
        const run = state.runs.find((one) => one.cause === cause);
        const waits = state.needs.some(
          (one) =>
            one.npc === npc &&
            one.need === need &&
            one.good === good &&
            one.region === region &&
            one.place === place &&
            one.role === role &&
            one.urgency === urgency &&
            one.gameMs === gameMs,
        );
        if (run === undefined) return waits;
        const quest = state.generated.find(({ name }) => name === run.quest);
        const goods = (quest?.steps ?? []).flatMap(({ objectives }) =>
          objectives.map(({ what }) => (what.case === "player" ? what.value.item : "")),
        );
        const isRight = run.giver === npc && run.region === region;
        return had || (isRight && (!isGathered || goods.includes(good)));
      };
    },
  ),
  contract(
    TraceDiscoveredEventSchema,
    "quest",
    "traces",
    "steps of the player that wait for such a find in that region go on",
    (state: QuestState, { player, kind, region, gameMs }) =>
      stepsThat(state, gameMs, ({ what }, whose) =>
        what.case === "discovery" && ["world", player].includes(whose)
          ? ["", kind].includes(what.value.kind) && ["", region].includes(what.value.region)
          : false,
      ),
  ),
  contract(
    TraceDiscoveredEventSchema,
    "story",
    "traces",
    "the chronicle tells of a find that completes a story, because of what had happened there",
    (state: StoryState, { trace, cause, story, player, place, kind, gameMs }) => {
      if (!state.configured) return undefined;
      const { entries } = state;
      if (story === "") return () => state.entries === entries;
      return () => {
        const entry = newestFirst(state).next().value;
        return (
          entry?.id === `trace/${trace}` &&
          entry.kind === "discovery" &&
          entry.because === cause &&
          entry.player === player &&
          entry.place === place &&
          entry.subject === kind &&
          entry.gameMs === gameMs
        );
      };
    },
  ),
];

export const ofWords: readonly Contract[] = [
  contract(
    TraceDiscoveredEventSchema,
    "language",
    "traces",
    "who finds a trace where the language is spoken meets the words that such traces say",
    (state: LanguageState, { player, region, kind }) => {
      const tongue = tongueOf(state);
      if (tongue === undefined) return undefined;
      const before = pointsIn(state, player);
      const said = tongue.inscriptions.find((one) => one.kind === kind)?.concepts ?? [];
      const isRead = tongue.regions.includes(region) && !knowsAll(state, player, said);
      return () => (pointsIn(state, player) !== before) === isRead;
    },
  ),
  contract(
    NpcSpeakEventSchema,
    "language",
    "npc",
    "those whom it is said to, or who are in the region, meet its words, if it is this language",
    (state: LanguageState, { language, region, concepts, player, gameMs }, key) => {
      if (state.digest === "") return undefined;
      const isHere = (one: { region: string; actedMs: bigint }) =>
        one.region === region && gameMs - one.actedMs <= presenceMs;
      const hearers = state.listeners
        .filter((one) => (player === "" ? isHere(one) : one.player === player))
        .map((one) => one.player);
      const known = concepts.filter((concept) => state.concepts.includes(concept));
      const before = new Map(
        state.listeners.map((one) => [one.player, pointsIn(state, one.player)]),
      );
      const taught = (name: string) =>
        language === key && hearers.includes(name) && !knowsAll(state, name, known);
      const wanted = new Map([...before.keys()].map((name) => [name, taught(name)]));
      return () =>
        [...wanted].every(([name, is]) => (pointsIn(state, name) !== before.get(name)) === is);
    },
  ),
  contract(
    LanguageLearnedEventSchema,
    "language",
    "language",
    "a word of a relative that sounds alike helps its player with that word, and only so",
    (state: LanguageState, { language, family, player, concept }, key) => {
      const tongue = tongueOf(state);
      if (tongue === undefined) return undefined;
      const all = () =>
        state.listeners.map((one) => `${one.player} ${pointsIn(state, one.player)}`);
      const before = all();
      const isRelative = language !== key && family === tongue.lineage[0]?.name;
      if (!isRelative) return () => all().join() === before.join();
      const point = () => pointsIn(state, player, [concept]);
      const own = point();
      return () => {
        const now = all();
        const changed = now.filter((one) => !before.includes(one));
        // It does not sound alike, or it was known.
        if (changed.length === 0) return undefined;
        return point() !== own && changed.length === 1 && changed[0]?.startsWith(`${player} `);
      };
    },
  ),
];
