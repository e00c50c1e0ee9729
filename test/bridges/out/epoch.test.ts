import { expect, test } from "vitest";
import { areOfOneWorld, newEpochOf } from "../../../src/bridges/out/epoch.ts";

const worldId = "0a1b2c3d-0000-4000-8000-000000000001";
const anotherId = "1a1b2c3d-0000-4000-8000-000000000001";

test("a world's epochs are all different, and known to be its own", () => {
  const epochs = Array.from({ length: 100 }, () => newEpochOf(worldId));
  expect(new Set(epochs).size).toBe(100);
  for (const epoch of epochs) {
    expect(areOfOneWorld(epoch, newEpochOf(worldId))).toBe(true);
    expect(areOfOneWorld(epoch, newEpochOf(anotherId))).toBe(false);
    expect(areOfOneWorld(epoch, "")).toBe(false);
    expect(areOfOneWorld("", epoch)).toBe(false);
  }
  expect(areOfOneWorld("", "")).toBe(false);
});
