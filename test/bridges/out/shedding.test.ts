import { expect, test } from "vitest";
import { Shedding } from "../../../src/bridges/out/shedding.ts";
import { schemaEvents } from "../../support/feed-events.ts";

const [lightning, storm, weather] = [42, 41, 1];

test.each([
  [999, []],
  [1_000, ["cosmetic"]],
  [1_999, ["cosmetic"]],
  [2_000, ["cosmetic", "latest-wins"]],
  [2_999, ["cosmetic", "latest-wins"]],
  [3_000, ["cosmetic", "latest-wins", "reliable"]],
  [Number.POSITIVE_INFINITY, ["cosmetic", "latest-wins", "reliable"]],
])("with %d of 1000 bytes waiting, left out are %j events", (bytes, classes) => {
  const shedding = new Shedding(1_000, schemaEvents);
  shedding.observe(bytes);
  const refused = [lightning, storm, weather].flatMap((number) => shedding.refusal(number) ?? []);
  expect(refused).toEqual(classes);
});
