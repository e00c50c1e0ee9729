import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addSchedule,
  type Entry,
  filterSchedules,
  findSchedule,
  listSchedules,
  postponeSoonest,
  removeSchedule,
  type Schedules,
  soonest,
} from "../../../src/actors/clock/schedules.ts";

function none(): Schedules {
  return { schedules: [], scheduleIndex: [], scheduleSlots: [] };
}

function entry(id: string, due: number): Entry {
  const asked = { case: "atGameMs", value: BigInt(due) } as const;
  const payload = new Uint8Array();
  return { id, dueGameMs: BigInt(due), everyMs: 0n, payload, fired: 0n, asked, past: 0 };
}

function inOrder(entries: Iterable<Entry>): string[] {
  return [...entries]
    .sort((a, b) => Number(a.dueGameMs - b.dueGameMs) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

const ids = fc.integer({ min: 0, max: 60 }).map((n) => `t${n}`);
const dues = fc.integer({ min: 0, max: 30 });
const steps = fc.oneof(
  fc.record({ does: fc.constant("add" as const), id: ids, due: dues }),
  fc.record({ does: fc.constant("remove" as const), id: ids, due: dues }),
  fc.record({ does: fc.constant("postpone" as const), id: ids, due: dues }),
  fc.record({ does: fc.constant("filter" as const), id: ids, due: dues }),
);

describe("schedules", () => {
  it("hold what a map and a sort would hold, whatever is done to them", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 150 }), (list) => {
        const state = none();
        const model = new Map<string, Entry>();
        for (const { does, id, due } of list) {
          const first = inOrder(model.values())[0];
          if (does === "add" && !model.has(id)) {
            addSchedule(state, entry(id, due));
            model.set(id, entry(id, due));
          } else if (does === "remove") {
            expect(removeSchedule(state, id)).toBe(model.delete(id));
          } else if (does === "postpone" && first !== undefined) {
            const later = Number(model.get(first)?.dueGameMs) + due;
            postponeSoonest(state, BigInt(later));
            model.set(first, entry(first, later));
          } else if (does === "filter") {
            const keeps = ({ dueGameMs }: Entry) => Number(dueGameMs) % 7 !== due % 7;
            filterSchedules(state, keeps);
            for (const [key, value] of model) if (!keeps(value)) model.delete(key);
          }
          expect(listSchedules(state, 1_000).map((e) => e.id)).toEqual(inOrder(model.values()));
          expect(findSchedule(state, id)?.dueGameMs).toBe(model.get(id)?.dueGameMs);
        }
      }),
    );
  });

  it("keep ids apart that objects have as properties", () => {
    const state = none();
    expect(findSchedule(state, "constructor")).toBeUndefined();
    addSchedule(state, entry("__proto__", 1));
    expect(findSchedule(state, "__proto__")?.dueGameMs).toBe(1n);
    expect(removeSchedule(state, "__proto__")).toBe(true);
    expect(soonest(state)).toBeUndefined();
  });

  it("come out in the order of due times and ids, 100,000 of them", () => {
    const state = none();
    for (let i = 0; i < 100_000; i += 1) addSchedule(state, entry(`t${i}`, (i * 7_919) % 50_021));
    let last = entry("", -1);
    for (let i = 0; i < 100_000; i += 1) {
      const next = soonest(state) as Entry;
      if (
        next.dueGameMs === last.dueGameMs ? next.id <= last.id : next.dueGameMs < last.dueGameMs
      ) {
        expect.fail(`${next.id} came after ${last.id}`);
      }
      last = next;
      removeSchedule(state, next.id);
    }
    expect(state.schedules).toEqual([]);
    expect(state.scheduleIndex.every((slot) => slot === 0)).toBe(true);
  });
});
