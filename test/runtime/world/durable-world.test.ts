import { copyFileSync, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  defineEffect,
  startWorld,
  type World,
  type WorldOptions,
} from "../../../src/runtime/host.ts";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { ReceiptIssuedSchema, ReceiptWantedSchema } from "../../gen/tellurion/test/v1/ledger_pb.ts";
import { readAccount, readPulse, record } from "../../support/ledger-calls.ts";
import { bootstrap } from "../../support/ledger-world.ts";
import { within } from "../../support/within.ts";

/** Of a new world; that of a file that exists is not asked for. */
const nobody = { id: "", name: "", seed: 0, tickHz: 0, node: "", schemaHash: "" };
const running: World[] = [];
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tellurion-durable-"));
  file = join(folder, "world.db");
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((world) => world.stop()));
  await rm(folder, { recursive: true });
});

async function start(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    name: "ledger",
    seed: 1,
    workers: 2,
    tickHz: 240,
    actorsModule: new URL("../../support/ledger-world.ts", import.meta.url),
    bootstrap,
    file,
    ...options,
  });
  running.push(world);
  return world;
}

/** The files as they would be if the process died now. */
function copyOf(name: string): string {
  const copy = join(folder, name);
  for (const suffix of ["", "-wal"]) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
  }
  return copy;
}

function ids({ entries }: { readonly entries: readonly { readonly id: string }[] }): string[] {
  return entries.map(({ id }) => id);
}

describe("a world that is taken up again", () => {
  test.each([1, 2, 3])("goes on where it was stopped, with %i workers then", async (workers) => {
    const before = await start();
    await record(before, { account: "a", id: "one", amount: 5n });
    await record(before, { account: "a", id: "two", amount: 6n });
    const [pulse, account] = [await readPulse(before, "one"), await readAccount(before, "a")];
    await before.stop();

    const after = await start({ workers });
    expect(after.frame).toBeGreaterThanOrEqual(Number(pulse.frame));
    expect(await readAccount(after, "a")).toEqual(account);
    const later = await readPulse(after, "one");
    // One beat in each frame, before and after.
    expect(later.pulse.beats - later.frame).toBe(pulse.pulse.beats - pulse.frame);
    expect(later.pulse.heard).toBe(2n);
    expect(await record(after, { account: "a", id: "three", amount: 1n })).toMatchObject({
      total: 12n,
    });
  });

  test("goes on where it was when its process died, and says so", async () => {
    const before = await start();
    await record(before, { account: "a", id: "one", amount: 5n });
    const { frame } = await record(before, { account: "b", id: "two", amount: 6n });
    const after = await start({ file: copyOf("died.db"), workers: 1 });
    const said = Promise.withResolvers<string>();
    after.onLog(({ text }) => {
      if (text.startsWith("took the world up")) said.resolve(text);
    });
    expect(after.frame).toBeGreaterThanOrEqual(Number(frame));
    expect(ids(await readAccount(after, "a"))).toEqual(["one"]);
    expect(ids(await readAccount(after, "b"))).toEqual(["two"]);
    const { pulse, frame: now } = await readPulse(after, "two");
    const undisturbed = await readPulse(before, "two");
    expect(pulse.beats - now).toBe(undisturbed.pulse.beats - undisturbed.frame);
    expect(await within("what the world says", said.promise)).toMatch(
      /^took the world up at frame \d+, from a snapshot of frame \d+, in \d+ ms$/,
    );
  });

  test("does not run its bootstrap again", async () => {
    const before = await start();
    await readPulse(before, "one");
    await before.stop();
    const world = await start();
    expect((await readPulse(world, "one")).pulse.beats).toBeGreaterThan(0n);
    expect(world.metrics().actors).toBe(bootstrap.length);
    expect(world.metrics().deadLettersByReason["already-active"]).toBe(0);
  });
});

describe("a durable command", () => {
  test("is answered when its frame is on the disk, and not before", async () => {
    const world = await start();
    const checks = Array.from({ length: 30 }, async (_, i) => {
      const { frame } = await record(world, { account: "a", id: `${i}`, amount: 1n });
      return { frame: Number(frame), copy: copyOf(`copy-${i}.db`), id: `${i}` };
    });
    for (const { frame, copy } of await Promise.all(checks)) {
      const store = JournalStore.open(copy, nobody);
      expect(store.reached).toBeGreaterThanOrEqual(frame);
      expect(store.inputsOf(frame)).toBeDefined();
      store.close();
    }
  });

  test("has one answer under one key, asked at once, later, and after a restart", async () => {
    const before = await start();
    const request = { account: "a", id: "one", amount: 5n };
    const ask = (world: World) => record(world, request, "key-1");
    const [first, second] = await Promise.all([ask(before), ask(before)]);
    expect(second).toEqual(first);
    await record(before, { account: "a", id: "between", amount: 1n });
    expect(await ask(before)).toEqual(first);
    const died = copyOf("died.db");
    await before.stop();
    for (const world of [await start(), await start({ file: died })]) {
      expect(await ask(world)).toEqual(first);
      expect(ids(await readAccount(world, "a"))).toEqual(["one", "between"]);
    }
  });

  test("is refused under a key that stood for another one, also after a restart", async () => {
    const before = await start();
    await record(before, { account: "a", id: "one", amount: 5n }, "key-1");
    const refused = { code: "IDEMPOTENCY_KEY_REUSED" };
    const other = { account: "a", id: "one", amount: 6n };
    await expect(record(before, other, "key-1")).rejects.toMatchObject(refused);
    await before.stop();
    const after = await start();
    await expect(record(after, other, "key-1")).rejects.toMatchObject(refused);
    expect(ids(await readAccount(after, "a"))).toEqual(["one"]);
  });
});

