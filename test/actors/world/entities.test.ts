import type { MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { publishDiff } from "../../../src/actors/world/diff.ts";
import { entityOf, removalsMax } from "../../../src/actors/world/entities.ts";
import { findEntities } from "../../../src/actors/world/entity-query.ts";
import { type Mutation, mutate } from "../../../src/actors/world/mutations.ts";
import {
  EntityMutationSchema,
  GetEntitiesRequestSchema,
  WorldUpdatedEventSchema,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { WorldRig } from "./rig.ts";

type Change = MessageInitShape<typeof EntityMutationSchema>;

const complete = (change: Change): Mutation => codecOf(EntityMutationSchema).complete(change);

function apply(rig: WorldRig, ...changes: Change[]): bigint[] {
  return mutate(rig.world, changes.map(complete), rig);
}

function find(rig: WorldRig, request: MessageInitShape<typeof GetEntitiesRequestSchema>) {
  return findEntities(rig.world, codecOf(GetEntitiesRequestSchema).complete(request));
}

type Put = Extract<NonNullable<Change["change"]>, { case: "put" }>["value"];
const put = (id: string, value: Put = {}, expectedVersion?: bigint): Change => ({
  id,
  ...(expectedVersion !== undefined && { expectedVersion }),
  change: { case: "put", value: { type: "thing", ...value } },
});
type Patch = Extract<NonNullable<Change["change"]>, { case: "patch" }>["value"];
const patch = (id: string, value: Patch, expectedVersion?: bigint): Change => ({
  id,
  ...(expectedVersion !== undefined && { expectedVersion }),
  change: { case: "patch", value },
});
const remove = (id: string): Change => ({ id, change: { case: "remove", value: true } });
const number = (name: string, value: number) => ({
  name,
  value: { case: "number", value } as const,
});

describe("entities", () => {
  it("are made, changed and removed, each change under a version of its own", () => {
    const rig = new WorldRig();
    expect(apply(rig, put("chest", { place: "moor-inn", tags: ["wooden"] }), put("key"))).toEqual([
      1n,
      2n,
    ]);
    expect(entityOf(rig.world, "chest")).toMatchObject({ region: "moor", version: 1n });
    apply(
      rig,
      patch("chest", {
        addTags: ["old"],
        removeTags: ["wooden"],
        set: [number("weight", 3)],
        stock: [{ good: "gem", by: 2 }],
      }),
    );
    expect(entityOf(rig.world, "chest")).toMatchObject({
      ...{ tags: ["old"], stock: [{ good: "gem", amount: 2 }], version: 3n },
      properties: [number("weight", 3)],
    });
    expect(apply(rig, remove("key"))).toEqual([4n]);
    expect(rig.world.entities.map(({ id }) => id)).toEqual(["chest"]);
  });

  it("see in a batch what stands before them in it", () => {
    const rig = new WorldRig();
    apply(rig, put("chest"), put("coin", { container: "chest" }), patch("chest", { x: 5 }));
    expect(entityOf(rig.world, "chest")?.x).toBe(5);
    apply(rig, remove("chest"), remove("coin"));
    expect(rig.world.entities).toEqual([]);
  });

  it("lose no update of a hundred writers that read, change and write in turns", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 200, maxLength: 2_000 }), (turns) => {
        const rig = new WorldRig();
        apply(rig, put("counter", { properties: [number("count", 0)] }));
        const countOf = () => {
          const value = entityOf(rig.world, "counter")?.properties[0]?.value;
          return value?.case === "number" ? value.value : Number.NaN;
        };
        const seen = new Map<number, { version: bigint; count: number }>();
        let written = 0;
        for (const writer of turns) {
          const read = seen.get(writer);
          seen.delete(writer);
          if (read === undefined) {
            const version = entityOf(rig.world, "counter")?.version ?? 0n;
            seen.set(writer, { version, count: countOf() });
            continue;
          }
          const change = patch("counter", { set: [number("count", read.count + 1)] }, read.version);
          try {
            apply(rig, change);
            written += 1;
          } catch (error) {
            expect((error as Error).message).toContain("is stale: counter has version");
          }
        }
        expect(countOf()).toBe(written);
      }),
      { numRuns: 20 },
    );
  });

  it("are found by type, tag, place and area, and by what changed", () => {
    const rig = new WorldRig();
    apply(
      rig,
      put("a", { tags: ["red", "big"], x: 0, place: "moor-inn" }),
      put("b", { tags: ["red"], x: 30, y: 40 }),
      put("c", { type: "tree", x: 300, region: "vale" }),
    );
    const ids = (request: Parameters<typeof find>[1]) =>
      find(rig, request).entities.map(({ id }) => id);
    expect(ids({})).toEqual(["a", "b", "c"]);
    expect(ids({ tags: ["red"] })).toEqual(["a", "b"]);
    expect(ids({ tags: ["red", "big"] })).toEqual(["a"]);
    expect(ids({ type: "tree" })).toEqual(["c"]);
    expect(ids({ region: "vale" })).toEqual(["c"]);
    expect(ids({ place: "moor-inn" })).toEqual(["a"]);
    expect(ids({ area: { x: 0, y: 0, radius: 50 } })).toEqual(["a", "b"]);
    apply(rig, patch("a", { x: 1 }), remove("b"));
    expect(find(rig, { since: 3n })).toMatchObject({
      ...{ entities: [{ id: "a" }], removed: ["b"], nextSince: 5n, more: false },
      incomplete: false,
    });
  });

  it("come page by page, all of them once", () => {
    const rig = new WorldRig();
    apply(rig, ...Array.from({ length: 250 }, (_, i) => put(`e${i}`)));
    const seen: string[] = [];
    let since = 0n;
    for (let more = true; more; ) {
      const page = find(rig, { since, limit: 100 });
      seen.push(...page.entities.map(({ id }) => id));
      expect(page.nextSince).toBeGreaterThan(since);
      since = page.nextSince;
      more = page.more;
    }
    expect(new Set(seen).size).toBe(250);
    expect(seen).toHaveLength(250);
  });

  it("say when removals have been forgotten", () => {
    const rig = new WorldRig();
    for (let i = 0; i <= 2 * removalsMax; i += 1) {
      apply(rig, put("e"));
      apply(rig, remove("e"));
    }
    expect(rig.world.removals.length).toBeLessThanOrEqual(2 * removalsMax);
    expect(find(rig, { since: 1n }).incomplete).toBe(true);
    expect(find(rig, { since: rig.world.version - 10n }).incomplete).toBe(false);
  });
});

