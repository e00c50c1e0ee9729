import { expect, onTestFinished, test } from "vitest";
import { startWorld, type World } from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import {
  CounterService,
  IncreaseRequestSchema,
  IncreaseResponseSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { temporaryFolder } from "../../support/kept-world.ts";
import { within } from "../../support/within.ts";

const modules = {
  v1: new URL("../../support/purse-v1.ts", import.meta.url),
  v2: new URL("../../support/purse-v2.ts", import.meta.url),
} as const;

async function start(file: string, actorsModule: URL, workers = 1): Promise<World> {
  const world = await startWorld({
    ...{ name: "purse", seed: 1, tickHz: 240, workers, bootstrap: [] },
    actorsModule,
    file,
  });
  onTestFinished(() => world.stop());
  return world;
}

async function increase(world: World, amount: bigint, key = `${amount}`): Promise<bigint> {
  const { parent, name } = CounterService.method.increase;
  const entry = world.catalogue.methodByName(`${parent.typeName}/${name}`);
  if (entry === undefined) throw new Error("nobody answers increase");
  const request = codecOf(IncreaseRequestSchema).toBytes({ name: "x", amount });
  const options = { timeoutMs: 5_000, idempotencyKey: key };
  const reply = world.call(entry, "x", request, options);
  return codecOf(IncreaseResponseSchema).decode(await within("a reply", reply)).total;
}

test("a world written by an older schema opens, with the defaults of what is new", async () => {
  const file = `${temporaryFolder()}/purse.world`;
  const older = await start(file, modules.v1);
  expect(await increase(older, 2n)).toBe(2n);
  expect(await increase(older, 3n)).toBe(5n);
  await older.stop();
  const newer = await start(file, modules.v2, 2);
  await expect(increase(newer, 0n)).rejects.toThrow(
    "total=5 currency= limit=undefined entries=2,3",
  );
  expect(await increase(newer, 4n)).toBe(9n);
  // What was answered under the key by the older version.
  expect(await increase(newer, 3n)).toBe(5n);
  await newer.stop();
  const again = await start(file, modules.v2);
  await expect(increase(again, 0n, "another key")).rejects.toThrow("total=9 ");
  await expect(increase(again, 0n, "a third")).rejects.toThrow("entries=2,3,4!");
  // A refusal is an answer, too.
  await expect(increase(again, 0n)).rejects.toThrow("total=5 ");
});

test("the file says by which schema it was written last", async () => {
  const file = `${temporaryFolder()}/purse.world`;
  const hashes: string[] = [];
  for (const module of [modules.v1, modules.v2, modules.v2]) {
    const world = await start(file, module);
    await increase(world, 1n);
    await world.stop();
    const store = JournalStore.openReadOnly(file);
    hashes.push(store.identity.schemaHash);
    store.close();
  }
  expect(hashes[1]).not.toBe(hashes[0]);
  expect(hashes[2]).toBe(hashes[1]);
});