describe("a world's file", () => {
  test("is one world's at a time", async () => {
    const world = await start();
    await expect(start()).rejects.toMatchObject({
      code: "WORLD_FILE_IN_USE",
      message: expect.stringContaining(file),
    });
    await world.stop();
    await start();
  });

  test.each([{ seed: 2 }, { name: "other" }, { tickHz: 60 }])(
    "is refused to a world with %j, and stays what it was",
    async (options) => {
      await (await start()).stop();
      const [[name, value]] = Object.entries(options) as [[string, unknown]];
      await expect(start(options)).rejects.toMatchObject({
        code: "WORLD_FILE_INVALID",
        message: expect.stringContaining(`${name}=${value}`),
      });
      await start();
    },
  );

  test.each([
    [1, "pulse/one"],
    [0, "the list of active actors"],
  ])("whose mark of actor %i differs from the replay is HISTORY_DIVERGED", async (actor, who) => {
    // Behind a snapshot, nothing would be run again and compared.
    const world = await start({ snapshots: { framesMin: 1_000_000, framesMax: 1_000_000 } });
    const copy = await copyWithMark(world, actor);
    const frame = alterMark(copy, actor);
    await expect(start({ file: copy })).rejects.toMatchObject({
      code: "HISTORY_DIVERGED",
      message: expect.stringContaining(`after frame ${frame}, ${who} is not what it was`),
    });
  });
});

interface MarkRow {
  readonly frame: number;
  readonly worker: number;
  readonly hashes: Uint8Array;
}

function marksOf(copy: string): MarkRow[] {
  const database = new DatabaseSync(copy);
  try {
    return database.prepare("SELECT frame, worker, hashes FROM marks").all() as never;
  } finally {
    database.close();
  }
}

/** Where in a mark an actor's number stands, or -1. */
function placeIn({ hashes }: MarkRow, actor: number): number {
  const words = new Int32Array(Uint8Array.from(hashes).buffer);
  return words.findIndex((word, i) => i % 2 === 0 && word === actor);
}

/** A copy that has a mark of an actor. Marks are written with what comes after them. */
async function copyWithMark(world: World, actor: number): Promise<string> {
  for (let i = 0, looked = 0; ; i += 1) {
    await record(world, { account: "a", id: `${i}`, amount: 1n });
    if (world.frame < looked + 64) continue;
    looked = world.frame;
    const copy = copyOf(`copy-${i}.db`);
    if (marksOf(copy).some((mark) => placeIn(mark, actor) !== -1)) return copy;
  }
}

/** Changes one bit of what the file says of an actor. Returns the frame of the mark. */
function alterMark(copy: string, actor: number): number {
  const mark = marksOf(copy).find((row) => placeIn(row, actor) !== -1) as MarkRow;
  const hashes = Uint8Array.from(mark.hashes);
  const hash = (placeIn(mark, actor) + 1) * Int32Array.BYTES_PER_ELEMENT;
  hashes[hash] = (hashes[hash] as number) ^ 1;
  const database = new DatabaseSync(copy);
  database
    .prepare("UPDATE marks SET hashes = ? WHERE frame = ? AND worker = ?")
    .run(hashes, mark.frame, mark.worker);
  database.close();
  return mark.frame;
}

describe("an effect", () => {
  test("whose world died before it was done is done again under its id, and its result comes once", async () => {
    const asked = Promise.withResolvers<string>();
    const never = defineEffect({
      request: ReceiptWantedSchema,
      result: ReceiptIssuedSchema,
      run: (_request, { id, signal }) => {
        asked.resolve(id);
        return new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
    });
    const before = await start({ effects: [never] });
    await record(before, { account: "a", id: "one", amount: 5n, receipt: true });
    const id = await within("the effect", asked.promise);
    const died = copyOf("died.db");
    await before.stop();
    for (const copy of [died, file]) {
      const ran: string[] = [];
      const done = defineEffect({
        request: ReceiptWantedSchema,
        result: ReceiptIssuedSchema,
        run: async (request, call) => {
          ran.push(call.id);
          return { id: request.id, receipt: call.id };
        },
      });
      const after = await start({ file: copy, effects: [done] });
      await receiptsIn(after, 1);
      // Once more: what is done is not asked for again.
      await after.stop();
      const again = await start({ file: copy, effects: [done] });
      await record(again, { account: "a", id: "two", amount: 1n });
      const { receipts } = await readAccount(again, "a");
      expect(receipts).toMatchObject([{ id: "one", receipt: id }]);
      expect(ran).toEqual([id]);
      await again.stop();
    }
  });
});

/** Resolves when an account has so many receipts. */
async function receiptsIn(world: World, count: number): Promise<void> {
  for (;;) {
    const { receipts } = await readAccount(world, "a");
    if (receipts.length >= count) return;
  }
}
