import { expect, test } from "vitest";
import { startWorld, type World } from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { CounterService } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { bootstrap } from "../../support/laborious-world.ts";
import { within } from "../../support/within.ts";

const timeoutMs = 20_000;

/** Makes each frame longer, or shorter. Its reply is proof that nothing was dropped. */
async function labor(world: World, amount: bigint): Promise<void> {
  const { increase } = CounterService.method;
  const method = world.catalogue.methodByName(`${increase.parent.typeName}/${increase.name}`);
  if (method === undefined) throw new Error("there is no such method");
  const request = codecOf(increase.input).toBytes({ name: "main", amount });
  await world.call(method, "main", request, { timeoutMs });
}

test("under overload world time runs slower; when the load ends it runs faster again", async () => {
  const world = await startWorld({
    ...{ name: "laborious", seed: 1, workers: 1, tickHz: 60, bootstrap },
    actorsModule: new URL("../../support/laborious-world.ts", import.meta.url),
  });
  const factors: number[] = [];
  const slower = Promise.withResolvers<void>();
  const faster = Promise.withResolvers<void>();
  world.onTimeDilation((factor) => {
    const before = factors.at(-1) ?? 1;
    factors.push(factor);
    if (factor < 1) slower.resolve();
    if (factor > before) faster.resolve();
  });
  try {
    await labor(world, 60n);
    await within("time to run slower", slower.promise, timeoutMs);
    expect(world.timeDilation).toBeLessThan(1);
    await labor(world, -60n);
    await within("time to run faster", faster.promise, timeoutMs);
  } finally {
    await world.stop();
  }
});
