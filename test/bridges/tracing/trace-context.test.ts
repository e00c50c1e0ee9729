import fc from "fast-check";
import { expect, test } from "vitest";
import {
  newContext,
  readTraceparent,
  traceparentOf,
} from "../../../src/bridges/tracing/trace-context.ts";

const valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test("a traceparent is read as W3C wants it", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const spanId = "00f067aa0ba902b7";
  expect(readTraceparent(valid)).toEqual({ traceId, spanId, isSampled: true });
  expect(readTraceparent(valid.replace(/01$/, "00"))).toMatchObject({ isSampled: false });
  // Only the lowest bit says that it is sampled.
  expect(readTraceparent(valid.replace(/01$/, "fe"))).toMatchObject({ isSampled: false });
  expect(readTraceparent(valid.replace(/01$/, "ff"))).toMatchObject({ isSampled: true });
  // A later version may say more at its end.
  expect(readTraceparent(valid.replace(/^00/, "cc"))).toMatchObject({ traceId });
  expect(readTraceparent(`${valid.replace(/^00/, "cc")}-more`)).toMatchObject({ traceId });
});

test.each([
  "",
  valid.toUpperCase(),
  `${valid}-more`,
  `${valid}0`,
  valid.slice(0, -1),
  valid.replace(/^00/, "ff"),
  "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
  "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
])("%j is no traceparent", (text) => {
  expect(readTraceparent(text)).toBeUndefined();
});

test("what is written is what is read, and a child belongs to its parent's trace", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), (isRootSampled, isChildSampled) => {
      const root = newContext(undefined, isRootSampled);
      const child = newContext(root, isChildSampled);
      expect(readTraceparent(traceparentOf(root))).toEqual(root);
      expect(readTraceparent(traceparentOf(child))).toEqual(child);
      expect(child.traceId).toBe(root.traceId);
      expect(child.spanId).not.toBe(root.spanId);
    }),
  );
});

test("the id of a new trace begins with the second, as X-Ray wants it, and is not had twice", () => {
  const before = Math.floor(Date.now() / 1_000);
  const ids = Array.from({ length: 100 }, () => newContext(undefined, true).traceId);
  for (const id of ids) {
    const second = Number.parseInt(id.slice(0, 8), 16);
    expect(second).toBeGreaterThanOrEqual(before);
    expect(second).toBeLessThanOrEqual(Date.now() / 1_000);
  }
  expect(new Set(ids).size).toBe(ids.length);
});
