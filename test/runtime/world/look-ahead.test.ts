import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  exploreEffect,
  inMemory,
  startWorld,
  type World,
  type WorldOptions,
} from "../../../src/runtime/host.ts";
import { ReceiptIssuedSchema, ReceiptWantedSchema } from "../../gen/tellurion/test/v1/ledger_pb.ts";
import { readAccount, record } from "../../support/ledger-calls.ts";
import { bootstrap } from "../../support/ledger-world.ts";
import { framesAhead } from "../../support/look-ahead.ts";
import { within } from "../../support/within.ts";

const explore = exploreEffect({
  request: ReceiptWantedSchema,
  result: ReceiptIssuedSchema,
  module: new URL("../../support/look-ahead.ts", import.meta.url),
});
let folder: string;
let world: World | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tellurion-look-ahead-"));
});

afterEach(async () => {
  await world?.stop();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<WorldOptions>): Promise<World> {
  world = await startWorld({
    name: "ledger",
    seed: 1,
    workers: 2,
    tickHz: 60,
    actorsModule: new URL("../../support/ledger-world.ts", import.meta.url),
    bootstrap,
    effects: [explore],
    ...options,
  });
  return world;
}

async function receiptOf(running: World): Promise<string | undefined> {
  for (;;) {
    const [receipt] = (await readAccount(running, "a")).receipts;
    if (receipt) return receipt.receipt;
  }
}

test.each(["a file", "memory"])(
  "an effect runs a world ahead that is kept in %s",
  async (where) => {
    const running = await start({ file: where === "memory" ? inMemory : join(folder, "world.db") });
    await record(running, { account: "a", id: "one", amount: 5n });
    await record(running, { account: "a", id: "two", amount: 8n, receipt: true });
    const receipt = await within("the look ahead", receiptOf(running));
    // What was asked for is on the disk, and so is all before it.
    expect(receipt).toBe(`13 ${framesAhead} 0`);
  },
);

test("in a world that has no journal, such an effect fails at once and for good", async () => {
  const running = await start({});
  await record(running, { account: "a", id: "one", amount: 5n, receipt: true });
  expect(await within("the failure", receiptOf(running))).toBe("FAILED_PRECONDITION");
  expect(running.effectCounters).toMatchObject({ failed: 1, retried: 0 });
});

test("a look ahead that is under way does not hold up the world's end", async () => {
  const running = await start({ file: inMemory });
  await record(running, { account: "a", id: "one", amount: 5n, receipt: true });
  await within("the end", running.stop());
});
