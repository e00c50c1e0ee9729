import { describe, expect, it } from "vitest";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { configuration, deed, definition, known, method, Rig, step } from "./rig.ts";

const work = () => [step("work", deed(Verb.WORK), { count: 2 })];
const changed = definition("one", [step("work", deed(Verb.WORK))]);
const load = (more: object, quest = {}) => ({
  configuration: { ...configuration([{ ...definition("new", work()), ...quest }]), ...more },
});
const withStep = (more: object) =>
  load({}, { steps: [{ ...step("work", deed(Verb.WORK)), ...more }] });

const bad: [string, object, string][] = [
  ["nothing", {}, "configuration"],
  [
    "a change without a version",
    { configuration: configuration([changed]) },
    "quests[0].version=1",
  ],
  [
    "an older version",
    { configuration: configuration([{ ...definition("one", work()), version: 0 }]) },
    "version=0",
  ],
  [
    "a name twice",
    { configuration: configuration([definition("a", work()), definition("a", work())]) },
    "quests[1].name",
  ],
  ["a name that is kept", load({}, { name: "gen.1" }), "gen."],
  ["a bad name", load({}, { name: "Big One" }), "name"],
  ["no steps", load({}, { steps: [] }), "steps (length)=0"],
  ["an unknown scope", load({}, { scope: 9 }), "scope=9"],
  ["a step that waits for itself", withStep({ after: ["work"] }), "steps[0].after"],
  ["a step that waits for none", withStep({ after: ["x"] }), 'after[0]="x"'],
  ["a step that waits for too many", withStep({ afterCount: 1 }), "after_count=1"],
  ["a step with nothing to do", withStep({ objectives: [] }), "objectives"],
  [
    "an objective that says nothing",
    withStep({ objectives: [{ what: { case: undefined } }] }),
    "objectives[0].what",
  ],
  ["an unknown verb", withStep({ objectives: [deed(0)] }), "verb=0"],
  ["too high a count", withStep({ count: 1_001 }), "count=1001"],
  ["nothing that is required", withStep({ optional: true }), "required"],
  [
    "a migration to nowhere",
    load({}, { migrations: [{ fromVersion: 0, fromStep: "a", toStep: "b" }] }),
    "to_step",
  ],
  [
    "a migration from the future",
    load({}, { migrations: [{ fromVersion: 1, fromStep: "a", toStep: "" }] }),
    "from_version=1",
  ],
  [
    "a bad fact",
    load({}, { offer: { when: { case: undefined }, after: [], facts: ["!!x"] } }),
    "facts[0]",
  ],
  [
    "a place in no region",
    load({ places: [{ id: "a", region: "sea", kind: "" }] }),
    'region="sea"',
  ],
  ["a place twice", load({ places: [known.places[0], known.places[0]] }), "places[1].id"],
];

describe("quests that are loaded", () => {
  const rig = new Rig([definition("one", work())]);
  rig.begin("one", "anna");
  it.each(bad)("are refused whole for %s, and change nothing", (_, request, text) => {
    const before = rig.world.hash();
    const outcome = rig.world.call(method.loadQuests, request as never);
    expect(outcome).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
    expect(outcome.ok ? "" : outcome.message).toContain(text);
    expect(rig.world.hash()).toBe(before);
    expect(rig.ended()).toEqual([]);
  });
});
