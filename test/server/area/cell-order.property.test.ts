import fc from "fast-check";
import { expect, test } from "vitest";
import { CellOrder, placeWords, slotWord } from "../../../src/server/gateway/area/cell-order.ts";

const cell = 700;
const radiusMax = 6_000;
const farthest = 2_000_000_000;
/** 128 cells: what is so far apart lies in the same run. */
const rolledUp = 128 * cell;

const coordinate = fc
  .tuple(fc.integer({ min: -9_000, max: 9_000 }), fc.constantFrom(0, 0, 0, 1, -1, 5))
  .map(([near, far]) => near + far * rolledUp);

test("the runs of a circle hold everybody within it, each once", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, rolledUp / 2, farthest, -farthest),
      fc.array(fc.tuple(coordinate, coordinate, fc.boolean()), { maxLength: 60 }),
      fc.integer({ min: -9_000, max: 9_000 }),
      fc.integer({ min: -9_000, max: 9_000 }),
      fc.integer({ min: 1, max: radiusMax }),
      (offset, others, x, y, radius) => {
        const edge = Array.from({ length: 16 }, (_, i) => {
          const [east, north] = [Math.sin((i * Math.PI) / 8), Math.cos((i * Math.PI) / 8)];
          return [x + Math.trunc(radius * east), y + Math.trunc(radius * north), true] as const;
        });
        const entities = [...others, ...edge];
        const order = new CellOrder(cell, radiusMax);
        const column = (axis: 0 | 1) => Int32Array.from(entities, (one) => one[axis] + offset);
        const xs = column(0);
        const ys = column(1);
        order.sort(
          {
            ...{ end: entities.length, x: xs, y: ys, changed: new Float64Array(80) },
            since: Float64Array.from(entities, (one) => (one[2] ? 0 : Number.POSITIVE_INFINITY)),
            records: new Uint32Array(160),
          },
          1,
        );
        const runs = new Int32Array(order.runWordsMax);
        const words = order.runsIn(x + offset, y + offset, radius, runs);
        const found: number[] = [];
        for (let word = 0; word < words; word += 2) {
          for (let at = runs[word] ?? 0; at < (runs[word + 1] ?? 0); at += 1) {
            found.push(order.places[placeWords * at + slotWord] ?? -1);
          }
        }
        expect(new Set(found).size).toBe(found.length);
        expect(found.every((slot) => entities[slot]?.[2])).toBe(true);
        entities.forEach((one, slot) => {
          const away = Math.hypot((xs[slot] ?? 0) - x - offset, (ys[slot] ?? 0) - y - offset);
          if (one[2] && away <= radius) expect(found).toContain(slot);
        });
      },
    ),
    { numRuns: 1_000 },
  );
});
