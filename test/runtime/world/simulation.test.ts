import { expect, test } from "vitest";
import { simulate } from "../../../src/runtime/host.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import { AddSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { actors, bootstrap } from "../../support/chaos.ts";

const frames = 40;
const seed = 7;
const tickHz = 60;
const limits = { roundsMax: 4 };
const actorsModule = new URL("../../support/chaos.ts", import.meta.url);

test("on threads, with 1, 2 and 4 workers and twice, the world comes to what it comes to in one thread", async () => {
  const reference = createTestWorld({ actors, bootstrap, seed, tickHz, limits });
  reference.step(frames);
  const expected = {
    frames,
    events: reference.events.length,
    eventsByType: { "tellurion.v1.WeatherEvent": reference.events.length },
    handled: reference.handled,
    deadLetters: reference.deadLetters.length,
    hash: reference.hash(),
  };
  expect(expected.events).toBeGreaterThan(50);
  for (const workers of [1, 2, 4, 2]) {
    for (const shuffleEveryFrames of workers === 1 ? [0] : [0, 2]) {
      const { wallMs, ...result } = await simulate(
        {
          name: "chaos",
          seed,
          workers,
          tickHz,
          actorsModule,
          bootstrap,
          limits,
          shuffleEveryFrames,
        },
        frames,
      );
      expect(result, `workers=${workers}, shuffle=${shuffleEveryFrames}`).toEqual(expected);
      expect(wallMs).toBeGreaterThan(0);
    }
  }
});

test("a simulation of a world that fails is rejected with the failure", async () => {
  const { bootstrap: fragile } = {
    bootstrap: [{ address: "fragile/1", type: AddSchema, message: {} }],
  };
  await expect(
    simulate(
      {
        name: "fragile",
        seed,
        workers: 2,
        tickHz,
        actorsModule: new URL("../../support/counter-world.ts", import.meta.url),
        bootstrap: fragile,
      },
      100,
    ),
  ).rejects.toMatchObject({
    code: "WORLD_FAILED",
    message: expect.stringContaining("fragile/1 threw on tellurion.test.v1.Add in frame 1"),
  });
});
