import { describe, expect, it } from "vitest";
import type { ConfigureLanguage } from "../../../src/actors/language/definition.ts";
import {
  LanguageLearnedEventSchema,
  LanguageService,
  NameKind,
} from "../../../src/gen/tellurion/v1/language_pb.ts";
import { QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { lettersOf } from "../../support/scripted.ts";
import { concepts, configuration, definition } from "./definitions.ts";
import { act, endQuest, find, languageWorld, speak, stateOf } from "./world.ts";

const { method } = LanguageService;
const hour = 3_600_000n;

function progressOf(world: TestWorld, player: string, language = "old") {
  const outcome = world.call(method.getProgress, { language, player });
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

function learned(world: TestWorld): string[] {
  return world
    .eventsOf(LanguageLearnedEventSchema)
    .map(({ language, player, concept }) => `${language} ${player} ${concept}`);
}

/** Says a word to a player so often that anybody would have learned it. */
function teach(world: TestWorld, player: string, words: readonly string[], language = "old"): void {
  for (let i = 0; i < 25; i += 1) {
    speak(world, { language, player, region: "moor", concepts: [...words], gameMs: BigInt(i) });
  }
}

describe("a player", () => {
  it("learns a word by hearing it, once, after a number of times that differs from word to word", () => {
    const world = languageWorld({ old: configuration() });
    const words = concepts.slice(0, 40);
    teach(world, "anna", words);
    const events = world.eventsOf(LanguageLearnedEventSchema);
    expect(events.map(({ concept }) => concept).sort()).toEqual([...words].sort());
    expect(new Set(world.events.map(({ frame }) => frame)).size).toBeGreaterThan(8);
    const skills = events.map(({ skill }) => skill);
    expect(skills).toEqual([...skills].sort((a, b) => a - b));
    expect(skills.at(-1)).toBeCloseTo(40 / concepts.length, 5);
    expect(events[0]).toMatchObject({ language: "old", player: "anna", family: "old" });
    expect(progressOf(world, "anna")).toMatchObject({ known: 40, total: concepts.length });
    expect(world.deadLetters).toEqual([]);
  });

  it("knows a word after n hearings with a chance of about 1 - exp(-n / 6)", () => {
    const world = languageWorld({ old: configuration() });
    const players = Array.from({ length: 8 }, (_, i) => `p${i}`);
    for (let i = 0; i < 6; i += 1) {
      for (const player of players) {
        speak(world, { language: "old", player, concepts: concepts.slice(0, 60) });
      }
    }
    const share = learned(world).length / (players.length * 60);
    expect(share).toBeGreaterThan(0.58);
    expect(share).toBeLessThan(0.72);
  });

  it("overhears those who speak where the player has acted lately, and learns more slowly by it", () => {
    const world = languageWorld({ old: configuration() });
    act(world, { player: "anna", region: "moor", gameMs: hour });
    act(world, { player: "ben", region: "coast", gameMs: hour });
    act(world, { player: "old-carl", region: "moor", gameMs: 1n });
    speak(world, { language: "old", region: "moor", concepts: ["storm"], gameMs: 25n * hour });
    expect(progressOf(world, "anna").concepts).toMatchObject([
      { concept: "storm", exposures: 0.25 },
    ]);
    expect(progressOf(world, "ben").concepts).toEqual([]);
    expect(progressOf(world, "old-carl").concepts).toEqual([]);
    speak(world, { language: "old", region: "moor", player: "ben", concepts: ["storm"] });
    expect(progressOf(world, "ben").concepts).toMatchObject([{ concept: "storm", exposures: 1 }]);
  });

  it("hears nothing of other languages, and nothing in words that the language does not have", () => {
    const world = languageWorld({ old: configuration() });
    speak(world, { language: "new", player: "anna", concepts: ["storm"] });
    speak(world, { language: "old", player: "anna", concepts: ["spaceship"] });
    speak(world, { language: "old", player: "Not A Key", concepts: ["storm"] });
    expect(stateOf(world, "old")?.listeners).toEqual([]);
  });

  it("reads inscriptions of traces that are found where the language is spoken", () => {
    const inscriptions = [{ kind: "letter", concepts: ["wolf", "danger"] }];
    const world = languageWorld({ old: configuration({ inscriptions }) });
    find(world, { player: "anna", region: "moor", kind: "letter", gameMs: 5n });
    find(world, { player: "anna", region: "coast", kind: "letter", gameMs: 6n });
    find(world, { player: "anna", region: "moor", kind: "wreck", gameMs: 7n });
    expect(progressOf(world, "anna").concepts).toMatchObject([
      { concept: "wolf", exposures: 1 },
      { concept: "danger", exposures: 1 },
    ]);
  });

  it("talks about a quest that is completed: so do all who took part", () => {
    const world = languageWorld({ old: configuration() });
    const quest = { quest: "wolf-hunt", player: "anna", region: "moor", gameMs: 5n };
    const contributions = [
      { player: "ben", share: 0.5 },
      { player: "anna", share: 0.5 },
    ];
    endQuest(world, { ...quest, outcome: QuestOutcome.FAILED });
    expect(stateOf(world, "old")?.listeners).toEqual([]);
    endQuest(world, { ...quest, outcome: QuestOutcome.COMPLETED, contributions });
    endQuest(world, { ...quest, outcome: QuestOutcome.COMPLETED, player: "world" });
    for (const [player, exposures] of [
      ["anna", 1],
      ["ben", 1],
    ] as const) {
      expect(progressOf(world, player).concepts).toMatchObject([
        { concept: "wolf", exposures },
        { concept: "hunt", exposures },
      ]);
    }
    expect(stateOf(world, "old")?.listeners).toHaveLength(2);
  });

  it("who knows a language understands at once what is the same in a relative, and other words not at all", () => {
    const child = definition({ name: "young", parent: "old", soundChanges: ["a > e / _ #"] });
    const world = languageWorld({
      old: configuration(),
      young: configuration({ lineage: [definition(), child] }),
      other: configuration({ lineage: [definition({ name: "other", seed: 99n })] }),
    });
    teach(world, "anna", concepts.slice(0, 30));
    const byLanguage = (name: string) => progressOf(world, "anna", name).known;
    expect(byLanguage("old")).toBe(30);
    expect(byLanguage("young")).toBeGreaterThan(15);
    expect(byLanguage("other")).toBe(0);
    expect(new Set(learned(world)).size).toBe(learned(world).length);
  });

  it("goes on knowing what the language still has a word for, when it gets another configuration", () => {
    const world = languageWorld({ old: configuration() });
    teach(world, "anna", ["wolf", "bear", "storm"]);
    const fewer = concepts.filter((concept) => concept !== "bear");
    const load = {
      language: "old",
      configuration: configuration({ concepts: ["moss", ...fewer] }),
    };
    expect(world.call(method.loadLanguage, load)).toMatchObject({
      ok: true,
      value: { words: concepts.length },
    });
    const { concepts: known } = progressOf(world, "anna");
    expect(known.map(({ concept }) => concept)).toEqual(["storm", "wolf"]);
    expect(known.every((concept) => concept.known)).toBe(true);
    teach(world, "anna", ["wolf", "moss"]);
    expect(learned(world).filter((text) => text.endsWith("wolf"))).toHaveLength(1);
    expect(learned(world).at(-1)).toBe("old anna moss");
  });
});

describe("a language", () => {
  const world = languageWorld({
    old: configuration({
      catalogues: [
        {
          locale: "en",
          texts: [{ key: "found", text: "{who} found {n, plural, one {a coin} other {# coins}}" }],
        },
        { locale: "de", texts: [] },
      ],
    }),
  });

  it("tells what it is like", () => {
    const outcome = world.call(method.getLanguage, { language: "old" });
    expect(outcome.ok && outcome.value).toMatchObject({
      family: "old",
      words: concepts.length,
      catalogues: [
        { locale: "en", texts: 1, missing: 0 },
        { locale: "de", texts: 0, missing: 1 },
      ],
    });
    expect(outcome.ok && outcome.value.affixes).toHaveLength(6);
  });

  it("gives its lexicon in pages", () => {
    const page = (offset: number, limit: number): string[] => {
      const outcome = world.call(method.getLexicon, { language: "old", offset, limit });
      if (!outcome.ok) throw new Error(outcome.message);
      expect(outcome.value.total).toBe(concepts.length);
      return outcome.value.words.map(({ concept }) => concept);
    };
    expect(page(0, 0)).toEqual(concepts.slice(0, 100));
    expect([...page(0, 50), ...page(50, 50), ...page(100, 500)]).toEqual(concepts);
    expect(page(5_000, 10)).toEqual([]);
  });

  it("speaks, and what it says is translated back", () => {
    const glosses = ["big", "wolf", "see.past", "sheep.pl"];
    const spoken = world.call(method.speak, { language: "old", glosses });
    if (!spoken.ok) throw new Error(spoken.message);
    const { text, ipa, timings } = spoken.value;
    expect(ipa.split(" ")).toHaveLength(text.split(" ").length);
    expect(timings?.words.map(({ word }) => word).join(" ")).toBe(text);
    expect(timings?.durationMs).toBeGreaterThan(500);
    const back = world.call(method.translate, { language: "old", text });
    expect(back.ok && back.value).toMatchObject({ text: glosses.join(" "), understood: 1 });
  });

  it("is understood as far as somebody has learned it", () => {
    const learning = languageWorld({ old: configuration() });
    teach(learning, "anna", ["wolf", "see"]);
    const glosses = ["wolf", "see", "sheep"];
    const interpret = (whose: { case: "player"; value: string }) => {
      const request = { language: "old", glosses, understanding: { whose } };
      const outcome = learning.call(method.interpret, request);
      if (!outcome.ok) throw new Error(outcome.message);
      return outcome.value;
    };
    const anna = interpret({ case: "player", value: "anna" });
    expect(anna.understood).toBeCloseTo(2 / 3, 9);
    expect(
      anna.words
        .map(({ gloss }) => gloss)
        .filter((gloss) => gloss !== "")
        .sort(),
    ).toEqual(["see", "wolf"]);
    const ben = interpret({ case: "player", value: "ben" });
    expect(ben).toMatchObject({ understood: 0, text: ben.spoken });
  });

  it("names people and places", () => {
    const name = world.call(method.nameOf, { language: "old", kind: NameKind.PLACE, number: 3 });
    expect(name.ok && name.value.meaning).toMatch(/^[a-z]+-[a-z]+$/);
  });

  it("localises texts with variables and plurals, and says where it found them", () => {
    const variables = [
      { name: "who", value: { case: "text" as const, value: "Anna" } },
      { name: "n", value: { case: "number" as const, value: 3 } },
    ];
    const request = { language: "old", locale: "de", key: "found", variables };
    const outcome = world.call(method.localise, request);
    expect(outcome.ok && outcome.value).toMatchObject({ text: "Anna found 3 coins", locale: "en" });
  });

  it("changes nothing by being asked", () => {
    const before = world.hash();
    world.call(method.speak, { language: "old", glosses: ["storm"] });
    world.call(method.getProgress, { language: "old", player: "nobody" });
    expect(world.hash()).toBe(before);
  });
});

describe("bad commands", () => {
  const world = languageWorld({ old: configuration() });
  const load = (over: Partial<ConfigureLanguage>) => () =>
    world.call(method.loadLanguage, { language: "old", configuration: configuration(over) });
  const define = (over: Parameters<typeof definition>[0]) => load({ lineage: [definition(over)] });
  const child = (over: Parameters<typeof definition>[0]) => {
    const lineage = [definition({ name: "older" }), definition({ parent: "older", ...over })];
    return load({ lineage });
  };
  const query = (run: () => { ok: boolean }) => run;

  it.each([
    [
      "no configuration",
      () => world.call(method.loadLanguage, { language: "old" }),
      "configuration",
    ],
    ["no lineage", load({ lineage: [] }), "lineage (length)=0"],
    ["another name", define({ name: "new" }), 'lineage[0].name="new"'],
    ["no concepts", load({ concepts: [] }), "concepts (length)=0"],
    ["a concept twice", load({ concepts: ["wolf", "wolf"] }), 'concepts[1]="wolf"'],
    ["a concept that is no id", load({ concepts: ["Big Wolf"] }), 'concepts[0]="Big Wolf"'],
    [
      "too many concepts",
      load({ concepts: Array.from({ length: 1_025 }, (_, i) => `c${i}`) }),
      "1 to 1024",
    ],
    ["a verb that is no concept", load({ verbs: ["teleport"] }), 'verbs[0]="teleport"'],
    [
      "a verb that is a modifier",
      load({ verbs: ["wolf"], modifiers: ["wolf"] }),
      'modifiers[0]="wolf"',
    ],
    ["a region that is no id", load({ regions: [""] }), 'regions[0]=""'],
    [
      "an inscription of nothing",
      load({ inscriptions: [{ kind: "letter", concepts: [] }] }),
      "inscriptions[0].concepts",
    ],
    [
      "an inscription in no words",
      load({ inscriptions: [{ kind: "letter", concepts: ["x"] }] }),
      "inscriptions[0].concepts[0]",
    ],
    ["a parent that is not there", define({ parent: "older" }), 'lineage[0].parent="older"'],
    ["sound changes from nothing", define({ soundChanges: ["p > f"] }), "lineage[0].sound_changes"],
    ["another parent", child({ parent: "oldest" }), 'lineage[1].parent="oldest"'],
    [
      "its own parent",
      load({ lineage: [definition(), definition({ parent: "old" })] }),
      'lineage[1].name="old"',
    ],
    [
      "a sound change without an arrow",
      child({ soundChanges: ["p f"] }),
      'lineage[1].sound_changes[0]="p f"',
    ],
    ["consonants that are none", define({ consonants: ["p", "t", "k", "a"] }), 'consonants[3]="a"'],
    ["too few consonants", define({ consonants: ["p"] }), "consonants (length)=1"],
    ["a consonant twice", define({ consonants: ["p", "t", "k", "p"] }), 'consonants[3]="p"'],
    ["a vowel that is none", define({ vowels: ["a", "t"] }), 'vowels[1]="t"'],
    ["a syllable without a vowel", define({ syllables: ["CC"] }), 'syllables[0]="CC"'],
    ["a word order that is none", define({ wordOrder: "OSV" }), 'word_order="OSV"'],
    ["a word for nothing", define({ words: ["talok"] }), 'words[0]="talok"'],
    ["a word for no concept", define({ words: ["spaceship=talok"] }), "words[0]"],
    ["a word that cannot be said", define({ words: ["wolf=w0lf"] }), "words[0]"],
    ["a word without a vowel", define({ words: ["wolf=krst"] }), "words[0]"],
    ["a concept with two words", define({ words: ["wolf=shan", "wolf=talok"] }), "words[1]"],
    [
      "two concepts with one word",
      define({ words: ["wolf=shan", "bear=shan"] }),
      'words[1]="bear=shan"',
    ],
    [
      "a loanword of nobody",
      define({ loanwords: [{ concept: "wolf", language: "", word: "lup" }] }),
      "loanwords[0].language",
    ],
    [
      "a locale that is none",
      load({ catalogues: [{ locale: "English", texts: [] }] }),
      "catalogues[0].locale",
    ],
    [
      "a text that is not well formed",
      load({ catalogues: [{ locale: "en", texts: [{ key: "a", text: "{n" }] }] }),
      "catalogues[0].texts[0].text",
    ],
    [
      "a key twice",
      load({
        catalogues: [
          {
            locale: "en",
            texts: [
              { key: "a", text: "" },
              { key: "a", text: "" },
            ],
          },
        ],
      }),
      "catalogues[0].texts[1].key",
    ],
    [
      "a page too long",
      query(() => world.call(method.getLexicon, { language: "old", limit: 1_001 })),
      "limit=1001",
    ],
    [
      "a text too long",
      query(() => world.call(method.translate, { language: "old", text: "ä".repeat(2_049) })),
      "at most 4096 bytes",
    ],
    [
      "a skill too high",
      query(() =>
        world.call(method.translate, {
          language: "old",
          text: "a",
          understanding: { whose: { case: "skill", value: 1.1 } },
        }),
      ),
      "understanding.skill=1.1",
    ],
    [
      "a skill that is no number",
      query(() =>
        world.call(method.translate, {
          language: "old",
          text: "a",
          understanding: { whose: { case: "skill", value: Number.NaN } },
        }),
      ),
      "understanding.skill=NaN",
    ],
    [
      "nothing to say",
      query(() => world.call(method.speak, { language: "old", glosses: [] })),
      "glosses (length)=0",
    ],
    [
      "a word that is none",
      query(() => world.call(method.interpret, { language: "old", glosses: ["spaceship"] })),
      'glosses[0]="spaceship"',
    ],
    [
      "a player who cannot be",
      query(() => world.call(method.getProgress, { language: "old", player: "" })),
      'player=""',
    ],
    [
      "a name of nothing",
      query(() => world.call(method.nameOf, { language: "old", kind: 0, number: 1 })),
      "kind=0",
    ],
    [
      "a name beyond the last",
      query(() => world.call(method.nameOf, { language: "old", kind: 1, number: 4_000 })),
      "number=4000",
    ],
    [
      "a key in no catalogue",
      query(() => world.call(method.localise, { language: "old", locale: "en", key: "a" })),
      'key="a"',
    ],
  ])("%s is refused, and changes nothing", (_, run, text) => {
    const before = world.hash();
    const outcome = run() as { ok: boolean; message: string };
    expect(outcome.ok).toBe(false);
    expect(outcome.message).toContain(text);
    expect(world.hash()).toBe(before);
  });

  it("to a language that is not there, or not configured, are refused", () => {
    const outcome = world.call(method.getLanguage, { language: "nowhere" });
    expect(outcome).toMatchObject({ ok: false, code: "NOT_FOUND" });
    const misnamed = languageWorld({ young: configuration() });
    expect(stateOf(misnamed, "young")?.digest).toBe("");
    speak(misnamed, { language: "young", player: "anna", concepts: ["storm"] });
    act(misnamed, { player: "anna", region: "moor" });
    for (const refused of [
      misnamed.call(method.getLanguage, { language: "young" }),
      misnamed.call(method.translate, { language: "young", text: "a" }),
      misnamed.call(method.localise, { language: "young", key: "a" }),
    ]) {
      expect(refused).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
    }
  });
});

describe("the world", () => {
  it("is the same with 1, 2 and 4 workers, and when actors move", () => {
    const hashes = [1, 2, 4].map((workers) => {
      const child = definition({ name: "young", parent: "old", soundChanges: ["p > f"] });
      const world = languageWorld(
        { old: configuration(), young: configuration({ lineage: [definition(), child] }) },
        { workers, shuffleEveryFrames: workers === 1 ? 0 : 7 },
      );
      act(world, { player: "anna", region: "moor", gameMs: 0n });
      teach(world, "ben", concepts.slice(0, 20));
      for (let i = 0; i < 20; i += 1) {
        speak(world, { language: "young", region: "moor", concepts: ["storm", "come"] });
      }
      expect(lettersOf(world)).toEqual([]);
      return world.hash();
    });
    expect(new Set(hashes).size).toBe(1);
  });
});
