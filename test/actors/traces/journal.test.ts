import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QuestEndedEventSchema, QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  TraceDiscoveredEventSchema,
  TraceLeftEventSchema,
  TracesService,
} from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { WeatherSevereEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { configuration, places, TracesRig, template } from "./rig.ts";

const { method } = TracesService;
const region = fc.constantFrom("moor", "peaks");
const place = fc.constantFrom("", "mill", "bridge", "hill", "deep-ford");
const player = fc.constantFrom("anna", "berta", "carl");
const gameMs = fc.bigInt({ min: 0n, max: 500_000_000n });
const id = fc.integer({ min: 0, max: 20 }).map((n) => `e.${n}`);

const events = {
  occurrence: fc.record({
    ...{ region, place, gameMs, id, started: fc.boolean() },
    kind: fc.constantFrom("raid", "fair"),
  }),
  quest: fc.record({
    ...{ region, place, gameMs, id, player, quest: fc.constantFrom("bread", "bell") },
    outcome: fc.constantFrom(QuestOutcome.COMPLETED, QuestOutcome.FAILED, QuestOutcome.EXPIRED),
  }),
  act: fc.record({
    ...{ region, place, gameMs, player, success: fc.boolean() },
    targetKind: fc.constantFrom("", "wolf", "imp"),
    verb: fc.constantFrom(Verb.FIGHT, Verb.WORK, Verb.DELIVER, Verb.TALK, Verb.SEARCH),
  }),
  storm: fc.record({
    region,
    gameMs,
    condition: fc.constantFrom("gale", "fair"),
    started: fc.boolean(),
  }),
  beat: fc.record({
    ...{ region, place, gameMs, beat: fc.bigInt({ min: 1n, max: 30n }) },
    kind: fc.constantFrom(BeatKind.ENCOUNTER, BeatKind.STORY, BeatKind.QUIET),
    subject: fc.constantFrom("", "wolf"),
  }),
};

/** Texts that say all that there is to say, so that each claim can be looked up. */
const tellAll = ["occurrence", "aftermath", "quest", "fight", "work", "deliver", "storm", "beat"];
const text = "place={place} player={player} subject={subject} day={day}.";

interface Claim {
  readonly cause: string;
  readonly region: string;
  readonly place: string;
  readonly player: string;
  readonly subject: string;
  readonly gameMs: bigint;
}

type Event<Name extends keyof typeof events> =
  (typeof events)[Name] extends fc.Arbitrary<infer E> ? E : never;

/** What happened, by the events that were published and nothing else: what should have left a trace. */
function historyOf(published: Published): Claim[] {
  const nobody = { player: "", subject: "" };
  return [
    ...published.occurrences.map((e) => ({
      ...{ ...e, ...nobody, cause: `occurrence/${e.id}`, subject: e.kind },
    })),
    ...published.quests.map((e) => ({ ...e, cause: `quest/${e.id}`, subject: e.quest })),
    ...published.acts.flatMap((e) => {
      const family = { [Verb.FIGHT]: "fight", [Verb.WORK]: "work", [Verb.DELIVER]: "deliver" };
      const name = family[e.verb as keyof typeof family];
      const subject = e.verb === Verb.DELIVER ? "" : e.targetKind;
      return name ? [{ ...e, cause: `${name}/${e.player}/${e.gameMs}`, subject }] : [];
    }),
    ...published.storms
      .flatMap((e, i, all) => {
        const before = all.slice(0, i).findLast(({ region: of }) => of === e.region);
        const subject = before?.started ? before.condition : "";
        return e.started ? [] : { ...e, subject };
      })
      .map((e) => ({
        ...{ ...e, player: "", place: "", cause: `storm/${e.region}/${e.gameMs}` },
      })),
    ...published.beats
      .filter((e) => e.kind !== BeatKind.QUIET)
      .map((e) => ({ ...e, player: "", cause: `beat/${e.beat}` })),
  ];
}

interface Published {
  readonly occurrences: Event<"occurrence">[];
  readonly quests: Event<"quest">[];
  readonly acts: Event<"act">[];
  readonly storms: Event<"storm">[];
  readonly beats: Event<"beat">[];
}

const published: fc.Arbitrary<Published> = fc.record({
  occurrences: fc.array(events.occurrence),
  quests: fc.array(events.quest),
  acts: fc.array(events.act, { maxLength: 20 }),
  storms: fc.array(events.storm),
  beats: fc.array(events.beat),
});

function play(happened: Published, options: { workers?: number } = {}): TracesRig {
  const templates = tellAll.map((cause) => template(cause, { texts: [text] }));
  const rig = new TracesRig(
    { ...configuration, region: "moor", templates, tracesMax: 500 },
    options,
  );
  rig.publish(OccurrenceEventSchema, ...happened.occurrences);
  rig.publish(QuestEndedEventSchema, ...happened.quests);
  rig.publish(PlayerActedEventSchema, ...happened.acts);
  rig.publish(WeatherSevereEventSchema, ...happened.storms);
  rig.publish(StoryBeatEventSchema, ...happened.beats);
  return rig;
}

/** Whether a trace of a claim could say this: what the claim leaves open may be anything in its region. */
function agrees(trace: { place: string; gameMs: bigint; text: string }, claim: Claim): boolean {
  const title = places.find((known) => known.id === trace.place)?.title ?? trace.place;
  const who = claim.player === "" ? "Somebody" : claim.player;
  const subject = claim.subject === "" ? "something" : claim.subject;
  const day = trace.gameMs / 86_400_000n + 1n;
  const says = `place=${title} player=${who} subject=${subject} day=${day}.`;
  return (
    (claim.place === "" || claim.place === trace.place) &&
    claim.gameMs === trace.gameMs &&
    trace.text.replace("deep ford", "deep-ford").toLowerCase() === says.toLowerCase()
  );
}

describe("traces and the journal", () => {
  it("agree: every trace is of something that was published, and says what it said", () => {
    fc.assert(
      fc.property(published, (happened) => {
        const rig = play(happened);
        const history = historyOf(happened).filter((claim) => claim.region === "moor");
        const { traces } = rig.state;
        expect(traces).toHaveLength(history.length);
        const unseen = [...history];
        for (const trace of traces) {
          const at = unseen.findIndex(
            (claim) => claim.cause === trace.cause && agrees(trace, claim),
          );
          expect(at, `nothing that was published left ${trace.text}`).toBeGreaterThanOrEqual(0);
          unseen.splice(at, 1);
        }
        const left = rig.world.eventsOf(TraceLeftEventSchema);
        expect(left.filter((event) => event.region === "moor").map((event) => event.cause)).toEqual(
          traces.map(({ cause }) => cause),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("agree with 1, 2 and 4 workers", () => {
    const [happened] = fc.sample(published, { numRuns: 1, seed: 11 });
    if (happened === undefined) throw new Error("nothing happened");
    const hashes = [1, 2, 4].map((workers) => play(happened, { workers }).world.hash());
    expect(new Set(hashes).size).toBe(1);
  });

  it("go on in the same way on another worker", () => {
    const [happened] = fc.sample(published, { numRuns: 1, seed: 12 });
    if (happened === undefined) throw new Error("nothing happened");
    const hashes = [false, true].map((moves) => {
      const rig = play(happened, { workers: 2 });
      if (moves) for (const at of [0, 1]) rig.world.move("traces/moor", at);
      rig.pass(3);
      rig.publish(PlayerActedEventSchema, ...happened.acts);
      rig.pass(40);
      return rig.world.hash();
    });
    expect(hashes[1]).toBe(hashes[0]);
  });

  it("pay each discovery once, however often it is made", () => {
    const tries = fc.array(fc.tuple(player, fc.integer({ min: 1, max: 25 })), { maxLength: 60 });
    fc.assert(
      fc.property(tries, (attempts) => {
        const rig = new TracesRig();
        const fair = { kind: "fair", region: "moor", place: "mill", started: true };
        const many = Array.from({ length: 20 }, (_, i) => ({ ...fair, id: `f.${i}` }));
        rig.publish(OccurrenceEventSchema, ...many);
        const unique = new Set<string>();
        for (const [who, number] of attempts) {
          const trace = `moor.${number}`;
          const known = unique.has(`${who} ${trace}`);
          const outcome = rig.world.call(method.discover, { region: "moor", player: who, trace });
          expect(outcome.ok).toBe(number <= 20);
          if (!outcome.ok) continue;
          expect(outcome.value.already).toBe(known);
          unique.add(`${who} ${trace}`);
        }
        const found = rig.world
          .eventsOf(TraceDiscoveredEventSchema)
          .map((event) => `${event.player} ${event.trace}`);
        expect(found).toEqual([...unique]);
        expect(rig.state.found).toBe(BigInt(unique.size));
      }),
      { numRuns: 25 },
    );
  });
});
