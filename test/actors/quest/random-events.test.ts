import { createHash } from "node:crypto";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  type Book,
  type Definition,
  idOf,
  type Objective,
  type Outlet,
  type Step,
} from "../../../src/actors/quest/book.ts";
import {
  acceptHindrance,
  acceptQuest,
  joinHindrance,
  joinQuest,
} from "../../../src/actors/quest/commands.ts";
import { hearDeed } from "../../../src/actors/quest/deeds.ts";
import { passTime, skipTime } from "../../../src/actors/quest/game-time.ts";
import { chanceOf } from "../../../src/actors/quest/generate.ts";
import {
  hearChoice,
  hearDiscovery,
  hearOccurrence,
  hearQuestBeat,
  hearQuestEnd,
  hearWeather,
} from "../../../src/actors/quest/happenings.ts";
import { liveOf } from "../../../src/actors/quest/live.ts";
import { hearNeed } from "../../../src/actors/quest/needs.ts";
import { turnOf } from "../../../src/actors/quest/turn.ts";
import {
  QuestEndedEventSchema,
  QuestRewardedEventSchema,
  QuestRunStatus,
  QuestScope,
  QuestStateSchema,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryChoiceEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { TraceDiscoveredEventSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { Audit, type Seen, verbs } from "./audit.ts";
import { configuration, deed, definition, known, minute, step } from "./rig.ts";

type Chance = ReturnType<typeof chanceOf>;

const codec = codecOf(QuestStateSchema);
const players = ["anna", "bert", "carl", "dora", "emil"];
const items = ["grain", "timber"];
const tags = ["yes", "no"];

function of<T>(chance: Chance, list: readonly T[]): T {
  return list[chance.integer(list.length)] as T;
}

function randomObjective(chance: Chance): Objective {
  const place = of(chance, known.places);
  switch (chance.integer(9)) {
    case 0:
      return {
        what: {
          case: "occurrence",
          value: { kind: "raid", region: "", ended: chance.integer(2) === 0 },
        },
      };
    case 1:
      return { what: { case: "weather", value: { region: "moor", condition: "rain" } } };
    case 2:
      return {
        what: { case: "discovery", value: { region: "", kind: of(chance, ["scorch", "letter"]) } },
      };
    case 3:
      return { what: { case: "choice", value: { dialogue: "", tag: of(chance, tags) } } };
    case 4:
      return {
        what: { case: "quest", value: { quest: `quest.${chance.integer(12)}`, outcome: 1 } },
      };
    default:
      return deed(of(chance, verbs), {
        region: chance.integer(3) === 0 ? place.region : "",
        placeKind: chance.integer(4) === 0 ? place.kind : "",
        item: chance.integer(3) === 0 ? of(chance, items) : "",
        unsuccessful: chance.integer(5) === 0,
      });
  }
}

function randomQuest(name: string, chance: Chance): Definition {
  const count = 1 + chance.integer(4);
  const steps: Step[] = [];
  for (let i = 0; i < count; i += 1) {
    const after = steps
      .filter(({ fails }) => !fails && chance.integer(2) === 0)
      .map(({ id }) => id);
    steps.push(
      step(`s${i}`, randomObjective(chance), {
        ...{ after, afterCount: after.length > 1 ? chance.integer(after.length) : 0 },
        objectives: Array.from({ length: 1 + chance.integer(2) }, () => randomObjective(chance)),
        count: chance.integer(4),
        optional: i > 0 && chance.integer(4) === 0,
        fails: i > 0 && chance.integer(8) === 0,
        minutes: chance.integer(4) === 0 ? 20 + chance.integer(200) : 0,
      }),
    );
  }
  return definition(name, steps, {
    scope: of(chance, [QuestScope.PLAYER, QuestScope.PLAYER, QuestScope.PARTY, QuestScope.WORLD]),
    offer: {
      when: of(chance, [
        { case: "onArrival", value: true },
        { case: "onOccurrence", value: "raid" },
      ] as const),
    },
    minutes: chance.integer(2) * 300,
    againAfterMinutes: 1 + chance.integer(60),
    reward: { coins: 7 },
  });
}

/** A book that is written on, with all that it says heard by the audit and by itself. */
class Scribe {
  book: Book;
  readonly #audit: Audit | undefined;
  readonly #said: [DescMessage, MessageShape<DescMessage>][] = [];
  readonly #accepted = new Set<number>();
  readonly told = createHash("sha256");
  readonly #out: Outlet;

  constructor(quests: Definition[], audit: Audit | undefined, seed: number) {
    this.book = codec.complete({ ...configuration(quests), configured: true } as never);
    this.#audit = audit;
    this.#out = {
      random: chanceOf(seed),
      log: () => {},
      publish: (type, event) => {
        const copy = codecOf(type).complete(event);
        this.#said.push([type, copy]);
        this.told.update(type.name).update(codecOf(type).toBytes(event));
      },
    };
  }

  bytes(): Uint8Array {
    return codec.toBytes(this.book as never);
  }

  restore(): void {
    this.book = codec.decode(this.bytes()) as Book;
  }

  hear(seen: Seen | undefined, run: (turn: ReturnType<typeof turnOf>) => void): void {
    if (seen) this.#audit?.note(seen);
    run(turnOf(this.book, this.#out));
    this.#attend();
  }

  #attend(): void {
    const { definitions } = liveOf(this.book);
    for (const run of this.book.runs) {
      if (run.status !== QuestRunStatus.ACTIVE || this.#accepted.has(run.number)) continue;
      this.#accepted.add(run.number);
      this.#audit?.accepted(idOf(run), definitions.get(run.quest) as Definition, run.player);
    }
    for (let next = this.#said.shift(); next; next = this.#said.shift()) {
      const [type, event] = next;
      if (type === QuestEndedEventSchema) {
        const ended = event as MessageShape<typeof QuestEndedEventSchema>;
        this.#audit?.ended(ended);
        // Everybody's, as far as the audit goes: it takes more for done than quests do.
        this.hear(
          {
            kind: "quest",
            player: "",
            amount: 1,
            fields: { quest: ended.quest, outcome: ended.outcome },
          },
          (turn) => hearQuestEnd(turn, ended),
        );
      } else if (type === QuestRewardedEventSchema) {
        this.#audit?.rewarded(event as MessageShape<typeof QuestRewardedEventSchema>);
      }
    }
  }
}

type Deed = (scribe: Scribe, audit: Audit | undefined) => void;

function randomDeed(chance: Chance, nowMs: bigint): Deed {
  const player = of(chance, players);
  const region = of(chance, known.regions);
  const place = of(chance, known.places).id;
  // Some come late, and some come again.
  const gameMs = chance.integer(10) === 0 ? nowMs - BigInt(chance.integer(50) * minute) : nowMs;
  const number = chance.integer(40);
  switch (chance.integer(14)) {
    case 0: {
      const event = codecOf(OccurrenceEventSchema).complete({
        id: `o${number}`,
        kind: "raid",
        region,
        started: chance.integer(2) === 0,
        gameMs,
      });
      return (scribe) =>
        scribe.hear({ kind: "occurrence", player: "", amount: 1, fields: { ...event } }, (turn) =>
          hearOccurrence(turn, event),
        );
    }
    case 1:
      return (scribe) =>
        scribe.hear(
          { kind: "weather", player: "", amount: 1, fields: { region, condition: "rain" } },
          (turn) => hearWeather(turn, { region, newState: "rain", gameMs }),
        );
    case 2: {
      const event = codecOf(TraceDiscoveredEventSchema).complete({
        player,
        trace: `moor.${number}`,
        region,
        kind: of(chance, ["scorch", "letter"]),
        gameMs,
      });
      return (scribe) =>
        scribe.hear({ kind: "discovery", player, amount: 1, fields: { ...event } }, (turn) =>
          hearDiscovery(turn, event),
        );
    }
    case 3: {
      const tag = of(chance, [
        ...tags,
        `abandon:quest.${chance.integer(12)}`,
        `accept:quest.${chance.integer(12)}`,
      ]);
      const event = codecOf(StoryChoiceEventSchema).complete({
        player,
        dialogue: "elder",
        region,
        tags: [tag],
        gameMs,
      });
      return (scribe) =>
        scribe.hear({ kind: "choice", player, amount: 1, fields: { ...event } }, (turn) =>
          hearChoice(turn, event),
        );
    }
    case 4: {
      const subject = chance.integer(2) === 0 ? "generate" : `quest.${chance.integer(12)}`;
      const event = codecOf(StoryBeatEventSchema).complete({
        beat: 1n,
        kind: BeatKind.QUEST,
        region,
        player,
        subject,
        gameMs,
      });
      return (scribe) => scribe.hear(undefined, (turn) => hearQuestBeat(turn, event));
    }
    case 5: {
      const need = {
        npc: `${region}.${number}`,
        region,
        place,
        role: "host",
        need: "food",
        good: "grain",
        urgency: 0.5,
        gameMs,
      };
      return (scribe) => scribe.hear(undefined, (turn) => hearNeed(turn, { ...need }));
    }
    case 6:
    case 7:
      return (scribe, audit) =>
        scribe.hear(undefined, (turn) => {
          for (const run of [...turn.book.runs]) {
            if (acceptHindrance(turn, run, player) === undefined) acceptQuest(turn, run, player);
            else if (joinHindrance(turn, run, player) === undefined) {
              joinQuest(turn, run, player);
              audit?.joined(idOf(run), player);
            }
          }
        });
    default: {
      const event = codecOf(PlayerActedEventSchema).complete({
        ...{ player, region, place, gameMs, target: `npc.${chance.integer(3)}` },
        verb: chance.integer(3) === 0 ? Verb.TRAVEL : of(chance, verbs),
        item: of(chance, items),
        amount: 1,
        success: chance.integer(4) > 0,
      });
      return (scribe) =>
        scribe.hear({ kind: "player", player, amount: 1, fields: { ...event } }, (turn) =>
          hearDeed(turn, event),
        );
    }
  }
}

describe("quests in a hundred thousand random events", () => {
  it("reward nobody twice, complete nothing undone, and go on from a restored state as before", () => {
    let [completed, rewards, ended] = [0, 0, 0];
    for (let seed = 1; seed <= 10; seed += 1) {
      const chance = chanceOf(seed);
      const quests = Array.from({ length: 12 }, (_, i) => randomQuest(`quest.${i}`, chance));
      const audit = new Audit(known.places);
      const kept = new Scribe(quests, audit, seed);
      const restored = new Scribe(structuredClone(quests), undefined, seed);
      let last: Deed | undefined;
      let nowMs = 0n;
      for (let i = 0; i < 10_000; i += 1) {
        if (chance.integer(6) === 0) {
          nowMs += BigInt((1 + chance.integer(15)) * minute);
          const jumped = chance.integer(300) === 0;
          if (jumped) nowMs = BigInt(chance.integer(1_000_000) * minute);
          for (const scribe of [kept, restored]) {
            if (jumped) skipTime(scribe.book, nowMs);
            scribe.hear(undefined, (turn) => passTime(turn, nowMs));
          }
        }
        const again: Deed | undefined = chance.integer(10) === 0 ? last : undefined;
        const deed: Deed = again ?? randomDeed(chance, nowMs);
        deed(kept, audit);
        deed(restored, undefined);
        last = deed;
        if (chance.integer(200) === 0) restored.restore();
      }
      expect(audit.faults).toEqual([]);
      expect(Buffer.compare(kept.bytes(), restored.bytes())).toBe(0);
      expect(restored.told.digest("hex")).toBe(kept.told.digest("hex"));
      completed += audit.completed.size;
      rewards += audit.rewards;
      ended += audit.ends;
    }
    expect(completed).toBeGreaterThan(500);
    expect(rewards).toBeGreaterThan(500);
    expect(ended).toBeGreaterThan(completed);
  }, 240_000);
});
