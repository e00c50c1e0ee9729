import { expect, test } from "vitest";
import { startWorld } from "../../../src/runtime/host.ts";
import { bootstrap } from "../../support/uneven-world.ts";
import { within } from "../../support/within.ts";

const lookMs = 50;
const waitMsMax = 30_000;

test("actors that keep one worker busy are spread over all, while the world runs", async () => {
  const world = await startWorld({
    ...{ name: "uneven", seed: 1, workers: 2, tickHz: 60, bootstrap },
    actorsModule: new URL("../../support/uneven-world.ts", import.meta.url),
  });
  const heavyWorkers = () =>
    world
      .busiestActors(bootstrap.length)
      .filter(({ address }) => address.startsWith("heavy/"))
      .map(({ worker }) => worker)
      .sort();
  try {
    const moved = Promise.withResolvers<void>();
    const seen: string[] = [];
    const look = setInterval(() => {
      const workers = heavyWorkers().join();
      if (workers !== "") seen.push(workers);
      if (workers === "0,0,1,1") moved.resolve();
    }, lookMs);
    await within("actors to move", moved.promise, waitMsMax);
    clearInterval(look);
    expect(seen[0]).toBe("0,0,0,0");
  } finally {
    await world.stop();
  }
});
