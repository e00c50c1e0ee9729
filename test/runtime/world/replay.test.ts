import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ActorImageSchema, SnapshotSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import {
  type CallOptions,
  openHistory,
  replay,
  type World,
  type WorldOptions,
} from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { packSnapshot } from "../../../src/runtime/journal/snapshot-row.ts";
import { marksOf } from "../../../src/runtime/world/snapshot-marks.ts";
import { showHash } from "../../../src/runtime/world/state-hash.ts";
import { loadParts } from "../../../src/runtime/world/world-threads.ts";
import { CounterService } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { bootstrap } from "../../support/counter-world.ts";
import { runKeptWorld, temporaryFolder } from "../../support/kept-world.ts";

const actorsModule = new URL("../../support/counter-world.ts", import.meta.url);
const { increase } = CounterService.method;

function optionsOf(file: string): WorldOptions & { readonly file: string } {
  const world = { name: "test", seed: 5, workers: 2, tickHz: 240 };
  return { ...world, actorsModule, bootstrap, file };
}

async function add(world: World, amount: bigint): Promise<unknown> {
  const entry = world.catalogue.methodByName(`${increase.parent.typeName}/${increase.name}`);
  if (entry === undefined) throw new Error("the world has no counters");
  const options: CallOptions = { timeoutMs: 5_000 };
  const bytes = codecOf(increase.input).toBytes({ name: "a", amount });
  return world.call(entry, "a", bytes, options).catch((error: Error) => error.message);
}

const original = join(temporaryFolder(afterAll), "test.tellurion");

/** A world that ran for a while, was told things, and made one handler throw. */
beforeAll(async () => {
  await runKeptWorld(optionsOf(original), 130, async (world) => {
    for (const amount of [3n, 1_000n, 1_001n, 4n]) await add(world, amount);
  });
});

/** A copy of its file. */
function keptWorld(): string {
  const file = join(temporaryFolder(), "test.tellurion");
  copyFileSync(original, file);
  return file;
}

/** State hash of the world when it ran: its last snapshot was made as it stopped. */
async function hashAtTheEnd(file: string): Promise<string> {
  const { catalogue } = await loadParts(optionsOf(file));
  const store = JournalStore.openReadOnly(file);
  const snapshot = store.snapshotAt(store.reached);
  store.close();
  if (snapshot === undefined) throw new Error("the world made no snapshot when it stopped");
  return showHash(marksOf(snapshot, catalogue).hash);
}

function alter(file: string, change: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file);
  change(database);
  database.close();
}

/** Changes the state of an actor in a snapshot, as nobody would notice by looking at the file. */
function forgeSnapshot(database: DatabaseSync, frame: number, body: Uint8Array): void {
  const snapshots = codecOf(SnapshotSchema);
  const images = codecOf(ActorImageSchema);
  const snapshot = snapshots.decode(body);
  snapshot.actors = snapshot.actors.map((bytes) => {
    const image = images.decode(bytes);
    return image.address === "busy/two" ? images.toBytes({ ...image, sequence: 7 }) : bytes;
  });
  const row = packSnapshot(snapshots.toBytes(snapshot));
  database
    .prepare("UPDATE snapshots SET size = ?, sha256 = ?, body = ? WHERE frame = ?")
    .run(row.size, row.sha256, row.body, frame);
}

function framesOf(file: string): { frames: number[]; reached: number; body: Uint8Array } {
  const store = JournalStore.openReadOnly(file);
  const frames = store.snapshotFrames();
  const { reached } = store;
  const body = store.snapshotAt(frames[1] as number)?.body as Uint8Array;
  store.close();
  return { frames, reached, body };
}

test("a replay comes to the state of the first run, with 1, 2 and 4 workers", async () => {
  const file = keptWorld();
  const hash = await hashAtTheEnd(file);
  const { reached, frames } = framesOf(file);
  for (const workers of [1, 2, 4]) {
    const result = await replay({ file, actorsModule, workers, verify: true });
    expect(result).toMatchObject({ from: 0, to: reached, hash, problems: [], differences: [] });
    expect(result.snapshotsVerified).toBe(frames.length);
    expect(result.timesRealTime).toBeCloseTo((reached / 240) * (1_000 / result.wallMs));
  }
});

