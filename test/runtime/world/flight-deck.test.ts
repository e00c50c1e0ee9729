import { expect, test } from "vitest";
import { catalogueOf } from "../../../src/runtime/world/catalogue.ts";
import { FlightDeck } from "../../../src/runtime/world/flight-deck.ts";
import { bindKinds } from "../../../src/runtime/world/kinds.ts";
import { InlineRun, order } from "../../support/inline.ts";
import { scripted } from "../../support/scripted.ts";

const actors = [scripted("a", { stop: (ctx) => ctx.stop() })];

/** The deck of a world with two workers, after some frames. */
function deckAfter(...frames: readonly Uint8Array[][]): FlightDeck {
  const { world } = new InlineRun(actors, { workers: 2 });
  for (const inputs of frames) world.runFrame(inputs);
  return new FlightDeck(world.memory, bindKinds(actors, catalogueOf(actors)));
}

const hello = [order("a/1", "x"), order("a/1", "y"), order("a/2", "x")];

test("a dump shows who handled what on which worker, by name", () => {
  const { lines } = deckAfter(hello, hello).dump();
  const names = lines.filter((line) => /a\/[12].*tellurion[.]test[.]v1[.]Act/.test(line));
  expect(names).toHaveLength(4);
});

test("a dump shows the last eight frames", () => {
  const frames = Array.from({ length: 30 }, () => [order("a/1", "x")]);
  expect(deckAfter(...frames).dump().lines).toHaveLength(8);
});

test("between two handlers, nobody is in one, and all workers are there to be asked", () => {
  const now = deckAfter(hello).now();
  expect(now.map(({ worker, inHandler }) => [worker, inHandler])).toEqual([
    [0, false],
    [1, false],
  ]);
});

test("a reading is told by the actor's address and the message's type, or init", () => {
  const deck = deckAfter(hello);
  const reading = {
    worker: 0,
    frame: 1,
    round: 0,
    inHandler: true,
    actor: 2,
    handler: 0,
    place: 0,
  };
  expect(deck.describe(reading)).toBe("a/2 on tellurion.test.v1.Act");
  expect(deck.describe({ ...reading, handler: -1 })).toBe("a/2 on init");
  expect(deck.describe({ ...reading, actor: 99 })).toBe("actor 99 on tellurion.test.v1.Act");
});
