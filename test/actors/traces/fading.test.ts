import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discover, findsMax, search } from "../../../src/actors/traces/discover.ts";
import { fadesAt, faintBelow, passTime, weightOf } from "../../../src/actors/traces/fading.ts";
import {
  knowledgeOf,
  knownMax,
  knows,
  learn,
  playersMax,
} from "../../../src/actors/traces/knowledge.ts";
import { freshWear, leave, type Outlet } from "../../../src/actors/traces/leave.ts";
import { liveTo } from "../../../src/actors/traces/live.ts";
import { heatOf, listTraces, weightNow } from "../../../src/actors/traces/reading.ts";
import type { Region } from "../../../src/actors/traces/region.ts";
import { indexOf, TraceIndex } from "../../../src/actors/traces/trace-index.ts";
import { TracesStateSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { hour, template } from "./rig.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const factor = fc.double({ min: 0, max: 10, noNaN: true });

function outlet(): Outlet {
  const random = new SeededRandom();
  random.point(seedRandom(3, "traces/moor"));
  return { random, publish: () => {} };
}

function regionWith(tracesMax: number, placeCount: number): Region {
  const templates = [
    template("occurrence:raid", { halfLifeHours: 5, rain: 4 }),
    template("occurrence:fair", { weight: 0.3, halfLifeHours: 50 }),
    template("occurrence:flood", { weight: 1, halfLifeHours: 2_000 }),
  ];
  const places = Array.from({ length: placeCount }, (_, i) => ({
    ...{ id: `p.${i}`, title: "", kind: "", x: 0, y: 0 },
  }));
  const more = { configured: true, minutesPerDay: 1_440 };
  return create(TracesStateSchema, { region: "moor", templates, places, tracesMax, ...more });
}

function happening(kind: string, place: string, number: number) {
  const cause = `occurrence/${number}`;
  return { kinds: [`occurrence:${kind}`], cause, place, player: "", subject: kind, gameMs: 0n };
}

describe("wear", () => {
  it("only ever grows, whatever the weather, and weight only ever shrinks", () => {
    const air = fc.record({ rain: share, snow: share, wind: share, dust: share });
    const hours = fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000_000 }), air));
    fc.assert(
      fc.property(factor, factor, factor, factor, hours, (rain, snow, wind, dust, spans) => {
        const wear = freshWear(template("storm", { rain, snow, wind, dust }));
        const trace = { weight: 0.7, wornFrom: 0 } as Parameters<typeof weightOf>[0];
        let last = weightOf(trace, wear);
        for (const [ms, weather] of spans) {
          const { worn } = wear;
          passTime(wear, ms, weather);
          expect(wear.worn).toBeGreaterThanOrEqual(worn);
          expect(weightOf(trace, wear)).toBeLessThanOrEqual(last);
          last = weightOf(trace, wear);
        }
      }),
    );
  });

  it("ends at the weight at which a trace is faint", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2 * faintBelow, max: 1, noNaN: true }),
        share,
        (weight, from) => {
          const trace = { weight, wornFrom: from } as Parameters<typeof weightOf>[0];
          expect(weightOf(trace, { worn: fadesAt(trace) })).toBeCloseTo(faintBelow, 12);
        },
      ),
    );
  });
});

describe("a search", () => {
  it("finds the heaviest first, and a bounded number of them", () => {
    const region = regionWith(100, 2);
    const out = outlet();
    for (const kind of ["fair", "raid", "fair", "flood", "fair"]) {
      leave(region, happening(kind, "p.1", 1), out);
    }
    const firsts = Array.from({ length: 40 }, (_, i) => search(region, `p${i}`, "p.1", out).found);
    for (const found of firsts) {
      expect(found[0]?.number).toBe(4);
      expect(found.length).toBeLessThanOrEqual(findsMax);
    }
    const often = (number: number) =>
      firsts.filter((found) => found.some((trace) => trace.number === number)).length;
    expect(often(2)).toBeGreaterThan(often(1));
    expect(often(1)).toBeGreaterThan(0);
    let searches = 0;
    while (!search(region, "p1", "p.1", out).already) searches += 1;
    expect(searches).toBeLessThanOrEqual(5);
  });
});

