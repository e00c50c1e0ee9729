import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import type { MethodEntry, World } from "../../../src/runtime/host.ts";
import { catalogueOf } from "../../../src/runtime/world/catalogue.ts";
import { GuardedCalls } from "../../../src/server/access/guarded-calls.ts";
import { developer, type Identity } from "../../../src/server/access/identity.ts";
import { defaultLimits, type Limits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";

const { methods } = catalogueOf(actors);
const methodOf = (name: string) =>
  methods.find((method) => method.name === `tellurion.v1.${name}`) as MethodEntry;
const bob = (...scopes: string[]): Identity => ({ player: "bob", scopes, expiresMs: 0 });

let reached: string[];
let lines: string[];
let calls: GuardedCalls;
const begin = (limits: Partial<Limits> = {}) => {
  reached = [];
  lines = [];
  const world = {
    call: async ({ desc }: MethodEntry) => {
      reached.push(desc.name);
      return new Uint8Array();
    },
  } as unknown as World;
  const log = createLog((line) => lines.push(line));
  calls = new GuardedCalls(world, { ...defaultLimits, ...limits }, log);
};
beforeEach(() => begin());

const call = (who: Identity, name: string, request: Record<string, unknown>) => {
  const method = methodOf(name);
  const message = create(method.desc.input, request);
  return calls.call(who, method, message, { timeoutMs: 100, idempotencyKey: "" }, "test");
};

describe("who names a player", () => {
  test.each([
    ["WorldService/Leave", "world:write", {}],
    ["WorldService/Act", "world:write", {}],
    ["WorldService/GetPlayer", "world:read", {}],
    ["WorldService/Trade", "world:write", {}],
    ["QuestService/AcceptQuest", "quest:write", { id: "q" }],
    ["StoryService/Choose", "story:write", {}],
    ["TracesService/Discover", "traces:write", { region: "moor" }],
    ["LanguageService/GetProgress", "language:read", { language: "fen" }],
  ])("may be that player in %s, and nobody else", async (name, scope, rest) => {
    await call(bob(scope), name, { ...rest, player: "bob" });
    expect(reached).toHaveLength(1);
    await expect(call(bob(scope), name, { ...rest, player: "anna" })).rejects.toMatchObject({
      code: "SCOPE_MISSING",
      message: expect.stringMatching(/for a player other than "bob" needs the scope [a-z]+:admin/),
    });
    expect(reached).toHaveLength(1);
    await call(bob(scope.replace(/:.*/, ":admin")), name, { ...rest, player: "anna" });
    expect(reached).toHaveLength(2);
    expect(lines.map((line) => line.replace(/.*outcome=/, ""))).toEqual(["SCOPE_MISSING", "OK"]);
  });

  test("reads what is nobody's when no player is named", async () => {
    await call(bob("traces:read"), "TracesService/ListTraces", { region: "moor" });
    expect(reached).toEqual(["ListTraces"]);
  });

  test("is whom they like at a server without keys, and nothing is written of it", async () => {
    await call(developer, "WorldService/Leave", { player: "anna" });
    expect(reached).toEqual(["Leave"]);
    expect(lines).toEqual([]);
  });

  test("is known of every method whose request has a player", () => {
    const open = methods.filter(({ desc, playerField, scope }) => {
      const names = desc.input.fields.some((field) => field.name === "player");
      return names && playerField === undefined && !scope.endsWith(":admin");
    });
    // The storyteller acts on players; none of them is the storyteller.
    expect(open.map(({ name }) => name)).toEqual(["tellurion.v1.StorytellerService/CommitBeat"]);
  });
});

test.each([
  "WorldService/Mutate",
  "WorldService/TriggerOccurrence",
  "WorldService/ScheduleConsequence",
])("%s is for those who run the world", async (name) => {
  const who = bob("world:write", "quest:admin");
  await expect(call(who, name, {})).rejects.toMatchObject({ code: "SCOPE_MISSING" });
  expect(reached).toEqual([]);
});

describe("who is refused again and again", () => {
  const reload = () =>
    call(bob("world:read"), "WorldService/LoadWorld", {}).catch(({ code }) => code);

  test("is held to the same rate as who is not", async () => {
    begin({ playerCallsPerSecondMax: 1 });
    expect([await reload(), await reload(), await reload()]).toEqual([
      ...["SCOPE_MISSING", "SCOPE_MISSING", "RATE_LIMITED"],
    ]);
  });

  test("fills the log less and less, and what others are refused is told all the same", async () => {
    for (let i = 0; i < 100; i += 1) await reload();
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toMatch(/player="bob" via=test outcome=SCOPE_MISSING \(64 such so far\)$/);
    const carol = { ...bob("world:read"), player: "carol" };
    await expect(call(carol, "WorldService/LoadWorld", {})).rejects.toThrow();
    expect(lines.at(-1)).toMatch(/player="carol" via=test outcome=SCOPE_MISSING$/);
  });
});