describe("what changed", () => {
  it("is told as one difference, each entity once", () => {
    const rig = new WorldRig();
    apply(rig, put("a"), put("b"), put("c"));
    apply(rig, patch("a", { x: 1 }), remove("b"));
    publishDiff(rig.world, rig);
    const [event] = rig.eventsOf(WorldUpdatedEventSchema);
    expect(event).toMatchObject({ fromVersion: 0n, version: 5n, removed: ["b"], more: false });
    expect(event?.entities.map(({ id, x }) => [id, x])).toEqual([
      ["a", 1],
      ["c", 0],
    ]);
    apply(rig, patch("c", { y: 2 }));
    publishDiff(rig.world, rig);
    expect(rig.eventsOf(WorldUpdatedEventSchema)[1]).toMatchObject({
      ...{ fromVersion: 5n, version: 6n, removed: [], entities: [{ id: "c", y: 2 }] },
    });
  });

  it("makes of what a client had what there is, whatever changed in between", () => {
    const ids = fc.constantFrom("a", "b", "c", "d");
    const steps = fc.array(fc.tuple(ids, fc.constantFrom("put", "remove", "flush")));
    fc.assert(
      fc.property(steps, (list) => {
        const rig = new WorldRig();
        for (const [i, [id, what]] of list.entries()) {
          if (what === "put") apply(rig, put(id, { x: i }));
          else if (what === "flush") publishDiff(rig.world, rig);
          else if (entityOf(rig.world, id)) apply(rig, remove(id));
        }
        publishDiff(rig.world, rig);
        const client = new Map<string, unknown>();
        let version = 0n;
        for (const event of rig.eventsOf(WorldUpdatedEventSchema)) {
          expect(event.fromVersion).toBe(version);
          version = event.version;
          for (const entity of event.entities) client.set(entity.id, entity);
          for (const id of event.removed) client.delete(id);
        }
        const are = rig.world.entities.map((entity) => [entity.id, entity] as const);
        expect([...client].sort()).toEqual([...are].sort());
      }),
    );
  });

  it("comes in several events when it is too much for one", () => {
    const rig = new WorldRig();
    const value = { case: "text", value: "x".repeat(250) } as const;
    const properties = Array.from({ length: 30 }, (_, i) => ({ name: `p${i}`, value }));
    const put40 = Array.from({ length: 40 }, (_, i) => put(`e${i}`, { properties }));
    apply(rig, ...put40);
    publishDiff(rig.world, rig);
    const events = rig.eventsOf(WorldUpdatedEventSchema);
    expect(events.length).toBeGreaterThan(2);
    expect(events.map(({ more }) => more)).toEqual(events.map((_, i) => i < events.length - 1));
    expect(events.flatMap(({ entities }) => entities)).toHaveLength(40);
    const codec = codecOf(WorldUpdatedEventSchema);
    for (const event of events) expect(codec.toBytes(event).length).toBeLessThan(140_000);
  });
});