describe("what a region remembers of players", () => {
  it("is bounded: who found nothing for the longest time is forgotten", () => {
    const region = regionWith(10, 1);
    for (let i = 0; i < playersMax; i += 1) learn(region, `p${i}`, 1);
    learn(region, "p0", 2);
    learn(region, "new", 1);
    expect(region.players).toHaveLength(playersMax);
    expect(knows(knowledgeOf(region, "p0"), 2)).toBe(true);
    expect(knowledgeOf(region, "p1")).toBeUndefined();
    expect(knows(knowledgeOf(region, "new"), 1)).toBe(true);
  });

  it("is bounded for each of them: what has faded is forgotten first", () => {
    const region = regionWith(10, 1);
    const out = outlet();
    for (let i = 0; i < 10; i += 1) leave(region, happening("flood", "p.0", i), out);
    learn(region, "anna", 3);
    for (let i = 1; i < knownMax; i += 1) learn(region, "anna", 1_000 + i);
    learn(region, "anna", 9_000);
    expect(knowledgeOf(region, "anna")?.known).toEqual([3, 9_000]);
  });
});

describe("the index of traces", () => {
  it("is what it would be if it were built anew, after anything", () => {
    const left = fc.record({
      kind: fc.constantFrom("raid", "fair", "flood"),
      place: fc.integer({ min: 0, max: 3 }).map((n) => `p.${n}`),
      number: fc.integer({ min: 0, max: 5 }),
    });
    const hours = fc.integer({ min: 1, max: 12 });
    const step = fc.oneof({ weight: 6, arbitrary: left }, { weight: 1, arbitrary: hours });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: "max" }), (steps) => {
        const region = regionWith(12, 4);
        const out = outlet();
        for (const what of steps) {
          if (typeof what === "number") {
            liveTo(region, region.gameMs + BigInt(what * hour));
            // Somebody edits the pack: what is left from now on is heavier or lighter.
            for (const edited of region.templates) edited.weight = (what % 9) / 10 + 0.1;
            continue;
          }
          const weights = region.traces.map((trace) => weightNow(region, trace));
          const isFull = weights.length === 12;
          const faintest = region.traces[weights.indexOf(Math.min(...weights))];
          leave(region, happening(what.kind, what.place, what.number), out);
          if (isFull && faintest) {
            const least = weights.filter((weight) => weight < Math.min(...weights) * 1.000001);
            if (least.length === 1) expect(region.traces).not.toContain(faintest);
          }
        }
        const [index, anew] = [indexOf(region), new TraceIndex(region.traces)];
        expect([...index.places()].sort()).toEqual([...anew.places()].sort());
        for (const place of anew.places()) expect(index.at(place)).toEqual(anew.at(place));
        for (const { cause } of region.traces) expect(index.of(cause)).toEqual(anew.of(cause));
        for (const { template: name } of region.wears) {
          expect(index.firstToFade(name)).toEqual(anew.firstToFade(name));
        }
        expect(region.traces.length).toBeLessThanOrEqual(12);
        const gone = region.faded + region.ousted;
        expect(region.left - gone).toBe(BigInt(region.traces.length));
      }),
    );
  });

  it("finds the traces of a place among 100,000 in less than a millisecond", () => {
    const region = regionWith(100_000, 1_000);
    const out = outlet();
    leave(region, happening("flood", "p.0", 0), out);
    const [first] = region.traces;
    if (first === undefined) throw new Error("nothing was left");
    region.number = 100_000;
    region.traces = Array.from({ length: 100_000 }, (_, i) => ({
      ...first,
      ...{ number: i + 1, place: `p.${i % 1_000}`, cause: `occurrence/${i}`, concepts: [] },
    }));
    expect(listTraces(region, { place: "p.7", player: "" }, 100).total).toBe(100);
    const runs = Array.from({ length: 101 }, (_, i) => {
      const from = performance.now();
      listTraces(region, { place: `p.${i * 9}`, player: "anna" }, 100);
      return performance.now() - from;
    }).sort((a, b) => a - b);
    expect(runs[50]).toBeLessThan(1);
    leave(region, happening("raid", "p.1", 1), out);
    expect(region.traces).toHaveLength(100_000);
    expect(heatOf(region)).toHaveLength(1_000);
  });

  it("pays 100,000 discoveries with 20 % duplicates exactly once each", () => {
    const region = regionWith(1_000, 10);
    let paid = 0;
    const out: Outlet = { ...outlet(), publish: () => (paid += 1) };
    for (let i = 0; i < 1_000; i += 1) leave(region, happening("flood", `p.${i % 10}`, i), out);
    expect(paid).toBe(1_000);
    paid = 0;
    let already = 0;
    for (let i = 0; i < 100_000; i += 1) {
      // The last fifth is what was found before.
      const n = i < 80_000 ? i : i - 80_000;
      const trace = region.traces[n % 1_000];
      if (trace && discover(region, `p${Math.floor(n / 1_000)}`, trace, out).already) already += 1;
    }
    expect({ paid, already }).toEqual({ paid: 80_000, already: 20_000 });
  });
});