test("a replay to a frame in between comes to the same state wherever it began", async () => {
  const file = keptWorld();
  const to = 100;
  const plain = { file, actorsModule, workers: 1, verify: false };
  const first = await replay({ ...plain, to });
  expect(first).toMatchObject({ from: 0, to });
  const oldest = framesOf(file).frames.find((frame) => frame > 40) as number;
  alter(file, (database) => {
    database.prepare("UPDATE meta SET dropped = ?").run(oldest);
  });
  const second = await replay({ ...plain, to });
  expect(second).toMatchObject({ from: oldest, to, hash: first.hash });
});

test("frames that the file does not have are refused", async () => {
  const file = keptWorld();
  const { reached } = framesOf(file);
  for (const to of [0, reached + 1, 1.5]) {
    await expect(
      replay({ file, actorsModule, workers: 1, verify: false, to }),
    ).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining(`valid are frames from 1 to ${reached}`),
    });
  }
});

test("a snapshot that is not what the world was is found, with frame and actor", async () => {
  const file = keptWorld();
  const { frames, body } = framesOf(file);
  const frame = frames[1] as number;
  alter(file, (database) => forgeSnapshot(database, frame, body));
  const plain = { file, actorsModule, workers: 2 };
  await replay({ ...plain, verify: false });
  await expect(replay({ ...plain, verify: true })).rejects.toMatchObject({
    code: "HISTORY_DIVERGED",
    message: expect.stringMatching(`^after frame ${frame}, busy/two is not what it was`),
  });
});

test("a mark that is not what the world was is found without being asked for", async () => {
  const file = keptWorld();
  alter(file, (database) => {
    const row = database.prepare("SELECT frame, hashes FROM marks WHERE worker = 0").get();
    const { frame, hashes } = row as { frame: number; hashes: Uint8Array };
    hashes[4] = (hashes[4] as number) ^ 1;
    database
      .prepare("UPDATE marks SET hashes = ? WHERE worker = 0 AND frame = ?")
      .run(hashes, frame);
  });
  await expect(replay({ file, actorsModule, workers: 2, verify: false })).rejects.toMatchObject({
    code: "HISTORY_DIVERGED",
    message: expect.stringMatching(/^after frame 64, \w+\/\w+ is not what it was/),
  });
});

test("a damaged snapshot is named when it is to be verified, and not needed otherwise", async () => {
  const file = keptWorld();
  const frame = framesOf(file).frames[0] as number;
  alter(file, (database) => {
    database.prepare("UPDATE snapshots SET body = x'00' WHERE frame = ?").run(frame);
  });
  const plain = { file, actorsModule, workers: 1 };
  await replay({ ...plain, verify: false });
  await expect(replay({ ...plain, verify: true })).rejects.toMatchObject({
    code: "WORLD_FILE_INVALID",
    message: expect.stringContaining(`the snapshot of frame ${frame} of the world file`),
  });
});

test("what was put in quarantine stays there, on threads and in one", async () => {
  const file = join(temporaryFolder(), "test.tellurion");
  await runKeptWorld({ ...optionsOf(file), handlerMsMax: 200 }, 60, async (world) => {
    expect(await add(world, 1_002n)).toMatch(/cost the world a worker/);
    await add(world, 5n);
  });
  const hash = await hashAtTheEnd(file);
  for (const workers of [1, 2]) {
    expect(await replay({ file, actorsModule, workers, verify: true })).toMatchObject({ hash });
  }
  const history = await openHistory(file, actorsModule);
  expect((await history.worldAt(history.last)).hash).toBe(hash);
  expect(history.counts.quarantine).toEqual([
    {
      frame: expect.any(Number),
      text: expect.stringMatching(/^counter\/a on .* cost the world a worker/),
    },
  ]);
  history.close();
});

test("another version of Node and of the schema is told of", async () => {
  const file = keptWorld();
  alter(file, (database) => {
    database.exec("UPDATE meta SET node = 'v24.0.0', schema_hash = 'other'");
  });
  const { differences } = await replay({ file, actorsModule, workers: 1, verify: false });
  expect(differences).toEqual([
    `the file was written by Node v24.0.0; this is ${process.version}`,
    expect.stringMatching(/^the file was written with the schema other; this is [0-9a-f]{16}$/),
  ]);
});
