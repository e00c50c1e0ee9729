import type { DescMethodUnary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { checkConfiguration } from "../../../src/actors/storyteller/configuration.ts";
import {
  BeatKind,
  ConfigureStorytellerSchema,
  StorytellerService,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../../src/runtime/index.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import { classic, type PackInit, packWith, type StoryletInit, storylets } from "./pack.ts";
import { address, say, storyWorld } from "./stage.ts";

const { method } = StorytellerService;

const story: StoryletInit = { name: "one", kind: BeatKind.STORY, subject: "x", salience: 1 };
const withStorylet = (more: Partial<StoryletInit>): PackInit => ({
  storylets: [{ ...story, ...more }],
});
const withPersonality = (more: object): PackInit => ({ personality: { ...classic, ...more } });

/** What is wrong with a pack, and where it has to say so. */
const badPacks: readonly [PackInit, string][] = [
  [{ personality: undefined }, "personality"],
  [withPersonality({ name: "No" }), "personality.name"],
  [withPersonality({ title: "x".repeat(201) }), "personality.title"],
  [withPersonality({ relax: undefined }), "personality.relax"],
  [withPersonality({ buildUp: { least: 0, most: 5 } }), "personality.build_up.least"],
  [withPersonality({ peak: { least: 9, most: 5 } }), "personality.peak.most"],
  [withPersonality({ fade: { least: Number.NaN, most: 5 } }), "personality.fade.least"],
  [withPersonality({ peakFrom: 1.5 }), "personality.peak_from"],
  [withPersonality({ relaxBelow: 0.8 }), "personality.relax_below"],
  [withPersonality({ relaxBelow: 0.7 }), "personality.relax_below"],
  [withPersonality({ decay: -0.1 }), "personality.decay"],
  [withPersonality({ decay: Number.POSITIVE_INFINITY }), "personality.decay"],
  [withPersonality({ pointsPerHour: -1 }), "personality.points_per_hour"],
  [withPersonality({ pointsMax: Number.NaN }), "personality.points_max"],
  [withPersonality({ lossFactor: 2 }), "personality.loss_factor"],
  [withPersonality({ lossMinutes: -1 }), "personality.loss_minutes"],
  [withPersonality({ randomness: 1.1 }), "personality.randomness"],
  [{ personalities: [classic, classic] }, "personalities[1].name"],
  [{ regions: [] }, "regions (length)"],
  [{ regions: [{ name: "Moor" }] }, "regions[0].name"],
  [{ regions: [{ name: "moor", climate: "?" }], places: [] }, "regions[0].climate"],
  [{ places: [{ id: "a", region: "sea", kind: "inn" }] }, "places[0].region"],
  [{ places: [{ id: "a", region: "fen", kind: "" }] }, "places[0].kind"],
  [
    {
      places: [
        { id: "a", region: "fen", kind: "inn" },
        { id: "a", region: "fen", kind: "inn" },
      ],
    },
    "places[1].id",
  ],
  [{ encounterKinds: [{ name: "x", cost: -1 }], storylets: [] }, "encounter_kinds[0].cost"],
  [{ encounterKinds: [{ name: "x", strength: 2 }], storylets: [] }, "encounter_kinds[0].strength"],
  [
    { encounterKinds: [{ name: "x", places: ["A"] }], storylets: [] },
    "encounter_kinds[0].places[0]",
  ],
  [withStorylet({ name: "" }), "storylets[0].name"],
  [withStorylet({ name: "wolves" }), "storylets[0].name"],
  [{ storylets: [story, story] }, "storylets[1].name"],
  [
    { storylets: Array.from({ length: 257 }, (_, i) => ({ ...story, name: `s${i}` })) },
    "storylets",
  ],
  [withStorylet({ kind: BeatKind.UNSPECIFIED }), "storylets[0].kind"],
  [withStorylet({ kind: BeatKind.QUIET }), "storylets[0].kind"],
  [withStorylet({ kind: 99 as BeatKind }), "storylets[0].kind"],
  [withStorylet({ subject: "" }), "storylets[0].subject"],
  [withStorylet({ kind: BeatKind.ENCOUNTER, subject: "dragon" }), "storylets[0].subject"],
  [withStorylet({ regions: ["The Moor"] }), "storylets[0].regions[0]"],
  [withStorylet({ placeKinds: [""] }), "storylets[0].place_kinds[0]"],
  [withStorylet({ salience: -1 }), "storylets[0].salience"],
  [withStorylet({ intensity: -1.5 }), "storylets[0].intensity"],
  [withStorylet({ cost: Number.NaN }), "storylets[0].cost"],
  [withStorylet({ cooldownMinutes: 525_601 }), "storylets[0].cooldown_minutes"],
  [withStorylet({ worldCooldownMinutes: 4e9 }), "storylets[0].world_cooldown_minutes"],
  [withStorylet({ sets: ["Not this"] }), "storylets[0].sets[0]"],
  [withStorylet({ minutes: 600_000 }), "storylets[0].minutes"],
  [withStorylet({ preconditions: Array(17).fill("a") }), "storylets[0].preconditions"],
  ...[
    ...[
      "",
      "!",
      "!!a",
      "Fact",
      "a b",
      "phase:noon",
      "phase:",
      "pacing:calm",
      "season:",
      "weather:A B",
    ],
    ...["!severe", "!season:winter", "intensity", "intensity<", "intensity=0.5", "intensity>1.5"],
    ...["intensity<-0.1", "intensity < 0.5", "severe:storm ", "phase:toString"],
  ].map((text): [PackInit, string] => [
    withStorylet({ preconditions: ["a", text] }),
    "storylets[0].preconditions[1]",
  ]),
  [{ fairness: { graceMinutes: 600_000 } }, "fairness.grace_minutes"],
  [{ fairness: { encountersPerPlayer: 17 } }, "fairness.encounters_per_player"],
  [{ occurrenceKinds: [{ name: "x" }, { name: "x" }] }, "occurrence_kinds[1].name"],
  [{ gameMs: -1n }, "game_ms"],
];

describe("a pack that is not valid", () => {
  it("is refused with the place, the value and what would be valid", () => {
    for (const [pack, path] of badPacks) {
      const check = () => checkConfiguration(packWith(pack), "storyteller.");
      expect(check, path).toThrow(Rejection);
      expect(check, path).toThrow(`storyteller.${path}`);
      expect(check, path).toThrow(/is not valid; valid (are|is) /);
    }
  });

  it("changes nothing of a world that runs", () => {
    for (const [pack, path] of badPacks.filter((_, i) => i % 7 === 0)) {
      const [world, twin] = [storyWorld(), storyWorld()];
      world.send(address, ConfigureStorytellerSchema, packWith(pack));
      for (const one of [world, twin]) one.step(3);
      expect(world.hash(), path).toBe(twin.hash());
      expect(
        world.log.some(({ text }) => text.includes(path)),
        path,
      ).toBe(true);
    }
  });
});

const known = [...storylets.map(({ name }) => name), "wolves"];

/** A method, a request, the code of its refusal, and what the text has to name. */
const badCommands: readonly [DescMethodUnary, object, string, string][] = [
  [method.commitBeat, { name: "nothing", player: "anna" }, "INVALID_ARGUMENT", 'name="nothing"'],
  [method.commitBeat, { name: "wolves", player: "zoe" }, "NOT_FOUND", 'player="zoe"'],
  [method.commitBeat, { name: "raid", region: "sea" }, "NOT_FOUND", "valid are moor, fen"],
  [method.commitBeat, { name: "raid" }, "NOT_FOUND", 'region=""'],
  [
    ...[method.commitBeat, { name: "letter", player: "anna", region: "fen" }],
    ...["INVALID_ARGUMENT", "valid are moor"],
  ] as [DescMethodUnary, object, string, string],
  [
    ...[method.commitBeat, { name: "letter", player: "anna", place: "fen.hut" }],
    ...["INVALID_ARGUMENT", 'place="fen.hut"'],
  ] as [DescMethodUnary, object, string, string],
  [
    method.commitBeat,
    { name: "wolves", player: "anna" },
    "FAILED_PRECONDITION",
    "may not happen now",
  ],
  [method.commitBeat, { name: "letter", region: "moor" }, "FAILED_PRECONDITION", "nobody"],
  [
    ...[method.commitBeat, { name: "letter", region: "moor", force: true }],
    ...["FAILED_PRECONDITION", "nobody"],
  ] as [DescMethodUnary, object, string, string],
  [method.vetoStorylet, { name: "nothing", minutes: 5 }, "INVALID_ARGUMENT", 'name="nothing"'],
  [method.vetoStorylet, { name: known[0], minutes: 525_601 }, "INVALID_ARGUMENT", "minutes=525601"],
  [method.setPersonality, { name: "cruel" }, "INVALID_ARGUMENT", "classic, calm, chance"],
  [method.setPersonality, { name: "" }, "INVALID_ARGUMENT", 'name=""'],
  [
    ...[method.loadStorylets, { storylets: [{ ...story, salience: -1 }] }],
    ...["INVALID_ARGUMENT", "storylets[0].salience=-1"],
  ] as [DescMethodUnary, object, string, string],
  [method.proposeBeats, { player: "zoe" }, "NOT_FOUND", 'player="zoe"'],
  [method.proposeBeats, {}, "NOT_FOUND", 'region=""'],
  [method.getPacing, { region: "sea" }, "NOT_FOUND", 'region="sea"'],
  [method.explainBeat, { beat: 99n }, "NOT_FOUND", "beat=99"],
  [method.explainBeat, {}, "NOT_FOUND", "beat=0"],
  [method.listDecisions, { limit: 65 }, "INVALID_ARGUMENT", "limit=65"],
];

describe("a command that is not valid", () => {
  const talk = {
    player: "anna",
    verb: Verb.TALK,
    region: "moor",
    place: "moor.inn",
    success: true,
  };
  const begin = () => {
    const world = storyWorld();
    say(world, PlayerActedEventSchema, talk);
    world.step(2);
    return world;
  };

  it("gets the right error and changes nothing", () => {
    for (const [command, request, code, text] of badCommands) {
      const [world, twin] = [begin(), begin()];
      const outcome = world.call(command, request as never);
      twin.step();
      expect(outcome, text).toMatchObject({ ok: false, code });
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(world.hash(), text).toBe(twin.hash());
    }
  });

  it("is any command before there is a configuration", () => {
    const bootstrap = [
      { address, type: ConfigureStorytellerSchema, message: packWith({ regions: [] }) },
    ];
    const world = createTestWorld({ actors, bootstrap });
    world.step();
    const before = world.hash();
    for (const [command, request] of badCommands) {
      const outcome = world.call(command, request as never);
      expect(outcome).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
      expect(outcome.ok ? "" : outcome.message).toContain("has not been configured");
    }
    expect(world.hash()).toBe(before);
  });
});