const wrong: [string, Change[], string][] = [
  ["no mutations", [], "mutations (length)=0 is not valid"],
  ["too many", Array.from({ length: 1_001 }, () => put("a")), "mutations (length)=1001"],
  ["an id", [put("A")], 'mutations[0].id="A" is not valid'],
  ["no change", [{ id: "a" }], 'mutations[0]="" is not valid; valid have a put'],
  [
    "a stale version",
    [put("b"), put("chest", {}, 7n)],
    "mutations[1].expected_version=7 is stale: chest has version 1; valid is expected_version=1",
  ],
  ["what is there already", [put("chest", {}, 0n)], "expected_version=0 is stale"],
  ["what is not there", [put("new", {}, 3n)], "is stale: there is no new"],
  ["a patch of nothing", [patch("new", {})], 'mutations[0].id="new" is not there'],
  ["a removal of nothing", [remove("new")], 'mutations[0].id="new" is not there'],
  [
    "a removal that is none",
    [{ id: "key", change: { case: "remove", value: false } }],
    "mutations[0].remove=false",
  ],
  ["a removal twice", [remove("key"), remove("key")], 'mutations[1].id="key" is not there'],
  ["a type", [put("a", { type: "" })], 'mutations[0].put.type="" is not valid'],
  ["the world's own type", [put("a", { type: "player" })], 'put.type="player" is not valid'],
  ["the world's own id", [put("player:ben")], 'put.id="player:ben" is not valid'],
  ["a player's replacement", [put("player:anna")], 'mutations[0].type="player" is not valid'],
  ["a player", [patch("player:anna", { x: 1 })], 'patch.type="player" is not valid'],
  ["a player's removal", [remove("player:anna")], 'mutations[0].type="player" is not valid'],
  [
    "a region",
    [put("a", { region: "sea" })],
    'mutations[0].put.region="sea" is not valid; valid are moor, vale',
  ],
  ["a place", [put("a", { place: "sea" })], 'mutations[0].put.place="sea" is not valid'],
  [
    "a place elsewhere",
    [put("a", { place: "moor-inn", region: "vale" })],
    'put.region="vale" is not valid; valid is that of the place moor-inn, moor',
  ],
  [
    "a container",
    [put("a", { container: "no" })],
    'mutations[0].container="no" is not valid; valid are ids of entities',
  ],
  [
    "itself as container",
    [patch("chest", { container: "chest" })],
    'container="chest" is not valid; valid are entities that chest does not hold',
  ],
  ["a circle", [patch("chest", { container: "key" })], 'mutations[0].container="key" is not valid'],
  [
    "a circle in a batch",
    [put("a", { container: "chest" }), patch("chest", { container: "a" })],
    "mutations[0].container",
  ],
  [
    "a removal that leaves something dangling",
    [remove("chest")],
    'mutations[0].remove="chest" is not valid; valid are entities that hold nothing: this one holds 1',
  ],
  [
    "a container that goes",
    [put("a", { container: "key" }), remove("key")],
    "mutations[0].container",
  ],
  [
    "negative stock",
    [put("b"), patch("chest", { stock: [{ good: "gem", by: -6 }] })],
    "mutations[1].patch.stock[0].by=-6 is not valid; valid are integers from -5 to 999995",
  ],
  [
    "no stock",
    [put("a", { stock: [{ good: "gem", amount: 0 }] })],
    "put.stock[0].amount=0 is not valid",
  ],
  [
    "stock twice",
    [
      put("a", {
        stock: [
          { good: "gem", amount: 1 },
          { good: "gem", amount: 1 },
        ],
      }),
    ],
    'put.stock[1]="gem" is not valid; valid are names that come once',
  ],
  ["NaN", [put("a", { x: Number.NaN })], "put.x=NaN is not valid"],
  [
    "infinity",
    [patch("key", { set: [number("n", Number.POSITIVE_INFINITY)] })],
    "patch.properties[0].number=Infinity is not valid",
  ],
  ["a property without a value", [put("a", { properties: [{ name: "n" }] })], "put.properties[0]"],
  [
    "a long text",
    [put("a", { properties: [{ name: "n", value: { case: "text", value: "x".repeat(257) } }] })],
    "text (length)=257",
  ],
  ["a property twice", [patch("key", { set: [number("n", 1), number("n", 2)] })], "patch.set"],
  ["a tag", [put("a", { tags: ["Ä"] })], 'put.tags[0]="Ä" is not valid'],
  [
    "too many tags",
    [put("a", { tags: Array.from({ length: 17 }, (_, i) => `t${i}`) })],
    "put.tags (length)=17",
  ],
];

describe("a batch is refused as a whole for", () => {
  it.each(wrong.map(([name, changes, text]) => ({ name, changes, text })))(
    "$name",
    ({ changes, text }) => {
      const rig = new WorldRig();
      rig.enter("anna", "moor-inn");
      apply(
        rig,
        put("chest", { stock: [{ good: "gem", amount: 5 }] }),
        put("key", { container: "chest" }),
      );
      const chest = entityOf(rig.world, "chest")?.version;
      const before = rig.encoded();
      const shown = text
        .replaceAll("version 1;", `version ${chest};`)
        .replace(/version=1$/, `version=${chest}`);
      expect(() => apply(rig, ...changes)).toThrow(shown);
      expect(rig.encoded()).toBe(before);
    },
  );

  it("too many entities", () => {
    const rig = new WorldRig();
    for (let i = 0; i < 20; i += 1) {
      apply(rig, ...Array.from({ length: 1_000 }, (_, j) => put(`e${i}-${j}`)));
    }
    expect(() => apply(rig, put("e0-0"), put("one-more"))).toThrow("20001 entities");
    expect(apply(rig, put("e0-0", { x: 1 }))).toEqual([20_001n]);
  });
});

it("goods in entities are in the ledger", () => {
  const rig = new WorldRig();
  apply(rig, put("chest", { stock: [{ good: "gem", amount: 5 }] }));
  expect(rig.held("gem")).toBe(rig.inLedger("gem"));
  apply(
    rig,
    patch("chest", {
      stock: [
        { good: "gem", by: -5 },
        { good: "bread", by: 2 },
      ],
    }),
  );
  for (const good of ["gem", "bread"]) expect(rig.held(good)).toBe(rig.inLedger(good));
  apply(rig, remove("chest"));
  expect(rig.held("bread")).toBe(rig.inLedger("bread"));
});
